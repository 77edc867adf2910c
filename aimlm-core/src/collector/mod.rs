//! The background thread: it sweeps rings that have gone quiet, samples memory, and keeps the clock true.
//!
//! Nothing waits for it. Threads fold their own full rings, and reports sweep what is left; a collector that is
//! slow, stopped or dead delays no call and loses no record.

mod cost;
mod reserves;
mod rounds;

pub(crate) use reserves::reserved_bytes;
pub use rounds::{before_each_round, keep_up};
pub(crate) use rounds::{ensure_running, read, try_again};
