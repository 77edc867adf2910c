use super::distribution::{Distribution, MAX_VALUE, PAGE, PAGES, bucket_of};
use crate::clock::Rate;
use crate::sync::{AtomicU64, OnceBox, Ordering};

/// A [`Distribution`] that any number of threads add to at once. One page for each power of two, allocated
/// when the first value falls into it.
pub(crate) struct Histogram {
    pages: [OnceBox<Page>; PAGES],
    sum: AtomicU64,
    min: AtomicU64,
    max: AtomicU64,
}

type Page = [AtomicU64; PAGE];

/// What one fold adds. Calls of one kind last one of a few numbers of ticks, so those are counted as they are:
/// a number that was met before takes one comparison, and only distinct ones are converted and looked up.
pub(super) struct Durations {
    /// Ticks, and how many calls took just as many.
    places: [(u64, u64); Self::PLACES],
    sum: u64,
    min: u64,
    max: u64,
}

impl Durations {
    const PLACES: usize = 16;

    pub(super) const fn new() -> Self {
        Self {
            places: [(0, 0); Self::PLACES],
            sum: 0,
            min: u64::MAX,
            max: 0,
        }
    }

    #[inline(always)]
    pub(super) fn add(&mut self, ticks: u64, rate: Rate, to: &Histogram) {
        let place = &mut self.places[ticks as usize % Self::PLACES];
        if place.0 == ticks {
            place.1 += 1;
        } else {
            let (ticks, n) = std::mem::replace(place, (ticks, 1));
            self.move_on(ticks, n, rate, to);
        }
    }

    #[inline]
    fn move_on(&mut self, ticks: u64, n: u64, rate: Rate, to: &Histogram) {
        if n == 0 {
            return;
        }
        let ns = rate.nanoseconds(ticks);
        to.add(bucket_of(ns.min(MAX_VALUE)), n);
        self.sum = self.sum.saturating_add(ns.saturating_mul(n));
        self.min = self.min.min(ns);
        self.max = self.max.max(ns);
    }

    /// Moves what was added to the histogram. Nothing is left behind.
    pub(super) fn flush(&mut self, rate: Rate, to: &Histogram) {
        for place in 0..Self::PLACES {
            let (ticks, n) = std::mem::take(&mut self.places[place]);
            self.move_on(ticks, n, rate, to);
        }
        if self.min > self.max {
            return;
        }
        // Relaxed: sums of independent counts; whoever must see them is ordered after the fold as a whole.
        let before = to.sum.fetch_add(self.sum, Ordering::Relaxed);
        if before.checked_add(self.sum).is_none() {
            // 584 years in all: it stays there.
            to.sum.store(u64::MAX, Ordering::Relaxed);
        }
        if self.min < to.min.load(Ordering::Relaxed) {
            to.min.fetch_min(self.min, Ordering::Relaxed);
        }
        if self.max > to.max.load(Ordering::Relaxed) {
            to.max.fetch_max(self.max, Ordering::Relaxed);
        }
        (self.sum, self.min, self.max) = (0, u64::MAX, 0);
    }
}

impl Histogram {
    pub(super) fn new() -> Self {
        Self {
            pages: std::array::from_fn(|_| OnceBox::new()),
            sum: AtomicU64::new(0),
            min: AtomicU64::new(u64::MAX),
            max: AtomicU64::new(0),
        }
    }

    fn add(&self, bucket: usize, n: u64) {
        let page =
            self.pages[bucket / PAGE].get_or_init(|| Box::new(std::array::from_fn(|_| AtomicU64::new(0))));
        // Relaxed: as in `Durations::flush`.
        page[bucket % PAGE].fetch_add(n, Ordering::Relaxed);
    }

    pub(super) fn snapshot(&self) -> Distribution {
        let mut buckets = Vec::new();
        for (number, page) in self.pages.iter().enumerate() {
            for (at, count) in page.get().into_iter().flatten().enumerate() {
                match count.load(Ordering::Relaxed) {
                    0 => {}
                    n => buckets.push(((number * PAGE + at) as u16, n)),
                }
            }
        }
        Distribution::from_buckets(
            buckets,
            self.sum.load(Ordering::Relaxed),
            self.min.load(Ordering::Relaxed),
            self.max.load(Ordering::Relaxed),
        )
    }

    /// Bytes on the heap.
    pub(super) fn bytes(&self) -> usize {
        self.pages.iter().filter(|page| page.get().is_some()).count() * size_of::<Page>()
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn folding_in_batches_equals_recording_one_by_one(
            values in prop::collection::vec(prop_oneof![0..100_u64, 0..u64::MAX >> 12], 0..300),
            batch in 1..50_usize,
        ) {
            let histogram = Histogram::new();
            let mut expected = Distribution::default();
            let mut durations = Durations::new();
            for chunk in values.chunks(batch) {
                for &ns in chunk {
                    durations.add(ns, Rate::ONE, &histogram);
                    expected.record(ns);
                }
                durations.flush(Rate::ONE, &histogram);
            }
            prop_assert_eq!(histogram.snapshot(), expected);
        }
    }

    #[test]
    fn three_decades_stay_small() {
        let histogram = Histogram::new();
        let mut durations = Durations::new();
        for ns in (1_000..1_000_000).step_by(50) {
            durations.add(ns, Rate::ONE, &histogram);
        }
        durations.flush(Rate::ONE, &histogram);
        assert!(histogram.bytes() <= 12 * 1024, "{} bytes", histogram.bytes());
    }
}
