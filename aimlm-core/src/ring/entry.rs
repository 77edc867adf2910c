//! Where a thread, or a reader, comes to the rings of the process. A forked child begins to be empty here.

use super::registry::REGISTRY;
use super::ring::Ring;
use super::sink::StoreSink;
use super::{inheritance, local};
use crate::clock;
use crate::event::Record;

/// Gives the calling thread a ring. `None` for a thread that is ending, whose destructors run: it records
/// without one.
#[cold]
pub(crate) fn attach() -> Option<&'static Ring<StoreSink>> {
    // In this order: a child of this process finds the clock ready, or none of this.
    inheritance::watch_forks();
    clock::start();
    inheritance::disinherit();
    // A thread's first look through an `ArcSwap` allocates: not in its first fold.
    std::hint::black_box(clock::WallClock::current());
    local::acquire()
}

/// Folds what every thread has recorded before, so that it is in the store. Waits for whoever folds a ring.
pub(crate) fn sweep() {
    inheritance::disinherit();
    REGISTRY.sweep();
}

/// Adds one group of records straight to its series.
#[cold]
#[inline(never)]
pub(crate) fn add_directly(records: &[Record]) {
    REGISTRY.add_directly(records);
}
