//! What two readings of all clocks say about the rate between them.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// One moment on all three clocks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Anchor {
    pub(super) ticks: u64,
    pub(super) monotonic: Instant,
    pub(super) unix: Duration,
    /// Ticks that the reading took: `ticks` is off by at most half of them.
    took: u64,
}

/// Nanoseconds in 2^32 ticks: what is in force, and what was measured last, taken or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TickRates {
    pub(super) current: u64,
    pub(super) measured: u64,
}

/// Shortest time over which a rate is measured.
const SHORTEST: Duration = Duration::from_millis(5);
/// How many times as long as its two readings a measurement must last: it is then off by 20 in a million at
/// most, and by far less over a second.
const READINGS: u64 = 25_000;
/// In a million. The most that one measurement may change the rate: a clock that is disciplined runs up to 500
/// fast or slow.
const DRIFT: u64 = 1000;
/// In a million. How well two measurements in a row must agree to be believed whatever the rate was.
const AGREEMENT: u64 = 100;

impl Anchor {
    pub(super) fn now(clock: &quanta::Clock) -> Self {
        // The reading of the system clock that took the fewest ticks was interrupted the least.
        (0..5)
            .map(|_| {
                let before = clock.raw();
                let (monotonic, unix) = (Instant::now(), SystemTime::now());
                let took = clock.raw().saturating_sub(before);
                Self {
                    ticks: before + took / 2,
                    monotonic,
                    unix: unix.duration_since(UNIX_EPOCH).unwrap_or_default(),
                    took,
                }
            })
            .min_by_key(|anchor| anchor.took)
            .expect("five readings were taken")
    }

    /// The rates once this reading has taken the place of `last`; none if it is too soon, and `last` stays.
    ///
    /// A machine that was suspended, or a counter that began anew, makes a measurement that is no drift. It is
    /// left out, unless the one after it says the same: then it was the rate that was wrong.
    pub(super) fn after(&self, last: &Self, rates: TickRates) -> Option<TickRates> {
        let elapsed = self.monotonic.checked_duration_since(last.monotonic);
        let ticks = self.ticks.checked_sub(last.ticks);
        let (Some(elapsed), Some(ticks)) = (elapsed, ticks) else {
            // A clock went back: what lies between the two says nothing.
            return Some(rates);
        };
        if elapsed < SHORTEST {
            return None;
        }
        if ticks / READINGS < self.took.saturating_add(last.took) {
            // Longer is better, unless it was the last reading that was interrupted.
            return (self.took < last.took / 2).then_some(rates);
        }
        let measured = (elapsed.as_nanos() << 32).checked_div(u128::from(ticks))?;
        let measured = u64::try_from(measured).unwrap_or(u64::MAX);
        let is_believed =
            is_near(measured, rates.current, DRIFT) || is_near(measured, rates.measured, AGREEMENT);
        Some(TickRates {
            current: if is_believed { measured } else { rates.current },
            measured,
        })
    }
}

/// Whether two rates differ by at most so many millionths of the second.
fn is_near(a: u64, b: u64, millionths: u64) -> bool {
    u128::from(a.abs_diff(b)) * 1_000_000 <= u128::from(b) * u128::from(millionths)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ticks of a counter of 2.5 GHz; 2^32 of them take 1.7 s.
    const GHZ: f64 = 2.5;
    const RATE: u64 = ((1_u64 << 32) as f64 / GHZ) as u64;
    const RATES: TickRates = TickRates {
        current: RATE,
        measured: RATE,
    };
    const MILLISECOND: u64 = 1_000_000;
    const SECOND: u64 = 1000 * MILLISECOND;

    /// Readings of a machine whose clocks do as they are told.
    struct Machine {
        last: Anchor,
        rates: TickRates,
    }

    impl Machine {
        fn new(rates: TickRates) -> Self {
            let last = Anchor {
                ticks: 1 << 40,
                // Far enough from the beginning to go back.
                monotonic: Instant::now() + Duration::from_secs(1 << 20),
                unix: Duration::ZERO,
                took: 250,
            };
            Self { last, rates }
        }

        /// A reading after so many nanoseconds of the system's clock and of the counter; whether it was taken
        /// for an anchor.
        fn read(&mut self, monotonic: i64, counter: i64) -> bool {
            self.read_in(monotonic, counter, 250)
        }

        fn read_in(&mut self, monotonic: i64, counter: i64, took: u64) -> bool {
            let by = Duration::from_nanos(monotonic.unsigned_abs());
            let ticks = (counter.unsigned_abs() as f64 * GHZ) as u64;
            let last = self.last;
            let now = Anchor {
                ticks: if counter < 0 {
                    last.ticks - ticks
                } else {
                    last.ticks + ticks
                },
                monotonic: if monotonic < 0 {
                    last.monotonic - by
                } else {
                    last.monotonic + by
                },
                took,
                ..last
            };
            let after = now.after(&last, self.rates);
            if let Some(rates) = after {
                (self.last, self.rates) = (now, rates);
            }
            after.is_some()
        }

        /// A second that both clocks agree on.
        fn second(&mut self) {
            assert!(self.read(SECOND as i64, SECOND as i64));
        }

        /// By how many millionths the rate is off.
        fn off(&self) -> f64 {
            (self.rates.current as f64 / RATE as f64 - 1.0) * 1e6
        }
    }

    #[test]
    fn a_rate_that_drifts_is_followed() {
        let mut machine = Machine::new(RATES);
        for drift in [100, 300, 250, -200, -500, 400] {
            // The system's clock runs faster by `drift` millionths.
            let ns = SECOND as i64;
            assert!(machine.read(ns + ns / 1_000_000 * drift, ns));
            assert!(
                (machine.off() - drift as f64).abs() < 1.0,
                "{drift}: {}",
                machine.off()
            );
        }
    }

    #[test]
    fn the_first_calibration_is_made_good_within_milliseconds() {
        let mut machine = Machine::new(TickRates {
            current: RATE + RATE / 2000,
            measured: 0,
        });
        assert!(machine.off() > 499.0);
        let ns = 10 * MILLISECOND as i64;
        assert!(machine.read(ns, ns));
        assert!(machine.off().abs() < 1.0, "{}", machine.off());
    }

    #[test]
    fn a_calibration_that_was_all_wrong_is_replaced_by_what_two_measurements_say() {
        for wrong in [RATE / 3, RATE * 7] {
            let mut machine = Machine::new(TickRates {
                current: wrong,
                measured: 0,
            });
            machine.second();
            assert_eq!(
                machine.rates.current, wrong,
                "one measurement alone is not believed"
            );
            // The two agree to 50 millionths.
            assert!(machine.read((SECOND + SECOND / 20_000) as i64, SECOND as i64));
            assert!((machine.off() - 50.0).abs() < 1.0, "{}", machine.off());
        }
    }

    #[test]
    fn readings_too_close_or_too_rough_wait() {
        let mut machine = Machine::new(RATES);
        assert!(!machine.read(4 * MILLISECOND as i64, 4 * MILLISECOND as i64));
        // 10 ms are not 25,000 times as long as a reading that took 1 µs.
        assert!(!machine.read_in(10 * MILLISECOND as i64, 11 * MILLISECOND as i64, 2500));
        assert!(machine.read_in(60 * MILLISECOND as i64, 60 * MILLISECOND as i64, 1000));
        assert!(machine.off().abs() < 1.0);
    }

    #[test]
    fn an_interrupted_reading_gives_way_to_a_better_one() {
        let mut machine = Machine::new(RATES);
        machine.last.took = 10_000_000;
        assert!(machine.read(20 * MILLISECOND as i64, 23 * MILLISECOND as i64));
        assert_eq!(machine.rates, RATES, "and says nothing of the rate");
        machine.second();
        assert!(machine.off().abs() < 1.0);
    }

    /// What each kind of suspension makes of the two clocks, and then two seconds as before.
    #[test]
    fn suspension_is_no_drift() {
        let (second, hour) = (SECOND as i64, 3600 * SECOND as i64);
        let boot = -((1_i64 << 40) as f64 / GHZ) as i64;
        for (how, monotonic, counter) in [
            ("both stand still", second, second),
            ("the counter stands still", hour, second),
            (
                "the counter runs on while the system's clock stands still",
                second,
                hour,
            ),
            ("the system's clock steps back", -hour, second),
            ("both step back", -hour, -second),
            ("the counter begins at zero", second, boot),
            (
                "the counter begins at zero, and passes where it was",
                hour,
                second / 3,
            ),
            ("half a second that one clock misses", 3 * second / 2, second),
            (
                "two milliseconds that one clock misses",
                second + second / 500,
                second,
            ),
        ] {
            let mut machine = Machine::new(RATES);
            machine.second();
            assert!(machine.read(monotonic, counter), "{how}: it is the new anchor");
            assert!(machine.off().abs() < 1.0, "{how}: {}", machine.off());
            machine.second();
            machine.second();
            assert!(machine.off().abs() < 1.0, "{how}, later: {}", machine.off());
        }
    }

    #[test]
    fn a_system_clock_that_stands_still_for_long_is_waited_for() {
        let mut machine = Machine::new(RATES);
        for _ in 0..3 {
            assert!(!machine.read(0, SECOND as i64));
        }
        assert_eq!(machine.rates, RATES);
        assert!(machine.read(SECOND as i64, 4 * SECOND as i64));
        assert_eq!(machine.rates.current, RATE);
        machine.second();
        assert!(machine.off().abs() < 1.0);
    }

    #[test]
    fn a_counter_that_stands_still_makes_no_rate() {
        let mut machine = Machine::new(RATES);
        machine.last.took = 0;
        for _ in 0..3 {
            machine.read_in(SECOND as i64, 0, 0);
            assert_eq!(machine.rates.current, RATE);
        }
    }
}
