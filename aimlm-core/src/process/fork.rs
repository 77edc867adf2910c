//! What is done around a fork of this process.
#![allow(unsafe_code)]

use crate::sync::Ordering;
use crate::sync::fixed::{AtomicBool, OnceRef};

/// What is done around a fork.
pub(crate) struct AroundFork {
    /// In the parent, on the thread that forks, while its other threads go on.
    pub(crate) before: fn(),
    /// In the child, on its only thread, before `fork` returns there. It must not lock, allocate or wait.
    pub(crate) in_child: fn(),
}

static AROUND: OnceRef<'static, AroundFork> = OnceRef::new();

extern "C" fn prepare() {
    if let Some(around) = AROUND.get() {
        (around.before)();
    }
}

extern "C" fn child() {
    #[cfg(target_os = "linux")]
    super::alone::lose();
    if let Some(around) = AROUND.get() {
        (around.in_child)();
    }
}

/// Has this done around every fork from now on. It is the same each time.
#[inline]
pub(crate) fn watch_forks(around: &'static AroundFork) {
    static WATCHED: AtomicBool = AtomicBool::new(false);
    // Not once for certain, but never waiting for another thread, which a forked child might not have: two that
    // come at once register the handlers twice, and a child stores twice.
    // Relaxed: a hint; the C library orders what it registers.
    if !WATCHED.load(Ordering::Relaxed) {
        let _ = AROUND.set(around);
        #[cfg(unix)]
        // SAFETY: both have the signature that the call asks for, live as long as the process, and do not unwind:
        // they read clocks and store to atomics, neither of which panics.
        unsafe {
            libc::pthread_atfork(Some(prepare), None, Some(child));
        }
        WATCHED.store(true, Ordering::Relaxed);
    }
}
