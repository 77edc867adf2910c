//! Around a call: what begins it, ends it, and carries its numbers.

mod call;
mod recorder;
mod values;

pub use call::{Call, Resolver, SeriesId, enter, enter_fixed, error_kind};
pub(crate) use call::{begin, enter_in, record};
pub(crate) use recorder::sample;
pub use values::Values;
