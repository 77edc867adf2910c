//! A fork in a program whose allocator takes a lock that a forked child may find held for ever: aimlm allocates
//! nothing there before the child records.
#![cfg(unix)]
#![allow(unsafe_code)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use aimlm::track_inference;

/// The system's allocator behind a spin lock, as pools and arenas are.
struct Locking {
    held: AtomicBool,
    taken: AtomicU64,
}

impl Locking {
    fn with<T>(&self, allocate: impl FnOnce() -> T) -> T {
        while self.held.swap(true, Ordering::Acquire) {
            std::hint::spin_loop();
        }
        self.taken.fetch_add(1, Ordering::Relaxed);
        let allocated = allocate();
        self.held.store(false, Ordering::Release);
        allocated
    }
}

// SAFETY: everything is the system allocator's.
unsafe impl GlobalAlloc for Locking {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as the caller promised.
        self.with(|| unsafe { System.alloc(layout) })
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as the caller promised.
        self.with(|| unsafe { System.dealloc(pointer, layout) });
    }
}

#[global_allocator]
static ALLOCATOR: Locking = Locking {
    held: AtomicBool::new(false),
    taken: AtomicU64::new(0),
};

#[track_inference(model = model)]
fn infer(model: &str) {
    let _ = model;
}

/// The exit code of a forked child, which is ended if it does not end by itself.
fn code_of_child(body: impl FnOnce() -> i32) -> Option<i32> {
    // SAFETY: the child allocates nothing, and leaves by `_exit`.
    let pid = unsafe { libc::fork() };
    assert!(pid >= 0, "fork: {}", std::io::Error::last_os_error());
    if pid == 0 {
        // SAFETY: takes a number, and does not return.
        unsafe { libc::_exit(body()) };
    }
    let deadline = Instant::now() + Duration::from_secs(60);
    let mut status = 0;
    // SAFETY: `status` outlives the call.
    while unsafe { libc::waitpid(pid, &raw mut status, libc::WNOHANG) } == 0 {
        if Instant::now() > deadline {
            // SAFETY: the child was not waited for yet, so that the number is still its own.
            unsafe { libc::kill(pid, libc::SIGKILL) };
            // SAFETY: as above.
            unsafe { libc::waitpid(pid, &raw mut status, 0) };
            return None;
        }
        thread::sleep(Duration::from_micros(50));
    }
    libc::WIFEXITED(status).then(|| libc::WEXITSTATUS(status))
}

#[test]
fn a_child_that_records_nothing_allocates_nothing() {
    let names: Vec<_> = (0..200).map(|number| format!("model {number}")).collect();
    names.iter().for_each(|name| infer(name));
    let mut undisturbed = 0;
    while undisturbed < 20 {
        let before = ALLOCATOR.taken.load(Ordering::SeqCst);
        let code = code_of_child(|| i32::from(ALLOCATOR.taken.load(Ordering::SeqCst) != before));
        // If not, the collector or the harness may have come in between.
        if ALLOCATOR.taken.load(Ordering::SeqCst) == before {
            assert_eq!(code, Some(0), "the child has allocated");
            undisturbed += 1;
        }
    }

    static STOP: AtomicBool = AtomicBool::new(false);
    static STARTED: Barrier = Barrier::new(4);
    let busy: Vec<_> = (0..3)
        .map(|_| {
            thread::spawn(|| {
                STARTED.wait();
                while !STOP.load(Ordering::Relaxed) {
                    drop(std::hint::black_box(Box::new([0_u8; 100])));
                }
            })
        })
        .collect();
    STARTED.wait();
    for _ in 0..400 {
        assert_eq!(code_of_child(|| 0), Some(0), "the child hangs");
    }
    STOP.store(true, Ordering::Relaxed);
    busy.into_iter().for_each(|thread| thread.join().unwrap());
}
