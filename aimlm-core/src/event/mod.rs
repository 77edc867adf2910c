//! What a call leaves behind: the fixed-size record that carries its outcome and numbers. The words are the vocabulary's.

mod left_out;
mod payload;
mod record;

pub use aimlm_vocabulary::{Label, Number, NumberKind, Outcome, Outcomes, Stage};
pub(crate) use left_out::{leave_out, left_out};
pub use payload::Payload;
pub(crate) use record::{MAX_SERIES, MAX_VALUES, Record};
