use crate::sync::Ordering;
use crate::sync::fixed::AtomicU64;

/// How much memory the series of an instance may hold, and what they were seen to hold.
///
/// To measure them all takes a while, so it is done where somebody looks at all anyway, and whenever there are a quarter more
/// than the last time.
pub(super) struct Budget {
    limit: u64,
    measured: AtomicU64,
    /// From how many series on it is measured again.
    next: AtomicU64,
}

/// So few are not measured.
const FEWEST: u64 = 16;

impl Budget {
    pub(super) const fn new(limit: usize) -> Self {
        Self {
            limit: limit as u64,
            measured: AtomicU64::new(0),
            next: AtomicU64::new(FEWEST),
        }
    }

    /// Whether the series, as they were seen last, hold as much as they may: there is no room for another.
    #[inline]
    pub(super) fn is_spent(&self) -> bool {
        // Relaxed: a number that stands for itself.
        self.measured.load(Ordering::Relaxed) >= self.limit
    }

    /// Forgets what they held, after a reset.
    pub(super) fn forget(&self) {
        self.measured.store(0, Ordering::Relaxed);
        self.next.store(FEWEST, Ordering::Relaxed);
    }

    /// Takes note of what they hold.
    pub(super) fn note(&self, bytes: u64) {
        self.measured.store(bytes, Ordering::Relaxed);
    }

    /// Measures them if there are many more than the last time.
    pub(super) fn check(&self, series: usize, measure: impl FnOnce() -> u64) {
        let (series, next) = (series as u64, self.next.load(Ordering::Relaxed));
        if series < next {
            return;
        }
        // Relaxed: of several, one measures.
        let then = series + series / 4;
        let mine = self
            .next
            .compare_exchange(next, then, Ordering::Relaxed, Ordering::Relaxed);
        if mine.is_ok() {
            self.note(measure());
        }
    }

    pub(super) const fn limit(&self) -> u64 {
        self.limit
    }
}
