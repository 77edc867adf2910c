//! What is sampled on the collector's thread: resident memory.

mod memory_sampler;
mod resident_memory;

pub(crate) use memory_sampler::{MemorySampler, failures, forget_failures};
