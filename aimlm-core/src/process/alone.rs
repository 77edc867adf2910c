//! Whether only aimlm's own threads are left.
//!
//! A process whose main thread has ended without `exit` ends with the last of its other threads, as C has it of a `main`
//! that leaves by `pthread_exit`. Threads that only serve those must not keep it, all the less as no signal ends them.
#![allow(unsafe_code)]

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt;

use crate::sync::Ordering;
use crate::sync::fixed::AtomicU32;

/// How many of its threads have begun, and how many of these have ended.
static BEGUN: AtomicU32 = AtomicU32::new(0);
static ENDED: AtomicU32 = AtomicU32::new(0);
/// Links of a folder that has none in it.
const EMPTY: u64 = 2;

/// One of its threads, from when it runs until shortly before it is gone.
pub(crate) struct Own(());

impl Own {
    pub(crate) fn begin() -> Self {
        // SeqCst, in all of this: what the system counts is between two looks at these.
        BEGUN.fetch_add(1, Ordering::SeqCst);
        Self(())
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        ENDED.fetch_add(1, Ordering::SeqCst);
    }
}

/// A forked child has none of them. Only stores: it is called by the child's handler.
pub(crate) fn lose() {
    // Relaxed: on the child's only thread.
    BEGUN.store(0, Ordering::Relaxed);
    ENDED.store(0, Ordering::Relaxed);
}

/// Ends the process if no other thread is left, as the C library does when the last one ends. It takes two calls of the
/// system, and opens nothing.
pub(crate) fn end_if_alone() {
    if is_alone() {
        // SAFETY: takes a number, and does not return. Nothing of the program runs that it could take by surprise.
        unsafe { libc::exit(0) };
    }
}

fn is_alone() -> bool {
    // A main thread that has ended has no program in memory any more.
    let main_has_ended =
        fs::read_link("/proc/self/exe").is_err_and(|error| error.kind() == ErrorKind::NotFound);
    let counted = || (BEGUN.load(Ordering::SeqCst), ENDED.load(Ordering::SeqCst));
    let (begun, ended) = counted();
    // The main thread has its place as long as there are others.
    main_has_ended
        && threads() == Some(u64::from(begun.wrapping_sub(ended)) + 1)
        && counted() == (begun, ended)
}

/// How many threads the process has.
fn threads() -> Option<u64> {
    fs::metadata("/proc/self/task").ok()?.nlink().checked_sub(EMPTY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_runs_is_not_alone() {
        assert!(!is_alone());
        assert!(threads().unwrap() >= 2, "this and the one that started it");
    }
}
