//! What is sampled on the collector's thread: resident memory.

mod resident_memory;

pub(crate) use resident_memory::ResidentMemory;
