use super::slots::Recent;
use crate::sync::{AtomicU64, Ordering};

/// Samples of resident memory that fell into calls in flight. The collector alone writes.
pub(super) struct MemorySamples {
    count: AtomicU64,
    sum: AtomicU64,
    min: AtomicU64,
    max: AtomicU64,
    recent: Recent,
}

/// What [`MemorySamples`] hold at one moment, in bytes.
pub(crate) struct MemoryReading {
    pub(crate) count: u64,
    pub(crate) sum: u64,
    pub(crate) min: u64,
    pub(crate) max: u64,
    pub(crate) recent: Vec<u64>,
}

impl MemorySamples {
    pub(super) fn new(history_size: usize) -> Self {
        Self {
            count: AtomicU64::new(0),
            sum: AtomicU64::new(0),
            min: AtomicU64::new(u64::MAX),
            max: AtomicU64::new(0),
            recent: Recent::new(history_size.max(1)),
        }
    }

    pub(super) fn add(&self, bytes: u64) {
        // Relaxed, here and in `read`: independent sums, of which one may miss the newest sample.
        self.count.fetch_add(1, Ordering::Relaxed);
        self.sum.fetch_add(bytes, Ordering::Relaxed);
        self.min.fetch_min(bytes, Ordering::Relaxed);
        self.max.fetch_max(bytes, Ordering::Relaxed);
        let ticket = self.recent.reserve(1);
        self.recent.write(ticket, [bytes, 0]);
    }

    pub(super) fn read(&self) -> MemoryReading {
        MemoryReading {
            count: self.count.load(Ordering::Relaxed),
            sum: self.sum.load(Ordering::Relaxed),
            min: self.min.load(Ordering::Relaxed),
            max: self.max.load(Ordering::Relaxed),
            recent: self.recent.read().map(|words| words[0]).collect(),
        }
    }

    pub(super) fn bytes(&self) -> usize {
        size_of::<Self>() + self.recent.bytes()
    }
}
