//! The allocator of the programs. Each of them asks for what it needs of it; the others have the system's.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

thread_local! {
    static TAKEN_HERE: Cell<u64> = const { Cell::new(0) };
}

pub struct Allocator {
    locks: AtomicBool,
    held: AtomicBool,
    /// Bytes that are out.
    out: AtomicUsize,
    limit: AtomicUsize,
}

#[global_allocator]
pub static ALLOCATOR: Allocator = Allocator {
    locks: AtomicBool::new(false),
    held: AtomicBool::new(false),
    out: AtomicUsize::new(0),
    limit: AtomicUsize::new(usize::MAX),
};

/// How often the calling thread has taken memory.
pub fn taken_here() -> u64 {
    TAKEN_HERE.get()
}

impl Allocator {
    /// From now on one thread at a time, as in pools and arenas. A forked child may find it locked for ever.
    pub fn lock_from_now(&self) {
        self.locks.store(true, Ordering::SeqCst);
    }

    /// From now on what is over so many bytes more is refused.
    pub fn limit_to(&self, more: usize) {
        let out = self.out.load(Ordering::SeqCst);
        self.limit.store(out + more, Ordering::SeqCst);
    }

    fn with<T>(&self, body: impl FnOnce() -> T) -> T {
        if !self.locks.load(Ordering::Relaxed) {
            return body();
        }
        while self.held.swap(true, Ordering::Acquire) {
            thread::yield_now();
        }
        let result = body();
        self.held.store(false, Ordering::Release);
        result
    }

    fn is_refused(&self, size: usize) -> bool {
        let out = self.out.fetch_add(size, Ordering::Relaxed);
        let is_over = out.saturating_add(size) > self.limit.load(Ordering::Relaxed);
        if is_over {
            self.out.fetch_sub(size, Ordering::Relaxed);
        }
        is_over
    }
}

// SAFETY: what is given and taken back is the system allocator's.
unsafe impl GlobalAlloc for Allocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // Not on a thread that is at its end.
        let _ = TAKEN_HERE.try_with(|taken| taken.set(taken.get() + 1));
        if self.is_refused(layout.size()) {
            return ptr::null_mut();
        }
        // SAFETY: as the caller promised.
        self.with(|| unsafe { System.alloc(layout) })
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        self.out.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: as the caller promised.
        self.with(|| unsafe { System.dealloc(pointer, layout) });
    }
}
