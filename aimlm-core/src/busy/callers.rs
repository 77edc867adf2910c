use crate::sync::{Ordering, fixed};

/// Threads that ever called at once.
static CALLERS: fixed::AtomicU32 = fixed::AtomicU32::new(0);

/// One more thread calls.
pub(crate) fn count_caller() {
    // Relaxed, here and below: what folds before they notice keeps a little less.
    CALLERS.fetch_add(1, Ordering::Relaxed);
}

/// Whether one thread makes all calls.
#[inline]
pub(crate) fn is_alone() -> bool {
    CALLERS.load(Ordering::Relaxed) <= 1
}
