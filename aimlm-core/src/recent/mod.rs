//! What is kept one by one, and bounded: the last calls, curves, samples of memory.

mod curve;
mod call_history;
#[cfg(all(test, loom))]
mod loom_tests;
mod memory_samples;
mod meter;
mod slots;

pub(crate) use call_history::{CallHistory, HistoryReading, VALUES_READY};
pub(crate) use curve::{BY_EPOCH, Curve, CurvePlace, OFTEN, POINT_PAGES_READY, Point};
pub(crate) use memory_samples::{MemoryReading, MemorySample, MemorySamples};
pub(crate) use slots::CALL_PAGES_READY;
