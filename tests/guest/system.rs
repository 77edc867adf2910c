//! The calls of the C library that the programs make.

use std::io;
use std::ptr;

pub fn check(code: i32) -> i32 {
    assert!(code >= 0, "{}", io::Error::last_os_error());
    code
}

/// Gives 0 in the child.
pub fn fork() -> i32 {
    // SAFETY: the programs fork while they have no other threads of their own that hold locks.
    check(unsafe { libc::fork() })
}

/// How the child ended, as the system tells it.
pub fn wait_for(child: i32) -> i32 {
    let mut status = 0;
    // SAFETY: `status` outlives the call.
    check(unsafe { libc::waitpid(child, &raw mut status, 0) });
    status
}

/// Sends the signal to this process.
pub fn kill(signal: i32) {
    let own = std::process::id() as i32;
    // SAFETY: takes numbers.
    check(unsafe { libc::kill(own, signal) });
}

pub fn handle(signal: i32, handler: libc::sighandler_t) -> libc::sighandler_t {
    // SAFETY: all zeros is a `sigaction`.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    action.sa_sigaction = handler;
    let mut before = action;
    // SAFETY: both outlive the call; handlers here only do what handlers may.
    check(unsafe { libc::sigaction(signal, &raw const action, &raw mut before) });
    before.sa_sigaction
}

/// Blocks the signal on this thread, and gives the set of it.
pub fn block(signal: i32) -> libc::sigset_t {
    // SAFETY: all zeros is a set that `sigemptyset` accepts.
    let mut set: libc::sigset_t = unsafe { std::mem::zeroed() };
    // SAFETY: the set outlives the call.
    check(unsafe { libc::sigemptyset(&raw mut set) });
    // SAFETY: as above.
    check(unsafe { libc::sigaddset(&raw mut set, signal) });
    // SAFETY: as above.
    check(unsafe { libc::pthread_sigmask(libc::SIG_BLOCK, &raw const set, ptr::null_mut()) });
    set
}

/// The lowest descriptor that is free.
pub fn free_descriptor() -> i32 {
    // SAFETY: a descriptor that is open.
    let free = check(unsafe { libc::dup(0) });
    // SAFETY: opened above.
    unsafe { libc::close(free) };
    free
}
