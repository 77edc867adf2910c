//! Signals are the program's.
#![allow(unsafe_code)]

/// Runs `body` with every signal blocked on the calling thread. A thread that it starts begins so and stays so: no
/// signal to the process is ever handled, or fatal, there.
pub(crate) fn with_all_blocked<T>(body: impl FnOnce() -> T) -> T {
    #[cfg(unix)]
    let _before = Before::block();
    body()
}

/// The signals that were blocked before; they alone are when this is dropped.
#[cfg(unix)]
struct Before(libc::sigset_t);

#[cfg(unix)]
impl Before {
    fn block() -> Self {
        let mut all = std::mem::MaybeUninit::uninit();
        // SAFETY: fills the set that it is given.
        unsafe { libc::sigfillset(all.as_mut_ptr()) };
        // SAFETY: filled just now.
        let all: libc::sigset_t = unsafe { all.assume_init() };
        let mut before = all;
        // SAFETY: both sets outlive the call, which changes the calling thread's mask alone.
        unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, &raw const all, &raw mut before) };
        Self(before)
    }
}

#[cfg(unix)]
impl Drop for Before {
    fn drop(&mut self) {
        // SAFETY: the set outlives the call.
        unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, &raw const self.0, std::ptr::null_mut()) };
    }
}
