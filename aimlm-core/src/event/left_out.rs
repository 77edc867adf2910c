//! How many numbers and texts of the program's own were left out because their names could not be taken.

use crate::sync::Ordering;
use crate::sync::fixed::AtomicU64;

static LEFT_OUT: AtomicU64 = AtomicU64::new(0);

pub(crate) fn left_out() -> u64 {
    // Relaxed: a statistic.
    LEFT_OUT.load(Ordering::Relaxed)
}

#[cold]
pub(crate) fn leave_out() {
    LEFT_OUT.fetch_add(1, Ordering::Relaxed);
}
