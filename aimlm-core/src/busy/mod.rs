//! When calls of a series were in flight, and for how long: exact for one thread, bounded for any number.

mod amounts;
mod busy_spans;
mod callers;
mod lists;
mod busy_totals;
#[cfg(all(test, loom))]
mod loom_tests;
mod permit;
mod segment;
mod segments;
mod shared_busy;

pub(crate) use amounts::Amounts;
pub(crate) use busy_spans::{BusySpans, OWN_LISTS_READY};
pub(crate) use busy_totals::{BusyTotals, LEFT_READY};
pub(crate) use callers::{count_caller, is_alone};
pub(crate) use lists::{LISTS, MOMENTS};
pub(crate) use segment::Segment;
pub(crate) use shared_busy::SharedBusy;
