use std::time::Instant;

use super::resident_memory::ResidentMemory;
use crate::cell::STORE;
use crate::clock::{self, Moment};
use crate::recent::MemorySample;
use crate::series::intervals;
use crate::sync::Ordering;
use crate::sync::fixed::AtomicU64;

/// How often the system did not say what the process holds.
static FAILURES: AtomicU64 = AtomicU64::new(0);

pub(crate) fn failures() -> u64 {
    // Relaxed, here and below: a statistic.
    FAILURES.load(Ordering::Relaxed)
}

/// Those were another process's. For a forked child; only stores.
pub(crate) fn forget_failures() {
    FAILURES.store(0, Ordering::Relaxed);
}

/// Samples resident memory for series.
pub(crate) struct MemorySampler {
    memory: ResidentMemory,
    sampled: Instant,
    /// What it was then, in bytes.
    resident: Option<u64>,
}

impl MemorySampler {
    pub(crate) fn new() -> Self {
        Self {
            memory: ResidentMemory::new(),
            sampled: Instant::now(),
            resident: None,
        }
    }

    /// Samples, if it is time to, for every series that asked for it and has calls in flight, or had some since the last
    /// time that were too short to be met. Says whether any has asked.
    pub(crate) fn sample(&mut self, now: Instant) -> bool {
        let mut tracking = STORE.cells().filter(|cell| cell.tracks_memory()).peekable();
        let any = tracking.peek().is_some();
        let interval = intervals::memory_sample();
        if any && now.duration_since(self.sampled) >= interval.mul_f64(0.9) {
            // A call may have begun and ended since: where all rest, too, what is there is what the next change is from.
            let ran: Vec<_> = tracking.filter(|cell| cell.ran()).collect();
            let last = self
                .resident
                .filter(|_| now.duration_since(self.sampled) < interval * 4);
            self.sampled = now;
            self.resident = self.memory.sample();
            match self.resident {
                Some(bytes) => {
                    let sample = MemorySample {
                        bytes,
                        at: clock::ticks() as Moment,
                        change: last.map(|last| bytes.wrapping_sub(last) as i64),
                    };
                    ran.iter().for_each(|cell| cell.add_memory(sample));
                }
                None if ran.is_empty() => {}
                None => drop(FAILURES.fetch_add(1, Ordering::Relaxed)),
            }
        }
        any
    }
}
