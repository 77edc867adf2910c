use std::sync::Arc;

use super::busy::Busy;
use super::coverage::Coverage;
use crate::sync::{AtomicU32, OnceBox, Ordering};

/// What a series adds its busy time to besides its own: that of all label sets of its subject together. Each by itself
/// loses where its calls were when there are too many of them, and then their union is not known.
pub(super) struct Shared {
    pub(super) coverage: Arc<Coverage>,
    /// Whether it is that of this series, which the others joined.
    pub(super) leads: bool,
    /// Whether what the series had before is in it.
    seeded: AtomicU32,
}

impl Shared {
    /// Others may join it.
    pub(super) fn leading(coverage: Arc<Coverage>) -> Self {
        Self {
            coverage,
            leads: true,
            seeded: AtomicU32::new(0),
        }
    }

    pub(super) fn joining(coverage: Arc<Coverage>) -> Self {
        Self {
            leads: false,
            ..Self::leading(coverage)
        }
    }

    /// Adds what a fold brings to a series' own busy time and to what it shares, in this order: a fold that comes too
    /// early to see the latter has then left it there, for the seed.
    #[inline]
    pub(super) fn add_busy(shared: &OnceBox<Self>, batch: &Busy, own: &Coverage) {
        own.add(batch);
        if let Some(shared) = shared.get() {
            shared.add(batch, own);
        }
    }

    #[cold]
    #[inline(never)]
    fn add(&self, batch: &Busy, own: &Coverage) {
        self.coverage.add(batch);
        self.try_seed(own);
    }

    /// Adds what `own` has, unless that was done or another thread is at it.
    pub(super) fn try_seed(&self, own: &Coverage) {
        if !self.is_seeded()
            && let Some(busy) = own.try_read()
        {
            self.seed_with(&busy);
        }
    }

    /// Waits for a fold that is at it.
    pub(super) fn seed(&self, own: &Coverage) {
        if !self.is_seeded() {
            self.seed_with(&own.read());
        }
    }

    fn is_seeded(&self) -> bool {
        // Acquire: what was added is there; pairs with the Release in `seed_with`.
        self.seeded.load(Ordering::Acquire) != 0
    }

    /// What is added twice counts once.
    fn seed_with(&self, busy: &Busy) {
        self.coverage.add(busy);
        // Release: pairs with the Acquire in `is_seeded`.
        self.seeded.store(1, Ordering::Release);
    }
}
