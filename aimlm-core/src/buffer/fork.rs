//! A forked child starts empty: what its parent recorded is the parent's, and so are calls that were in flight.
#![allow(unsafe_code)]

use super::{REGISTRY, local};
use crate::aggregate::STORE;
use crate::clock;
use crate::sync::Ordering;
use crate::sync::fixed::{AtomicU64, OnceBox, OnceLock};

/// When this process was forked, in ticks; 0 if it was not.
static BIRTH: AtomicU64 = AtomicU64::new(0);
static CHILD: OnceBox<fn()> = OnceBox::new();

/// A call that started before belongs to the process that this one was forked from.
#[inline]
pub(crate) fn birth() -> u64 {
    // Relaxed: set before this process has a second thread; and once it is forgotten, both answers are right.
    match BIRTH.load(Ordering::Relaxed) {
        0 => 0,
        birth => unless_begun_anew(birth),
    }
}

/// A counter that began anew, as some do while the machine is suspended, gives every call a start before this
/// process was forked; none of its parent's can be left then. Processors that differ a little are no such thing.
#[cold]
fn unless_begun_anew(birth: u64) -> u64 {
    if clock::ticks() >= birth / 2 {
        return birth;
    }
    // Relaxed: whoever still reads the old value comes here too.
    BIRTH.store(0, Ordering::Relaxed);
    0
}

/// Names what else a forked child has to do before it records.
pub(crate) fn on_fork(child: fn()) {
    // Set once, to the same function each time.
    let _ = CHILD.set(Box::new(child));
}

/// Runs in the child, on its only thread, before `fork` returns there. Only atomic stores and the windows' own
/// allocation: the C library has made its allocator whole again by then.
extern "C" fn child() {
    // Relaxed in all of this: the child's other threads are started later, and starting one orders what was before.
    local::forget();
    REGISTRY.lose();
    BIRTH.store(clock::ticks(), Ordering::Relaxed);
    STORE.clear();
    if let Some(child) = CHILD.get() {
        child();
    }
}

/// Makes a fork from now on start its child empty.
pub(super) fn watch() {
    static WATCHED: OnceLock<()> = OnceLock::new();
    WATCHED.get_or_init(|| {
        #[cfg(unix)]
        // SAFETY: `child` has the signature that the call asks for, lives as long as the process, and does not
        // unwind: it stores to atomics and replaces windows, neither of which panics.
        unsafe {
            libc::pthread_atfork(None, None, Some(child));
        }
    });
}
