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
struct Semaphore(UnsafeCell<MaybeUninit<Inner>>);

#[cfg(not(target_vendor = "apple"))]
type Inner = libc::sem_t;
#[cfg(target_vendor = "apple")]
type Inner = ();

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
pub(crate) fn prepare() -> bool {
    CAME.store(0, Ordering::Relaxed);
    POSTED.init()
}

/// Takes those signals that would end the program, when [`prepare`] is done and a thread waits. Those that the
/// program handles or ignores stay its own.
pub(crate) fn take() {
    // Relaxed: installing a handler orders what was before it.
    OWNER.store(process::id(), Ordering::Relaxed);
    for signal in ENDING {
        if disposition(signal) == libc::SIG_DFL {
            set(signal, handle as extern "C" fn(i32) as libc::sighandler_t);
        }
    }
}

/// Waits until a signal has come, and gives it.
pub(crate) fn wait() -> i32 {
    loop {
        if let Some(signal) = came() {
            return signal;
        }
        POSTED.wait();
    }
}

/// The signal that came and has not ended the process yet.
pub(crate) fn came() -> Option<i32> {
    // Acquire: pairs with the AcqRel in the handler.
    let signal = CAME.load(Ordering::Acquire);
    (signal != 0 && OWNER.load(Ordering::Relaxed) == process::id()).then_some(signal as i32)
}

/// Is told of signals again, after one that did not end the process.
pub(crate) fn forget() {
    CAME.store(0, Ordering::Release);
}

/// Ends the process as the signal would have. Returns only if the signal does not: the program has a handler by now.
/// A handler may call it.
pub(crate) fn end_by(signal: i32) {
    if disposition(signal) == handle as extern "C" fn(i32) as libc::sighandler_t {
        set(signal, libc::SIG_DFL);
    }
    let mut only = MaybeUninit::uninit();
    // SAFETY: empties the set that it is given.
    unsafe { libc::sigemptyset(only.as_mut_ptr()) };
    // SAFETY: the set is initialised, the number that of a signal.
    unsafe { libc::sigaddset(only.as_mut_ptr(), signal) };
    // SAFETY: the set is initialised and outlives the call.
    unsafe { libc::pthread_sigmask(libc::SIG_UNBLOCK, only.as_ptr(), ptr::null_mut()) };
    // SAFETY: takes a number.
    unsafe { libc::raise(signal) };
}

extern "C" fn handle(signal: i32) {
    // Another handler that calls the one before it comes here too: the program handles the signal itself.
    if disposition(signal) != handle as extern "C" fn(i32) as libc::sighandler_t {
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

fn disposition(signal: i32) -> libc::sighandler_t {
    // SAFETY: all zeros is a `sigaction`.
    let mut found: libc::sigaction = unsafe { zeroed() };
    // SAFETY: writes to `found`, which outlives the call. May be called by a handler.
    unsafe { libc::sigaction(signal, ptr::null(), &raw mut found) };
    found.sa_sigaction
}

fn set(signal: i32, handler: libc::sighandler_t) {
    // SAFETY: as above.
    let mut action: libc::sigaction = unsafe { zeroed() };
    action.sa_sigaction = handler;
    action.sa_flags = libc::SA_RESTART | libc::SA_ONSTACK;
    // SAFETY: fills the set that it is given.
    unsafe { libc::sigfillset(&raw mut action.sa_mask) };
    // SAFETY: `action` is initialised; the handler, where it is ours, has this signature, lives as long as the
    // process, and calls nothing that a handler may not.
    unsafe { libc::sigaction(signal, &raw const action, ptr::null_mut()) };
}
