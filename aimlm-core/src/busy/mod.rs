//! When calls of a series were in flight, and for how long: exact for one thread, bounded for any number.

mod amounts;
#[expect(
    clippy::module_inception,
    reason = "the room is named after what most of it serves"
)]
mod busy;
mod coverage;
#[cfg(all(test, loom))]
mod loom_tests;
mod segment;
mod segments;
mod shared;

pub(crate) use amounts::Amounts;
pub(crate) use busy::Busy;
pub(crate) use coverage::{Coverage, count_caller};
pub(crate) use segment::Segment;
pub(crate) use shared::Shared;
