use aimlm_snapshot::{Buckets, Distribution, PAGE, PAGES};

use crate::reserve::Reserve;
use crate::sync::{AtomicU64, OnceBox, Ordering, boxed_array};

/// A [`Distribution`] that any number of threads add to at once. One page for each power of two, allocated
/// when the first value falls into it. The sum comes first; see `Window`.
#[repr(C)]
pub(crate) struct Histogram {
    pub(crate) sum: AtomicU64,
    pub(crate) min: AtomicU64,
    pub(crate) max: AtomicU64,
    pages: [OnceBox<Page>; PAGES],
}

pub(super) type Page = [AtomicU64; PAGE];

pub(crate) static PAGES_READY: Reserve<Box<Page>> =
    Reserve::new(64, size_of::<Page>(), || boxed_array(|| AtomicU64::new(0)));
pub(crate) static HISTOGRAMS_READY: Reserve<Box<Histogram>> =
    Reserve::new(8, size_of::<Histogram>(), || Box::new(Histogram::new()));

impl Histogram {
    pub(crate) fn new() -> Self {
        Self {
            pages: std::array::from_fn(|_| OnceBox::new()),
            sum: AtomicU64::new(0),
            min: AtomicU64::new(u64::MAX),
            max: AtomicU64::new(0),
        }
    }

    pub(crate) fn add(&self, bucket: usize, n: u64) {
        let page = self.pages[bucket / PAGE].get_or_init(|| PAGES_READY.take());
        // Relaxed: as in `super::durations`.
        page[bucket % PAGE].fetch_add(n, Ordering::Relaxed);
    }

    pub(crate) fn snapshot(&self) -> Distribution {
        let load = |cell: &AtomicU64| cell.load(Ordering::Relaxed);
        self.distribution(load(&self.sum), load(&self.min), load(&self.max))
    }

    /// With a sum and extremes that are kept elsewhere.
    pub(crate) fn distribution(&self, sum: u64, min: u64, max: u64) -> Distribution {
        let mut buckets = Buckets::with_capacity(self.buckets());
        let pages = self.pages.iter().enumerate();
        for (number, page) in pages.filter_map(|(number, page)| Some((number, page.get()?))) {
            // Empty buckets are written over: which are empty is nothing that a processor could foresee.
            let mut full = [(0, 0); PAGE];
            let mut len = 0;
            for (at, count) in page.iter().enumerate() {
                let n = count.load(Ordering::Relaxed);
                full[len % PAGE] = ((number * PAGE + at) as u16, n);
                len += usize::from(n > 0);
            }
            full[..len]
                .iter()
                .for_each(|&(bucket, n)| buckets.push(bucket, n));
        }
        Distribution::from_buckets(buckets, sum, min, max)
    }

    /// Of so many values, without the buckets.
    pub(crate) fn summary(&self, count: u64) -> Distribution {
        let load = |cell: &AtomicU64| cell.load(Ordering::Relaxed);
        Distribution::of_summary(count, load(&self.sum), load(&self.min), load(&self.max))
    }

    /// How many buckets hold anything. As no load waits for another, it also brings all into the caches faster
    /// than what follows would.
    fn buckets(&self) -> usize {
        let counts = self.pages.iter().filter_map(OnceBox::get).flatten();
        counts
            .map(|count| usize::from(count.load(Ordering::Relaxed) > 0))
            .sum()
    }

    /// Bytes on the heap.
    pub(crate) fn bytes(&self) -> usize {
        self.pages.iter().filter(|page| page.get().is_some()).count() * size_of::<Page>()
    }
}
