//! Instances that come and go leave nothing behind, byte by byte.
#![allow(unsafe_code)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicI64, Ordering};
use std::thread;
use std::time::Duration;

use aimlm::{Config, Metrics};

/// Bytes that are allocated.
static HELD: AtomicI64 = AtomicI64::new(0);

struct Counting;

// SAFETY: everything is the system allocator's.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        HELD.fetch_add(layout.size() as i64, Ordering::Relaxed);
        // SAFETY: as the caller promised.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        HELD.fetch_sub(layout.size() as i64, Ordering::Relaxed);
        // SAFETY: as the caller promised.
        unsafe { System.dealloc(pointer, layout) };
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn live_and_die(number: u64) {
    let config = Config::builder().max_series(4).history_size(16).build();
    let metrics = Metrics::new(config.unwrap()).unwrap();
    for subject in ["a", "b", "c", "d", "over the limit"] {
        metrics.record_inference(subject, Duration::from_micros(number));
    }
    let kept = metrics.track_inference("a").tokens_out(number).start();
    metrics.record_training_stats("a", number).loss(0.5).record();
    if number.is_multiple_of(50) {
        assert_eq!(metrics.snapshot().series.len(), 5);
    }
    drop(metrics);
    drop(kept);
}

/// Lets so many instances live, on two threads, and gives what is allocated then.
fn held_after(instances: u64) -> i64 {
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(move || (0..instances / 2).for_each(live_and_die));
        }
    });
    HELD.load(Ordering::Relaxed)
}

/// Numbers of series are given back whether the collector keeps up or not.
#[test]
fn instances_leave_nothing_behind() {
    let first = held_after(500);
    let second = held_after(5_000);
    // Cells come in 64 KiB, and of those that wait each thread may just be giving some back.
    assert!(second - first < 512 << 10, "{} KiB more", (second - first) >> 10);
    // What the first ones left is room for cells, a ring for each thread, the clock, and what the collector has ready.
    assert!(first < 900 << 10, "{} KiB", first >> 10);
}
