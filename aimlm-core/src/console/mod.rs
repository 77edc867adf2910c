//! Standard output and standard error, without their locks: a thread of the program may hold one for ever.

pub mod aside;
mod printing;

pub(crate) use printing::say_as_it_is;
pub use printing::{Stream, print, say};
#[cfg(unix)]
pub use printing::{ensure_as_at_start, write_to};
