use aimlm_snapshot::{Buckets, Distribution, PAGE, PAGES, bucket_of};

use super::histogram::{PAGES_READY, Page};
use crate::reserve::Reserve;
use crate::sync::{AtomicU64, OnceBox, Ordering, boxed_array};

/// Counts that have a bucket each; above, powers of two are divided into [`COARSE`].
pub(crate) const EXACT: usize = PAGE;
/// Buckets of a power of two, a quarter of those that a duration has.
const COARSE: usize = PAGE / 4;

/// A [`Distribution`] of counts that any number of threads add to at once: each up to 127 by itself, larger ones rounded down
/// by 3 % at most. Pages of powers of two are allocated when the first value falls into them.
pub(crate) struct CountHistogram {
    exact: OnceBox<Page>,
    pages: [OnceBox<CoarsePage>; PAGES - 1],
}

type CoarsePage = [AtomicU64; COARSE];

pub(crate) static COARSE_PAGES_READY: Reserve<Box<CoarsePage>> =
    Reserve::new(32, size_of::<CoarsePage>(), || boxed_array(|| AtomicU64::new(0)));
pub(crate) static COUNTS_READY: Reserve<Box<CountHistogram>> = Reserve::new(
    16,
    size_of::<CountHistogram>(),
    || Box::new(CountHistogram::new()),
);

impl CountHistogram {
    pub(crate) fn new() -> Self {
        Self {
            exact: OnceBox::new(),
            pages: std::array::from_fn(|_| OnceBox::new()),
        }
    }

    pub(crate) fn add(&self, value: u64, n: u64) {
        let bucket = bucket_of(value);
        let count = match (bucket / PAGE).checked_sub(1) {
            None => &self.exact.get_or_init(|| PAGES_READY.take())[bucket],
            Some(page) => {
                let page = self.pages[page].get_or_init(|| COARSE_PAGES_READY.take());
                &page[bucket % PAGE * COARSE / PAGE]
            }
        };
        // Relaxed: the end of the fold publishes it together with the sums.
        count.fetch_add(n, Ordering::Relaxed);
    }

    /// Adds so many values of each number below [`EXACT`], of which none is outside `least..=most`.
    pub(crate) fn add_small(&self, counts: &[u32; EXACT], least: usize, most: usize) {
        let own = self.exact.get_or_init(|| PAGES_READY.take());
        for (own, &n) in own[least..=most].iter().zip(&counts[least..=most]) {
            if n > 0 {
                // Relaxed: as in `add`.
                own.fetch_add(n.into(), Ordering::Relaxed);
            }
        }
    }

    /// With the sum and the extremes of what was added.
    pub(crate) fn snapshot(&self, sum: u64, min: u64, max: u64) -> Distribution {
        let load = |count: &AtomicU64| count.load(Ordering::Relaxed);
        let exact = self.exact.get().into_iter().flatten().map(load);
        let exact = exact.enumerate().map(|(value, n)| (value as u16, n));
        let pages = self.pages.iter().enumerate();
        let pages = pages.filter_map(|(number, page)| Some((number + 1, page.get()?)));
        let coarse = pages.flat_map(|(number, page)| {
            let counts = page.iter().map(load).enumerate();
            counts.map(move |(at, n)| ((number * PAGE + at * (PAGE / COARSE)) as u16, n))
        });
        let buckets: Buckets = exact.chain(coarse).filter(|&(_, n)| n > 0).collect();
        Distribution::from_buckets(buckets, sum, min, max)
    }

    /// Bytes on the heap.
    pub(crate) fn bytes(&self) -> usize {
        let exact = self.exact.get().map_or(0, size_of_val);
        exact
            + self
                .pages
                .iter()
                .filter_map(OnceBox::get)
                .map(size_of_val)
                .sum::<usize>()
    }
}

#[cfg(all(test, not(any(loom, shuttle))))]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Every value is where it was, or rounded down by at most 3 %.
        #[test]
        fn what_is_counted_is_what_was_added(values in prop::collection::vec((0_u32..64, any::<u64>()), 1..200)) {
            let histogram = CountHistogram::new();
            let mut values: Vec<u64> = values.iter().map(|(shift, value)| value >> shift).collect();
            values.iter().for_each(|&value| histogram.add(value, 1));
            values.sort_unstable();
            let sum = values.iter().fold(0, |sum: u64, &value| sum.saturating_add(value));
            let distribution = histogram.snapshot(sum, values[0], *values.last().unwrap());
            prop_assert_eq!(distribution.count(), values.len() as u64);
            let counted = distribution.buckets().flat_map(|(low, _, n)| (0..n).map(move |_| low));
            for (&value, shown) in values.iter().zip(counted) {
                prop_assert!(shown <= value && value - shown <= value / 32, "{} {}", value, shown);
                prop_assert!(value >= EXACT as u64 || shown == value, "{} {}", value, shown);
            }
        }
    }
}
