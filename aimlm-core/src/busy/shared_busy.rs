use std::sync::Arc;

use super::busy_spans::BusySpans;
use super::busy_totals::BusyTotals;
use crate::sync::{AtomicU32, OnceBox, Ordering};

/// What a series adds its busy time to besides its own: that of all label sets of its subject together. Each by itself
/// loses where its calls were when there are too many of them, and then their union is not known.
pub(crate) struct SharedBusy {
    pub(crate) totals: Arc<BusyTotals>,
    /// Whether it is that of this series, which the others joined.
    pub(crate) leads: bool,
    /// Whether what the series had before is in it.
    seeded: AtomicU32,
}

impl SharedBusy {
    /// Others may join it.
    pub(crate) fn leading(totals: Arc<BusyTotals>) -> Self {
        Self {
            totals,
            leads: true,
            seeded: AtomicU32::new(0),
        }
    }

    pub(crate) fn joining(totals: Arc<BusyTotals>) -> Self {
        Self {
            leads: false,
            ..Self::leading(totals)
        }
    }

    /// Adds what a fold brings to a series' own busy time and to what it shares, in this order: a fold that comes too
    /// early to see the latter has then left it there, for the seed.
    #[inline]
    pub(crate) fn add_busy(shared: &OnceBox<Self>, fold: &BusySpans, own: &BusyTotals) {
        own.add(fold);
        if let Some(shared) = shared.get() {
            shared.add(fold, own);
        }
    }

    #[cold]
    #[inline(never)]
    fn add(&self, fold: &BusySpans, own: &BusyTotals) {
        self.totals.add(fold);
        self.try_seed(own);
    }

    /// Adds what `own` has, unless that was done or another thread is at it.
    pub(crate) fn try_seed(&self, own: &BusyTotals) {
        if !self.is_seeded() {
            own.try_look(|busy| self.seed_with(busy));
        }
    }

    /// Waits for a fold that is at it.
    pub(crate) fn seed(&self, own: &BusyTotals) {
        if !self.is_seeded() {
            own.look(|busy| self.seed_with(busy));
        }
    }

    fn is_seeded(&self) -> bool {
        // Acquire: what was added is there; pairs with the Release in `seed_with`.
        self.seeded.load(Ordering::Acquire) != 0
    }

    /// Once, whoever else comes for it: the caller holds what the series has. What is covered in part would count
    /// again, each time in what the last left.
    fn seed_with(&self, busy: &BusySpans) {
        if self.is_seeded() {
            return;
        }
        self.totals.add(busy);
        // Release: pairs with the Acquire in `is_seeded`.
        self.seeded.store(1, Ordering::Release);
    }
}

#[cfg(all(test, not(any(loom, shuttle))))]
mod tests {
    use super::super::amounts::Amounts;
    use super::super::segment::Segment;
    use super::*;

    /// As by a fold and a reader that both found that it was still to be done.
    #[test]
    fn what_is_covered_in_part_is_brought_along_once() {
        let mut busy = BusySpans::new();
        let half = Segment {
            covered: 500,
            ..Segment::full(0, 1_000)
        };
        busy.add_call(half, Amounts::NONE, 0);
        let shared = SharedBusy::joining(Arc::new(BusyTotals::shared()));
        shared.seed_with(&busy);
        shared.seed_with(&busy);
        assert_eq!(shared.totals.read().all(), [half]);
    }
}
