//! How often the collector works: it serves every instance of the process, at the shortest interval that any of
//! them asked for.

use std::time::Duration;

use aimlm_config::Config;

use crate::sync::Ordering;
use crate::sync::fixed::AtomicU64;

/// In nanoseconds.
static FLUSH: AtomicU64 = AtomicU64::new(u64::MAX);
static MEMORY_SAMPLE: AtomicU64 = AtomicU64::new(u64::MAX);

/// Asks for the intervals of an instance.
pub(super) fn ask(config: &Config) {
    // Relaxed, here and below: the collector takes a new interval up in its next round, whenever that is.
    for (shortest, asked) in [
        (&FLUSH, config.flush_interval),
        (&MEMORY_SAMPLE, config.memory_sample_interval),
    ] {
        shortest.fetch_min(asked.as_nanos() as u64, Ordering::Relaxed);
    }
}

/// How often quiet rings are swept.
pub(crate) fn flush() -> Duration {
    Duration::from_nanos(FLUSH.load(Ordering::Relaxed))
}

/// How often resident memory is sampled.
pub(crate) fn memory_sample() -> Duration {
    Duration::from_nanos(MEMORY_SAMPLE.load(Ordering::Relaxed))
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn the_shortest_interval_that_was_asked_for_holds() {
        let config = Config::default();
        ask(&config);
        for (held, asked) in [
            (flush(), config.flush_interval),
            (memory_sample(), config.memory_sample_interval),
        ] {
            assert!(Duration::ZERO < held && held <= asked, "{held:?} {asked:?}");
        }
    }
}
