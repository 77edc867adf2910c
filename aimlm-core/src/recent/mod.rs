//! What is kept one by one, and bounded: the last calls, curves, samples of memory.

mod curve;
mod history;
#[cfg(all(test, loom))]
mod loom_tests;
mod memory_samples;
mod meter;
mod slots;

pub(crate) use curve::{BY_EPOCH, Curve, OFTEN, Place, Point};
pub(crate) use history::{History, HistoryReading};
pub(crate) use memory_samples::{MemoryReading, MemorySample, MemorySamples};
