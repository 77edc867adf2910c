use std::cell::Cell;

use super::registry::REGISTRY;
use super::ring::Ring;
use super::sink::StoreSink;

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

/// Gives the calling thread a ring, unless it is ending.
pub(crate) fn acquire() -> Option<&'static Ring<StoreSink>> {
    EXIT.try_with(|_| ()).ok()?;
    let ring = REGISTRY.acquire()?;
    LOCAL.set(Some(ring));
    Some(ring)
}

/// Leaves the ring to the process that it belongs to. For a forked child.
pub(crate) fn forget() {
    LOCAL.set(None);
}
