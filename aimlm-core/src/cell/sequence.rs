use crate::sync::{AtomicU64, Ordering, fence};

/// Tells a reader whether a fold was under way while it read. Any number of threads fold at once, and none
/// waits.
pub(crate) struct Sequence {
    begun: AtomicU64,
    done: AtomicU64,
}

impl Sequence {
    #[cfg(not(loom))]
    pub(crate) const fn new() -> Self {
        Self {
            begun: AtomicU64::new(0),
            done: AtomicU64::new(0),
        }
    }

    #[cfg(loom)]
    pub(crate) fn new() -> Self {
        Self {
            begun: AtomicU64::new(0),
            done: AtomicU64::new(0),
        }
    }

    /// What the caller writes from here to [`end`](Self::end) is one fold.
    #[inline]
    pub(crate) fn begin(&self) {
        self.begun.fetch_add(1, Ordering::Relaxed);
        // Whoever sees what the fold writes sees that it began; pairs with the fence in `unchanged_since`.
        fence(Ordering::Release);
    }

    #[inline]
    pub(crate) fn end(&self) {
        // Release: what the fold wrote comes before; pairs with the Acquire load in `quiet`.
        self.done.fetch_add(1, Ordering::Release);
    }

    /// The number of folds there were, if none is under way.
    pub(crate) fn quiet(&self) -> Option<u64> {
        // Acquire: the folds that are done are seen whole; pairs with the Release in `end`.
        let done = self.done.load(Ordering::Acquire);
        (self.begun.load(Ordering::Relaxed) == done).then_some(done)
    }

    /// Whether none has begun since there were so many.
    pub(crate) fn unchanged_since(&self, folds: u64) -> bool {
        // Orders what was read before the load below; pairs with the fence in `begin`.
        fence(Ordering::Acquire);
        self.begun.load(Ordering::Relaxed) == folds
    }

    /// Forgets folds that will never end. For a forked child.
    pub(crate) fn settle(&self) {
        self.done
            .store(self.begun.load(Ordering::Relaxed), Ordering::Relaxed);
    }
}
