use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use arc_swap::ArcSwapOption;

use super::anchor::{Anchor, TickRates};
use super::counter;
use crate::sync::Ordering;
use crate::sync::fixed::{AtomicBool, AtomicU64, OnceLock};

/// When the clock was made ready, in nanoseconds since the Unix epoch.
pub(super) static BEGINNING: AtomicU64 = AtomicU64::new(0);
static CLOCK: OnceLock<quanta::Clock> = OnceLock::new();
/// Whether it reads the processor's counter.
static IS_COUNTER: AtomicBool = AtomicBool::new(false);
/// Nanoseconds in 2^32 ticks.
static RATE: AtomicU64 = AtomicU64::new(0);
/// The last rate measured, taken or not.
static MEASURED: AtomicU64 = AtomicU64::new(0);
static ANCHOR: ArcSwapOption<Anchor> = ArcSwapOption::const_empty();
static ANCHORS: AtomicU64 = AtomicU64::new(0);

/// Makes the clock ready. Takes a moment (under 1 ms as measured, at most 200) the first time.
pub(crate) fn start() -> &'static quanta::Clock {
    CLOCK.get_or_init(|| {
        let clock = quanta::Clock::new();
        calibrate(&clock);
        // Relaxed: a time, by which nothing else is ordered.
        BEGINNING.store(unix_nanoseconds() as u64, Ordering::Relaxed);
        // Relaxed: as the rate.
        IS_COUNTER.store(counter::is_what_reads(&clock), Ordering::Relaxed);
        clock
    })
}

/// As quanta measured it when it made the clock, over 0.5 ms.
fn initial_rate(clock: &quanta::Clock) -> u64 {
    clock.delta_as_nanos(0, 1 << 32)
}

fn calibrate(clock: &quanta::Clock) {
    // Relaxed: the clock is given out by the `OnceLock` that this runs in.
    RATE.store(initial_rate(clock), Ordering::Relaxed);
    ANCHOR.store(Some(Arc::new(Anchor::now(clock))));
}

/// Whether a tick is one of the processor's [counter](counter::counter), so that a call may read that in place of this
/// clock. Not before the clock is [ready](start).
pub(crate) fn is_counter() -> bool {
    IS_COUNTER.load(Ordering::Relaxed)
}

/// Now, in ticks.
#[inline(always)]
pub(crate) fn ticks() -> u64 {
    match CLOCK.get() {
        Some(clock) => clock.raw(),
        None => start().raw(),
    }
}

/// A moment in ticks. One before the first tick is negative: a recorded call may have begun before the machine did.
pub(crate) type Moment = i64;

/// Ticks to nanoseconds at one rate. Copied out once for each fold.
#[derive(Clone, Copy)]
pub(crate) struct Rate(u64);

impl Rate {
    /// A tick is a nanosecond.
    #[cfg(test)]
    pub(crate) const ONE: Self = Self(1 << 32);

    /// A tick is so many nanoseconds.
    #[cfg(all(test, not(loom)))]
    pub(crate) fn of(nanoseconds: f64) -> Self {
        Self((nanoseconds * (1_u64 << 32) as f64) as u64)
    }

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

    /// When a call of so many nanoseconds began that ended at a moment.
    pub(crate) fn before(self, end: Moment, nanoseconds: u64) -> Moment {
        let ticks = self.ticks(Duration::from_nanos(nanoseconds));
        end.saturating_sub_unsigned(ticks)
    }
}

/// Nanoseconds since the Unix epoch of moments in ticks.
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

    /// Nanoseconds since the Unix epoch, also of moments before the counter began.
    pub(crate) fn nanoseconds(&self, moment: Moment) -> i64 {
        let Some(anchor) = self.anchor else { return 0 };
        let since = moment.saturating_sub_unsigned(anchor.ticks);
        let ns = i64::try_from(self.rate.nanoseconds(since.unsigned_abs())).unwrap_or(i64::MAX);
        let unix = i64::try_from(anchor.unix.as_nanos()).unwrap_or(i64::MAX);
        unix.saturating_add(if since < 0 { -ns } else { ns })
    }
}

/// Nanoseconds since the Unix epoch.
pub(crate) fn unix_nanoseconds() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_nanos()).unwrap_or(i64::MAX)
}

/// Measures the rate against the system's monotonic clock since the last anchor, and anchors anew. The
/// collector alone calls it. Says no if it is too soon for a measurement that is worth anything.
pub(crate) fn anchor() -> bool {
    let (Some(clock), Some(last)) = (CLOCK.get(), ANCHOR.load_full()) else {
        return false;
    };
    let now = Anchor::now(clock);
    // Relaxed: no other thread changes them.
    let rates = TickRates {
        current: RATE.load(Ordering::Relaxed),
        measured: MEASURED.load(Ordering::Relaxed),
    };
    let Some(rates) = now.after(&last, rates) else {
        return false;
    };
    // Relaxed: a thread that still uses the rate before this is off by what the two differ.
    RATE.store(rates.current, Ordering::Relaxed);
    MEASURED.store(rates.measured, Ordering::Relaxed);
    ANCHOR.store(Some(Arc::new(now)));
    ANCHORS.fetch_add(1, Ordering::Relaxed);
    true
}

/// How often the clock was anchored anew.
pub(crate) fn anchors() -> u64 {
    // Relaxed: a statistic.
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
        let anchors = anchors();
        while !anchor() {
            std::thread::yield_now();
        }
        let after = RATE.load(Ordering::Relaxed);
        assert!(super::anchors() > anchors);
        assert!(
            (after as f64 / before as f64 - 1.0).abs() < 0.001,
            "{before} {after}"
        );
    }

    /// The counter where the processor says that it is invariant, the system's clock where not.
    #[cfg(all(target_os = "linux", target_arch = "x86_64"))]
    #[test]
    fn the_counter_is_read_only_where_it_is_invariant() {
        let processor = std::fs::read_to_string("/proc/cpuinfo").unwrap();
        let has = |flag| processor.split_whitespace().any(|word| word == flag);
        let clock = quanta::Clock::new();
        let is_counter = !format!("{clock:?}").contains("inner: Monotonic");
        assert_eq!(
            is_counter,
            has("nonstop_tsc") && has("constant_tsc") && has("rdtscp")
        );
    }

    /// As quanta's clock is where there is no counter.
    #[test]
    fn a_clock_of_nanoseconds_has_a_rate_of_one() {
        let (clock, _) = quanta::Clock::mock();
        assert_eq!(initial_rate(&clock), Rate::ONE.0);
    }
}
