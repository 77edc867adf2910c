use super::distribution::{Distribution, PAGE, PAGES};
use crate::sync::{AtomicU64, OnceBox, Ordering};

/// A [`Distribution`] that any number of threads add to at once. One page for each power of two, allocated
/// when the first value falls into it.
pub(crate) struct Histogram {
    pages: [OnceBox<Page>; PAGES],
    pub(super) sum: AtomicU64,
    pub(super) min: AtomicU64,
    pub(super) max: AtomicU64,
}

type Page = [AtomicU64; PAGE];

impl Histogram {
    pub(super) fn new() -> Self {
        Self {
            pages: std::array::from_fn(|_| OnceBox::new()),
            sum: AtomicU64::new(0),
            min: AtomicU64::new(u64::MAX),
            max: AtomicU64::new(0),
        }
    }

    pub(super) fn add(&self, bucket: usize, n: u64) {
        let page =
            self.pages[bucket / PAGE].get_or_init(|| Box::new(std::array::from_fn(|_| AtomicU64::new(0))));
        // Relaxed: as in `super::durations`.
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
