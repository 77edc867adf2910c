//! A forked child starts empty: what its parent recorded is the parent's, and so are calls that were in flight.
//!
//! What other threads of the parent were doing stays as it was when they were copied: locked, half done. So the
//! child's handler only stores to atomics, and who records or reads first in the child empties what is there.

use super::local;
use super::registry::REGISTRY;
use crate::cell::STORE;
use crate::clock;
use crate::process::{self, AroundFork};
use crate::sync::fixed::{AtomicU32, OnceBox};
use crate::sync::{Backoff, Ordering};

/// Whether the series hold what the process recorded that this one was forked from.
static INHERITED: AtomicU32 = AtomicU32::new(NOTHING);
const NOTHING: u32 = 0;
const EVERYTHING: u32 = 1;
/// A thread is emptying them.
const GOING: u32 = 2;

static CHILD: OnceBox<fn()> = OnceBox::new();

/// Names what else a forked child has to store before it records. It must not lock, allocate or wait.
pub(crate) fn on_fork(child: fn()) {
    if CHILD.get().is_none() {
        // Set once, to the same function each time.
        let _ = CHILD.set(Box::new(child));
    }
}

/// Empties what this process has of the one that it was forked from, if it still has it. Whoever is about to
/// record or to read comes by here; of several, one does it and the others wait, once in the life of a process.
pub(crate) fn disinherit() {
    let backoff = Backoff::new();
    loop {
        // Acquire: the series are seen empty; pairs with the Release in `empty`.
        match INHERITED.load(Ordering::Acquire) {
            NOTHING => return,
            EVERYTHING => empty(),
            _ => backoff.snooze(),
        }
    }
}

#[cold]
fn empty() {
    // Relaxed: the handler ran before there was a second thread.
    let begun = INHERITED.compare_exchange(EVERYTHING, GOING, Ordering::Relaxed, Ordering::Relaxed);
    if begun.is_ok() {
        STORE.clear();
        // Release: pairs with the Acquire in `disinherit`.
        INHERITED.store(NOTHING, Ordering::Release);
    }
}

/// Runs in the parent, on the thread that forks, while its other threads go on: what the child would wait for
/// is done before, and the thread-local that the child stores to has its place.
fn prepare() {
    clock::start();
    std::hint::black_box((local::current(), local::buffer(), local::end_buffer()));
}

/// Runs in the child, on its only thread, before `fork` returns there. Stores only, for locks and the allocator
/// may be in any state; and few, for most children go on to another program at once.
fn begin_child() {
    // Relaxed in all of this: the child's other threads are started later, and starting one orders what was before.
    local::forget();
    REGISTRY.lose();
    clock::begin_process();
    INHERITED.store(EVERYTHING, Ordering::Relaxed);
    if let Some(child) = CHILD.get() {
        child();
    }
}

/// Makes a fork from now on start its child empty. Comes before whatever makes the clock ready, which takes a while:
/// a child that was forked in the midst of it would wait for it for ever, had the fork not waited before.
#[inline]
pub fn watch_forks() {
    static AROUND: AroundFork = AroundFork {
        before: prepare,
        in_child: begin_child,
    };
    process::watch_forks(&AROUND);
}
