use super::distribution::{Distribution, MAX_VALUE, PAGE, PAGES, bucket_of};
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

/// What one fold adds: exact sums, and counts of the few buckets that calls of one kind fall into.
pub(super) struct Durations {
    buckets: [(u16, u32); Self::BUCKETS],
    sum: u64,
    min: u64,
    max: u64,
}

impl Durations {
    const BUCKETS: usize = 16;

    pub(super) const fn new() -> Self {
        Self {
            buckets: [(0, 0); Self::BUCKETS],
            sum: 0,
            min: u64::MAX,
            max: 0,
        }
    }

    #[inline(always)]
    pub(super) fn add(&mut self, ns: u64, to: &Histogram) {
        let bucket = bucket_of(ns.min(MAX_VALUE)) as u16;
        let slot = &mut self.buckets[bucket as usize % Self::BUCKETS];
        if slot.0 != bucket {
            if slot.1 > 0 {
                to.add(slot.0, u64::from(slot.1));
            }
            *slot = (bucket, 0);
        }
        slot.1 += 1;
        self.sum += ns;
        self.min = self.min.min(ns);
        self.max = self.max.max(ns);
    }

    /// Moves what was added to the histogram. Nothing is left behind.
    pub(super) fn flush(&mut self, to: &Histogram) {
        if self.min == u64::MAX {
            return;
        }
        for (bucket, n) in &mut self.buckets {
            if *n > 0 {
                to.add(*bucket, u64::from(*n));
                *n = 0;
            }
        }
        // Relaxed: sums of independent counts; whoever must see them is ordered after the fold as a whole.
        to.sum.fetch_add(self.sum, Ordering::Relaxed);
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
            pages: [const { () }; PAGES].map(|()| OnceBox::new()),
            sum: AtomicU64::new(0),
            min: AtomicU64::new(u64::MAX),
            max: AtomicU64::new(0),
        }
    }

    fn add(&self, bucket: u16, n: u64) {
        let bucket = usize::from(bucket);
        let page = self.pages[bucket / PAGE]
            .get_or_init(|| Box::new([const { () }; PAGE].map(|()| AtomicU64::new(0))));
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
            values in prop::collection::vec(0..u64::MAX >> 12, 0..300),
            batch in 1..50_usize,
        ) {
            let histogram = Histogram::new();
            let mut expected = Distribution::default();
            let mut durations = Durations::new();
            for chunk in values.chunks(batch) {
                for &ns in chunk {
                    durations.add(ns, &histogram);
                    expected.record(ns);
                }
                durations.flush(&histogram);
            }
            prop_assert_eq!(histogram.snapshot(), expected);
        }
    }

    #[test]
    fn three_decades_stay_small() {
        let histogram = Histogram::new();
        let mut durations = Durations::new();
        for ns in (1_000..1_000_000).step_by(50) {
            durations.add(ns, &histogram);
        }
        durations.flush(&histogram);
        assert!(histogram.bytes() <= 12 * 1024, "{} bytes", histogram.bytes());
    }
}
