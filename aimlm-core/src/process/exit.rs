//! What is left to do when the program calls `exit`, which runs no destructors of the threads' stacks.
#![allow(unsafe_code)]

use crate::sync::fixed::OnceLock;

static LAST: OnceLock<fn()> = OnceLock::new();

#[cfg(unix)]
extern "C" fn last() {
    if let Some(last) = LAST.get() {
        last();
    }
}

/// Runs a function at exit, once; the first one named is the one. It must not unwind. On other systems than Unix
/// `std::process::exit` asks nobody, and it does not run.
pub fn on_exit(function: fn()) {
    if LAST.set(function).is_ok() {
        #[cfg(unix)]
        // SAFETY: `last` has the signature that the call asks for, lives as long as the process, and does not
        // unwind, because the function that it calls does not.
        unsafe {
            libc::atexit(last);
        }
    }
}
