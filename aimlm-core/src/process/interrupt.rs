//! The signals that end a program which does not handle them itself.
//!
//! The handler only stores to an atomic, posts a semaphore, and waits a little: what there is to do does a thread
//! of aimlm's. It holds no descriptor, which a program that closes all of them would close.
#![allow(unsafe_code)]

use std::cell::UnsafeCell;
use std::mem::{MaybeUninit, zeroed};
use std::{process, ptr};

use crate::sync::Ordering;
use crate::sync::fixed::AtomicU32;

const ENDING: [i32; 3] = [libc::SIGHUP, libc::SIGINT, libc::SIGTERM];
/// How long the interrupted thread is held, in milliseconds: the program does not go on while the report is written,
/// unless the thread has something that the report waits for.
const HELD: i32 = 1000;

/// The process whose thread waits for signals; a forked child has the handlers, but no such thread.
static OWNER: AtomicU32 = AtomicU32::new(0);
/// The signal that came; 0 for none.
static CAME: AtomicU32 = AtomicU32::new(0);
static POSTED: Semaphore = Semaphore(UnsafeCell::new(MaybeUninit::uninit()));

/// Unnamed semaphores are all that a handler may wake another thread with that is no descriptor. Apple's systems
/// have none.
struct Semaphore(UnsafeCell<MaybeUninit<SystemSemaphore>>);

#[cfg(not(target_vendor = "apple"))]
type SystemSemaphore = libc::sem_t;
#[cfg(target_vendor = "apple")]
type SystemSemaphore = ();

// SAFETY: used through the C library's functions, which any thread may call.
unsafe impl Sync for Semaphore {}

#[cfg(not(target_vendor = "apple"))]
impl Semaphore {
    /// Once, before any other use.
    fn init(&self) -> bool {
        // SAFETY: the semaphore lives as long as the process.
        unsafe { libc::sem_init(self.0.get().cast(), 0, 0) == 0 }
    }

    fn post(&self) {
        // SAFETY: handlers are installed after `init`. May be called by a handler.
        unsafe { libc::sem_post(self.0.get().cast()) };
    }

    fn wait(&self) {
        // SAFETY: the thread that waits is started after `init`.
        unsafe { libc::sem_wait(self.0.get().cast()) };
    }
}

#[cfg(target_vendor = "apple")]
impl Semaphore {
    fn init(&self) -> bool {
        true
    }

    fn post(&self) {}

    fn wait(&self) {
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
}

/// Gets ready to be told of signals in this process; says no if that can not be.
pub fn prepare() -> bool {
    CAME.store(0, Ordering::Relaxed);
    POSTED.init()
}

/// Takes those signals that would end the program, when [`prepare`] is done and a thread waits. Those that the
/// program handles or ignores stay its own.
pub fn take() {
    // Relaxed: installing a handler orders what was before it.
    OWNER.store(process::id(), Ordering::Relaxed);
    for signal in ENDING {
        if found(signal).sa_sigaction == libc::SIG_DFL {
            put_in_place_of(libc::SIG_DFL, signal, action(own()));
        }
    }
}

/// Waits until a signal has come, and gives it.
pub fn wait() -> i32 {
    loop {
        if let Some(signal) = came() {
            return signal;
        }
        POSTED.wait();
    }
}

/// The signal that came and has not ended the process yet.
pub fn came() -> Option<i32> {
    // Acquire: pairs with the AcqRel in the handler.
    let signal = CAME.load(Ordering::Acquire);
    (signal != 0 && OWNER.load(Ordering::Relaxed) == process::id()).then_some(signal as i32)
}

/// Is told of signals again, after one that did not end the process.
pub fn forget() {
    CAME.store(0, Ordering::Release);
}

/// Ends the process as the signal would have. Returns only if the signal does not: the program has a handler by now.
/// A handler may call it.
pub fn end_by(signal: i32) {
    if found(signal).sa_sigaction == own() {
        put_in_place_of(own(), signal, action(libc::SIG_DFL));
    }
    let mut only = MaybeUninit::uninit();
    // SAFETY: empties the set that it is given.
    unsafe { libc::sigemptyset(only.as_mut_ptr()) };
    // SAFETY: the set is initialised, the number that of a signal.
    unsafe { libc::sigaddset(only.as_mut_ptr(), signal) };
    let mut before = MaybeUninit::uninit();
    // SAFETY: the set is initialised, and both outlive the call.
    unsafe { libc::pthread_sigmask(libc::SIG_UNBLOCK, only.as_ptr(), before.as_mut_ptr()) };
    // SAFETY: takes a number.
    unsafe { libc::raise(signal) };
    // SAFETY: filled by the call above, which has no other error than a wrong first argument.
    unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, before.as_ptr(), ptr::null_mut()) };
}

extern "C" fn handle(signal: i32) {
    let _number = ErrorNumber::keep();
    // Another handler that calls the one before it comes here too: the program handles the signal itself.
    if found(signal).sa_sigaction != own() {
        return;
    }
    // A forked child has nobody to tell; and who asks a second time does not want to wait.
    // Relaxed: the store was before the handler was there.
    let is_owner = OWNER.load(Ordering::Relaxed) == process::id();
    // AcqRel: pairs with the Acquire in `came`.
    if !is_owner || CAME.swap(signal as u32, Ordering::AcqRel) != 0 {
        return end_by(signal);
    }
    POSTED.post();
    // SAFETY: no descriptors to look at, only the time. May be called by a handler.
    unsafe { libc::poll(ptr::null_mut(), 0, HELD) };
}

fn own() -> libc::sighandler_t {
    handle as extern "C" fn(i32) as libc::sighandler_t
}

/// Puts this in the place of that, which was there a moment ago. What the program has put there since is put back:
/// the system has no way to exchange one only for a certain other, but it tells what it took away.
fn put_in_place_of(that: libc::sighandler_t, signal: i32, this: libc::sigaction) {
    let mut put = this;
    let mut taken = exchange(signal, &put);
    let mut expected = that;
    // Each round is one more change of the program's; the last that it made stays.
    while taken.sa_sigaction != expected {
        expected = put.sa_sigaction;
        put = taken;
        taken = exchange(signal, &put);
    }
}

/// What is done about the signal.
fn found(signal: i32) -> libc::sigaction {
    // SAFETY: all zeros is a `sigaction`.
    let mut found: libc::sigaction = unsafe { zeroed() };
    // SAFETY: writes to `found`, which outlives the call. May be called by a handler.
    unsafe { libc::sigaction(signal, ptr::null(), &raw mut found) };
    found
}

/// Sets what is done about the signal, and gives what was.
fn exchange(signal: i32, action: &libc::sigaction) -> libc::sigaction {
    // SAFETY: all zeros is a `sigaction`.
    let mut before: libc::sigaction = unsafe { zeroed() };
    // SAFETY: both outlive the call. The handler is the program's own, which was there before, or ours: that has this
    // signature, lives as long as the process, and calls nothing that a handler may not. May be called by a handler.
    unsafe { libc::sigaction(signal, action, &raw mut before) };
    before
}

fn action(handler: libc::sighandler_t) -> libc::sigaction {
    // SAFETY: as above.
    let mut action: libc::sigaction = unsafe { zeroed() };
    action.sa_sigaction = handler;
    action.sa_flags = libc::SA_RESTART | libc::SA_ONSTACK;
    // SAFETY: fills the set that it is given.
    unsafe { libc::sigfillset(&raw mut action.sa_mask) };
    action
}

#[cfg(any(target_os = "solaris", target_os = "illumos"))]
use libc::___errno as error_number;
#[cfg(any(target_os = "android", target_os = "netbsd", target_os = "openbsd"))]
use libc::__errno as error_number;
#[cfg(not(any(
    target_vendor = "apple",
    target_os = "freebsd",
    target_os = "android",
    target_os = "netbsd",
    target_os = "openbsd",
    target_os = "solaris",
    target_os = "illumos"
)))]
use libc::__errno_location as error_number;
#[cfg(any(target_vendor = "apple", target_os = "freebsd"))]
use libc::__error as error_number;

/// The number of the last error of the thread that a handler interrupts: it may be about to look at it. Put back when
/// this is dropped.
struct ErrorNumber(i32);

impl ErrorNumber {
    fn keep() -> Self {
        // SAFETY: takes nothing.
        let place = unsafe { error_number() };
        // SAFETY: the place is the thread's own, for as long as it runs.
        Self(unsafe { *place })
    }
}

impl Drop for ErrorNumber {
    fn drop(&mut self) {
        // SAFETY: takes nothing.
        let place = unsafe { error_number() };
        // SAFETY: as above.
        unsafe { *place = self.0 };
    }
}

#[cfg(all(test, not(any(loom, shuttle, miri))))]
mod tests {
    use std::io::Error;

    use super::*;

    static HANDLED: AtomicU32 = AtomicU32::new(0);

    extern "C" fn programs(_: i32) {
        HANDLED.store(1, Ordering::Relaxed);
    }

    fn programs_own() -> libc::sigaction {
        let mut programs_own = action(programs as extern "C" fn(i32) as libc::sighandler_t);
        programs_own.sa_flags = libc::SA_NODEFER;
        programs_own
    }

    fn is_the_programs(signal: i32) -> bool {
        let found = found(signal);
        found.sa_sigaction == programs_own().sa_sigaction && found.sa_flags & libc::SA_NODEFER != 0
    }

    #[test]
    fn a_handler_that_comes_meanwhile_is_put_back() {
        let signal = libc::SIGWINCH;
        assert_eq!(found(signal).sa_sigaction, libc::SIG_DFL);
        put_in_place_of(libc::SIG_DFL, signal, action(own()));
        assert_eq!(found(signal).sa_sigaction, own());
        for before in [libc::SIG_DFL, own()] {
            exchange(signal, &programs_own());
            put_in_place_of(before, signal, action(own()));
            assert!(is_the_programs(signal));
            put_in_place_of(before, signal, action(libc::SIG_DFL));
            assert!(is_the_programs(signal));
        }
    }

    #[test]
    fn what_a_thread_blocks_stays_blocked_where_the_program_handles_the_signal() {
        let signal = libc::SIGURG;
        exchange(signal, &programs_own());
        super::super::signals::with_all_blocked(|| {
            end_by(signal);
            assert_eq!(HANDLED.swap(0, Ordering::Relaxed), 1);
            // Sent again, it waits.
            // SAFETY: takes a number.
            unsafe { libc::raise(signal) };
            assert_eq!(HANDLED.load(Ordering::Relaxed), 0);
        });
        assert_eq!(HANDLED.swap(0, Ordering::Relaxed), 1);
    }

    #[test]
    fn a_thread_that_is_interrupted_finds_its_error() {
        // SAFETY: a number that is no descriptor is an error.
        assert_eq!(unsafe { libc::close(-1) }, -1);
        {
            let _number = ErrorNumber::keep();
            let other = std::fs::read_link("/").unwrap_err();
            assert_ne!(other.raw_os_error(), Some(libc::EBADF));
        }
        assert_eq!(Error::last_os_error().raw_os_error(), Some(libc::EBADF));
    }
}
