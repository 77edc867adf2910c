//! Ticks of the processor's invariant counter, and what they are in nanoseconds and on the wall clock.
//!
//! A call reads the counter twice and converts nothing. Folding converts durations with the current rate;
//! snapshots convert moments with the current [`Anchor`]. The collector anchors the rate anew to the system's
//! monotonic clock, so that neither drifts. Where the counter is not invariant, quanta reads the system clock.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use arc_swap::ArcSwapOption;

use crate::sync::Ordering;
use crate::sync::fixed::{AtomicU64, OnceLock};

static CLOCK: OnceLock<quanta::Clock> = OnceLock::new();
/// Nanoseconds in 2^32 ticks.
static RATE: AtomicU64 = AtomicU64::new(0);
/// The last rate measured, taken or not.
static MEASURED: AtomicU64 = AtomicU64::new(0);
static ANCHOR: ArcSwapOption<Anchor> = ArcSwapOption::const_empty();
static ANCHORS: AtomicU64 = AtomicU64::new(0);

/// One moment on all three clocks.
#[derive(Clone, Copy)]
struct Anchor {
    ticks: u64,
    monotonic: Instant,
    unix: Duration,
}

impl Anchor {
    fn now(clock: &quanta::Clock) -> Self {
        // The reading of the system clock that took the fewest ticks was interrupted the least.
        (0..5)
            .map(|_| {
                let before = clock.raw();
                let (monotonic, unix) = (Instant::now(), SystemTime::now());
                let after = clock.raw();
                let unix = unix.duration_since(UNIX_EPOCH).unwrap_or_default();
                (
                    after.wrapping_sub(before),
                    Self {
                        ticks: before + after.wrapping_sub(before) / 2,
                        monotonic,
                        unix,
                    },
                )
            })
            .min_by_key(|(took, _)| *took)
            .map(|(_, anchor)| anchor)
            .expect("five readings were taken")
    }
}

/// Shortest time over which a new rate is measured: two clock readings of about 50 ns error each are then
/// off by under 1 ppm.
const MIN_BASELINE: Duration = Duration::from_millis(500);

/// Makes the clock ready. Takes a moment (under 1 ms as measured, at most 200) the first time.
pub(crate) fn start() -> &'static quanta::Clock {
    CLOCK.get_or_init(|| {
        let clock = quanta::Clock::new();
        calibrate(&clock);
        clock
    })
}

fn calibrate(clock: &quanta::Clock) {
    RATE.store(clock.delta_as_nanos(0, 1 << 32), Ordering::Relaxed);
    ANCHOR.store(Some(Arc::new(Anchor::now(clock))));
}

/// The counter, now.
#[inline(always)]
pub(crate) fn ticks() -> u64 {
    match CLOCK.get() {
        Some(clock) => clock.raw(),
        None => start().raw(),
    }
}

/// Ticks to nanoseconds at one rate. Copied out once for each fold.
#[derive(Clone, Copy)]
pub(crate) struct Rate(u64);

impl Rate {
    /// A tick is a nanosecond.
    #[cfg(test)]
    pub(crate) const ONE: Self = Self(1 << 32);

    pub(crate) fn current() -> Self {
        // Relaxed: any rate of the process's life is right within the drift between two anchors.
        Self(RATE.load(Ordering::Relaxed))
    }

    #[inline(always)]
    pub(crate) fn nanoseconds(self, ticks: u64) -> u64 {
        ((u128::from(ticks) * u128::from(self.0)) >> 32) as u64
    }

    /// Rounded up, so that where a tick is shorter than a nanosecond converting back gives the same.
    pub(crate) fn ticks(self, duration: Duration) -> u64 {
        let ticks = (duration.as_nanos() << 32).div_ceil(u128::from(self.0.max(1)));
        ticks.min(u128::from(u64::MAX)) as u64
    }
}

/// Seconds since the Unix epoch of moments in ticks.
pub(crate) struct WallClock {
    anchor: Option<Anchor>,
    rate: Rate,
}

impl WallClock {
    pub(crate) fn current() -> Self {
        Self {
            anchor: ANCHOR.load().as_deref().copied(),
            rate: Rate::current(),
        }
    }

    pub(crate) fn seconds(&self, ticks: u64) -> f64 {
        let Some(anchor) = self.anchor else { return 0.0 };
        let since = if ticks >= anchor.ticks {
            self.rate.nanoseconds(ticks - anchor.ticks) as f64
        } else {
            -(self.rate.nanoseconds(anchor.ticks - ticks) as f64)
        };
        anchor.unix.as_secs_f64() + since / 1e9
    }
}

/// Seconds since the Unix epoch.
pub(crate) fn unix_seconds() -> f64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs_f64()
}

/// Measures the rate against the system's monotonic clock since the last anchor, and anchors anew. The
/// collector calls it about once a second; a suspended machine only makes one baseline longer, on both clocks
/// or on neither: a rate that differs by more than 1 % from the last is not a drift and is left out, unless the
/// measurement before says the same: then it was the first calibration that was wrong.
pub(crate) fn anchor() {
    let (Some(clock), Some(last)) = (CLOCK.get(), ANCHOR.load_full()) else {
        return;
    };
    let now = Anchor::now(clock);
    let elapsed = now.monotonic.saturating_duration_since(last.monotonic);
    if elapsed < MIN_BASELINE {
        return;
    }
    let ticks = now.ticks.saturating_sub(last.ticks);
    let old = RATE.load(Ordering::Relaxed);
    if let Some(new) = (elapsed.as_nanos() << 32).checked_div(u128::from(ticks)) {
        let new = u64::try_from(new).unwrap_or(u64::MAX);
        let measured = MEASURED.swap(new, Ordering::Relaxed);
        if new.abs_diff(old) <= old / 100 || new.abs_diff(measured) <= measured / 10_000 {
            RATE.store(new, Ordering::Relaxed);
        }
    }
    ANCHOR.store(Some(Arc::new(now)));
    ANCHORS.fetch_add(1, Ordering::Relaxed);
}

/// How often the clock was anchored anew.
pub(crate) fn anchors() -> u64 {
    ANCHORS.load(Ordering::Relaxed)
}

/// Replaces the clock of this process with one that stands still until told otherwise. For tests; must come
/// before anything else reads the clock.
///
/// # Panics
///
/// If the clock is in use already.
#[must_use]
pub fn mock_clock() -> Arc<quanta::Mock> {
    let (clock, mock) = quanta::Clock::mock();
    mock.increment(1_000_000_u64);
    calibrate(&clock);
    assert!(CLOCK.set(clock).is_ok(), "the clock is in use already");
    mock
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conversion_is_its_own_inverse() {
        start();
        let rate = Rate::current();
        for duration in [
            Duration::from_nanos(100),
            Duration::from_millis(3),
            Duration::from_secs(86_400),
        ] {
            let back = rate.nanoseconds(rate.ticks(duration)) as f64;
            assert!(
                (back / duration.as_nanos() as f64 - 1.0).abs() < 0.01,
                "{duration:?}: {back}"
            );
        }
    }

    #[test]
    fn anchoring_keeps_the_rate() {
        start();
        let before = RATE.load(Ordering::Relaxed);
        std::thread::sleep(MIN_BASELINE + Duration::from_millis(50));
        anchor();
        let after = RATE.load(Ordering::Relaxed);
        assert!(
            (after as f64 / before as f64 - 1.0).abs() < 0.001,
            "{before} {after}"
        );
    }
}
