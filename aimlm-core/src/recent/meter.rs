use std::time::Duration;

use crate::clock::Rate;
use crate::sync::{AtomicU64, Ordering};

/// Calls a second that a history keeps up with, however long they go on.
const SUSTAINED: u32 = 100_000;
/// Calls that may come at once, at least.
const BURST: u64 = 8192;
/// And how many histories full of them.
const HISTORIES: u64 = 4;

/// Whether calls come faster than a history keeps up with: a bucket that runs out at the sustained rate, and that a
/// burst may fill.
pub(crate) struct Meter {
    /// When it will have run out, in ticks.
    full_until: AtomicU64,
    /// Ticks that a call takes to run out, and a burst.
    call: u64,
    burst: u64,
}

impl Meter {
    pub(crate) fn new(history_size: usize) -> Self {
        let second = Rate::current().ticks(Duration::from_secs(1));
        let call = (second / u64::from(SUSTAINED)).max(1);
        let burst = BURST.max((history_size as u64).saturating_mul(HISTORIES));
        Self {
            full_until: AtomicU64::new(0),
            call,
            burst: call.saturating_mul(burst),
        }
    }

    /// Counts calls that end now, and says whether they are too many.
    #[inline]
    pub(crate) fn overflows(&self, calls: usize, now: u64) -> bool {
        // Relaxed: a guess; of two folds at once one may not be counted.
        let until = self.full_until.load(Ordering::Relaxed);
        let full = until.saturating_sub(now);
        // A counter that began anew is no burst.
        let full = if full > 2 * self.burst { 0 } else { full };
        // While calls come faster than they run out this is rarely written: threads hand the line to each other.
        if full < self.burst + self.burst / 2 {
            let filled = full.saturating_add(self.call.saturating_mul(calls as u64));
            let until = now.saturating_add(filled.min(2 * self.burst));
            self.full_until.store(until, Ordering::Relaxed);
        }
        full > self.burst
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    /// How many of the calls that come at a rate, `each` at a time, are too many.
    fn overflowing(meter: &Meter, from: u64, rate: u64, each: usize, calls: u64) -> u64 {
        let mut too_many = 0;
        for at in (0..calls).step_by(each) {
            let now = from + at * u64::from(SUSTAINED) * meter.call / rate;
            too_many += u64::from(meter.overflows(each, now)) * each as u64;
        }
        too_many
    }

    #[test]
    fn the_sustained_rate_never_overflows() {
        crate::clock::start();
        for (size, each) in [(1, 1), (50, 13), (1000, 256)] {
            let meter = Meter::new(size);
            assert_eq!(overflowing(&meter, 1, SUSTAINED.into(), each, 1_000_000), 0);
        }
    }

    #[test]
    fn bursts_are_kept_and_what_goes_on_overflows() {
        crate::clock::start();
        let meter = Meter::new(1000);
        assert_eq!(overflowing(&meter, 1, 1 << 40, 256, BURST), 0);
        let second = u64::from(SUSTAINED) * meter.call;
        let too_many = overflowing(&meter, 2 * second, 20_000_000, 256, 1_000_000);
        assert!(too_many > 980_000, "{too_many}");
        // And it runs out again.
        assert_eq!(
            overflowing(&meter, 4 * second, u64::from(SUSTAINED) / 2, 1, 1000),
            0
        );
        // Whatever the counter does.
        assert_eq!(overflowing(&meter, 1, u64::from(SUSTAINED) / 2, 1, 1000), 0);
    }
}
