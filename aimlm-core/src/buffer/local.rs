use std::cell::Cell;

use super::{REGISTRY, Ring, StoreSink, fork};
use crate::clock;

thread_local! {
    /// Without a destructor, so that reading it is one load, and it can be read to the thread's very end.
    static LOCAL: Cell<Option<&'static Ring<StoreSink>>> = const { Cell::new(None) };
    /// Lets go of the ring when the thread ends.
    static EXIT: Exit = const { Exit };
}

struct Exit;

impl Drop for Exit {
    fn drop(&mut self) {
        if let Some(ring) = LOCAL.take() {
            REGISTRY.release(ring);
        }
    }
}

/// The calling thread's ring, if it has one.
#[inline(always)]
pub(crate) fn current() -> Option<&'static Ring<StoreSink>> {
    LOCAL.get()
}

/// Gives the calling thread a ring. `None` for a thread that is ending, whose destructors run: it records
/// without one.
#[cold]
pub(crate) fn attach() -> Option<&'static Ring<StoreSink>> {
    // In this order: a child of this process finds the clock ready, or none of this.
    fork::watch();
    clock::start();
    fork::disinherit();
    EXIT.try_with(|_| ()).ok()?;
    let ring = REGISTRY.acquire()?;
    LOCAL.set(Some(ring));
    Some(ring)
}

/// Leaves the ring to the process that it belongs to. For a forked child.
pub(super) fn forget() {
    LOCAL.set(None);
}
