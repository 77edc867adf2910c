use aimlm_snapshot::bucket_of;

use super::histogram::Histogram;
use super::item_rates::ItemRates;
use super::items::Items;
use super::saturating;
use crate::clock::Rate;
use crate::sync::Ordering;

/// What is counted of the calls of one fold that took equally long.
pub(crate) trait Tally: Copy {
    /// Of no call.
    const NONE: Self;
    /// What a call brings beside its duration.
    type Value;
    /// What comes of it once the duration is known in nanoseconds.
    type Total;

    fn add(&mut self, value: Self::Value);
    fn calls(self) -> u64;
    fn settle(self, ns: u64, total: &mut Self::Total);
}

/// Only how many there are.
impl Tally for u32 {
    const NONE: Self = 0;
    type Value = ();
    type Total = ();

    #[inline(always)]
    fn add(&mut self, (): ()) {
        *self += 1;
    }

    #[inline(always)]
    fn calls(self) -> u64 {
        self.into()
    }

    #[inline(always)]
    fn settle(self, _: u64, (): &mut ()) {}
}

/// How many, and how many items each had.
#[derive(Clone, Copy)]
pub(crate) struct ItemTally {
    calls: u32,
    sum: u32,
    min: u32,
    max: u32,
}

impl Tally for ItemTally {
    const NONE: Self = Self {
        calls: 0,
        min: u32::MAX,
        max: 0,
        sum: 0,
    };
    type Value = u32;
    type Total = ItemRates;

    #[inline(always)]
    fn add(&mut self, items: u32) {
        self.calls += 1;
        self.sum += items;
        if items < self.min {
            self.min = items;
        }
        if items > self.max {
            self.max = items;
        }
    }

    #[inline(always)]
    fn calls(self) -> u64 {
        self.calls.into()
    }

    #[inline(always)]
    fn settle(self, ns: u64, rates: &mut ItemRates) {
        let items = Items {
            calls: self.calls.into(),
            sum: self.sum.into(),
            min: self.min.into(),
            max: self.max.into(),
        };
        rates.add(&items, ns);
    }
}

/// What one fold adds to a [`Histogram`]. Calls of one kind last one of a few numbers of ticks, so those are
/// counted as they are: a number that was met before takes one comparison, and only distinct ones are converted
/// and looked up.
pub(crate) struct Durations<T: Tally = u32> {
    places: [TickPlace<T>; PLACES],
    /// A bit for each place that is taken.
    taken: u32,
    sum: u64,
    min: u64,
    max: u64,
    /// What came of the tallies that gave up their place.
    pub(crate) total: T::Total,
}

/// Ticks, and what is counted of the calls that took just as many.
#[derive(Clone, Copy)]
struct TickPlace<T> {
    ticks: u32,
    tally: T,
}

const PLACES: usize = u32::BITS as usize;

/// Stands in a place that was never taken. A call that lasts as long, or longer, has none.
const NEVER: u32 = u32::MAX;

impl<T: Tally> Durations<T> {
    pub(crate) const fn new(total: T::Total) -> Self {
        Self {
            places: [TickPlace {
                ticks: NEVER,
                tally: T::NONE,
            }; PLACES],
            taken: 0,
            sum: 0,
            min: u64::MAX,
            max: 0,
            total,
        }
    }

    /// Adds a call.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn add(&mut self, ticks: u64, value: T::Value, rate: Rate, to: &Histogram) {
        if ticks < u64::from(NEVER) {
            let at = ticks as usize % PLACES;
            if self.places[at].ticks != ticks as u32 {
                self.change(at, ticks as u32, rate, to);
            }
            return self.places[at].tally.add(value);
        }
        let mut tally = T::NONE;
        tally.add(value);
        self.add_nanoseconds(rate.nanoseconds(ticks), tally, to);
    }

    /// Where a call of so many ticks is counted, which a record must have room for; none if calls of another number have the
    /// place.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn tally(&mut self, ticks: u64) -> Option<&mut T> {
        let at = ticks as usize % PLACES;
        let place = &mut self.places[at];
        if place.ticks != ticks as u32 {
            if self.taken & 1 << at != 0 {
                return None;
            }
            place.ticks = ticks as u32;
            self.taken |= 1 << at;
        }
        Some(&mut place.tally)
    }

    /// Gives a place to another number of ticks.
    #[inline]
    fn change(&mut self, at: usize, ticks: u32, rate: Rate, to: &Histogram) {
        let new = TickPlace {
            ticks,
            tally: T::NONE,
        };
        let old = std::mem::replace(&mut self.places[at], new);
        self.taken |= 1 << at;
        if old.tally.calls() > 0 {
            self.add_nanoseconds(rate.nanoseconds(old.ticks.into()), old.tally, to);
        }
    }

    /// Adds calls that took so many nanoseconds each.
    #[inline]
    pub(crate) fn add_nanoseconds(&mut self, ns: u64, tally: T, to: &Histogram) {
        let n = tally.calls();
        to.add(bucket_of(ns), n);
        tally.settle(ns, &mut self.total);
        self.sum = self.sum.saturating_add(ns.saturating_mul(n));
        self.min = self.min.min(ns);
        self.max = self.max.max(ns);
    }

    /// Moves what was added to the histogram. Nothing but the total is left behind.
    pub(crate) fn flush(&mut self, rate: Rate, to: &Histogram) {
        while self.taken != 0 {
            let at = self.taken.trailing_zeros() as usize;
            self.change(at, NEVER, rate, to);
            self.taken &= self.taken - 1;
        }
        if self.min > self.max {
            return;
        }
        // Up to 584 years in all. Relaxed, below: as there.
        saturating::add(&to.sum, self.sum);
        if self.min < to.min.load(Ordering::Relaxed) {
            to.min.fetch_min(self.min, Ordering::Relaxed);
        }
        if self.max > to.max.load(Ordering::Relaxed) {
            to.max.fetch_max(self.max, Ordering::Relaxed);
        }
        (self.sum, self.min, self.max) = (0, u64::MAX, 0);
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use aimlm_snapshot::Distribution;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn folding_in_batches_equals_recording_one_by_one(
            values in prop::collection::vec(prop_oneof![0..100_u32, 0..NEVER], 0..300),
            size in 1..50_usize,
        ) {
            let histogram = Histogram::new();
            let mut expected = Distribution::default();
            let mut durations = Durations::<u32>::new(());
            for chunk in values.chunks(size) {
                for &ns in chunk {
                    durations.add(ns.into(), (), Rate::ONE, &histogram);
                    expected.record(ns.into());
                }
                durations.flush(Rate::ONE, &histogram);
            }
            prop_assert_eq!(histogram.snapshot(), expected);
        }

        #[test]
        fn rates_of_equally_long_calls_are_those_of_each(
            calls in prop::collection::vec((0..100_u32, 0..1_000_u32), 0..300),
        ) {
            let histogram = Histogram::new();
            let mut durations = Durations::<ItemTally>::new(ItemRates::new());
            for &(ns, items) in &calls {
                durations.add(ns.into(), items, Rate::ONE, &histogram);
            }
            durations.flush(Rate::ONE, &histogram);
            let rates: Vec<_> = calls
                .iter()
                .filter(|(ns, _)| *ns > 0)
                .map(|&(ns, items)| f64::from(items) * 1e9 / f64::from(ns))
                .collect();
            let total = durations.total;
            prop_assert_eq!(total.items, calls.iter().map(|&(_, items)| u64::from(items)).sum::<u64>());
            prop_assert_eq!(total.count, rates.len() as u64);
            prop_assert_eq!(total.min, rates.iter().copied().fold(f64::INFINITY, f64::min));
            prop_assert_eq!(total.max, rates.iter().copied().fold(0.0, f64::max));
            let sum = rates.iter().sum::<f64>();
            prop_assert!((total.sum - sum).abs() <= 1e-12 * sum, "{} {sum}", total.sum);
        }
    }

    #[test]
    fn three_decades_stay_small() {
        let histogram = Histogram::new();
        let mut durations = Durations::<u32>::new(());
        for ns in (1_000..1_000_000).step_by(50) {
            durations.add(ns, (), Rate::ONE, &histogram);
        }
        durations.flush(Rate::ONE, &histogram);
        assert!(histogram.bytes() <= 12 * 1024, "{} bytes", histogram.bytes());
    }
}
