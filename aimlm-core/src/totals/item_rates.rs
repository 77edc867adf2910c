use super::items::Items;
use super::saturating;
use crate::reserve::Reserve;
use crate::sync::{AtomicU64, Ordering};

/// Items a second, call by call.
pub(crate) struct ItemRateTotals {
    items: AtomicU64,
    calls: AtomicU64,
    count: AtomicU64,
    sum: AtomicU64,
    min: AtomicU64,
    max: AtomicU64,
}

pub(crate) static RATES_READY: Reserve<Box<ItemRateTotals>> = Reserve::new(
    16,
    size_of::<ItemRateTotals>(),
    || Box::new(ItemRateTotals::new()),
);

/// ItemRates of single calls: what one fold adds, and what [`ItemRateTotals`] hold at one moment.
#[derive(Clone, Copy)]
pub(crate) struct ItemRates {
    pub(crate) items: u64,
    /// Calls that said how many items they had, be it none.
    pub(crate) calls: u64,
    /// Of these, those that have a rate.
    pub(crate) count: u64,
    pub(crate) sum: f64,
    pub(crate) min: f64,
    pub(crate) max: f64,
}

impl ItemRates {
    pub(crate) const fn new() -> Self {
        Self {
            items: 0,
            calls: 0,
            count: 0,
            sum: 0.0,
            min: f64::INFINITY,
            max: 0.0,
        }
    }

    /// Adds calls that all took `ns`. A call of no measurable time has no rate, but its items count.
    pub(crate) fn add(&mut self, of: &Items, ns: u64) {
        self.items = self.items.saturating_add(of.sum);
        self.calls += of.calls;
        if ns > 0 {
            let rate = |items: u64| items as f64 * 1e9 / ns as f64;
            self.count += of.calls;
            self.sum += rate(of.sum);
            self.min = self.min.min(rate(of.min));
            self.max = self.max.max(rate(of.max));
        }
    }
}

impl ItemRateTotals {
    pub(crate) fn new() -> Self {
        let empty = ItemRates::new();
        Self {
            items: AtomicU64::new(0),
            calls: AtomicU64::new(0),
            count: AtomicU64::new(0),
            sum: AtomicU64::new(empty.sum.to_bits()),
            min: AtomicU64::new(empty.min.to_bits()),
            max: AtomicU64::new(empty.max.to_bits()),
        }
    }

    pub(crate) fn add(&self, fold: &ItemRates) {
        // Relaxed: independent sums. Bits of positive floating-point numbers order as the numbers do.
        saturating::add(&self.items, fold.items);
        self.calls.fetch_add(fold.calls, Ordering::Relaxed);
        self.count.fetch_add(fold.count, Ordering::Relaxed);
        let _ = self
            .sum
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |sum| {
                Some((f64::from_bits(sum) + fold.sum).to_bits())
            });
        let (min, max) = (fold.min.to_bits(), fold.max.to_bits());
        if min < self.min.load(Ordering::Relaxed) {
            self.min.fetch_min(min, Ordering::Relaxed);
        }
        if max > self.max.load(Ordering::Relaxed) {
            self.max.fetch_max(max, Ordering::Relaxed);
        }
    }

    pub(crate) fn read(&self) -> ItemRates {
        // Relaxed: as in `add`; `SeriesCell::read` looks between two folds.
        ItemRates {
            items: self.items.load(Ordering::Relaxed),
            calls: self.calls.load(Ordering::Relaxed),
            count: self.count.load(Ordering::Relaxed),
            sum: f64::from_bits(self.sum.load(Ordering::Relaxed)),
            min: f64::from_bits(self.min.load(Ordering::Relaxed)),
            max: f64::from_bits(self.max.load(Ordering::Relaxed)),
        }
    }
}
