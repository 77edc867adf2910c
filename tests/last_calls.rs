//! Calls that destructors of thread-locals make are no other thread's, though the next thread has the ring by then.

mod support;

use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use aimlm::{Stage, track_operation};
use support::one;

const LAST: u64 = 5_000;

#[track_operation]
fn last() {}

#[track_operation]
fn next() {}

/// Both threads: the ring has gone; the next one has it; all is said.
static STEP: Barrier = Barrier::new(2);
static IS_OVER: AtomicBool = AtomicBool::new(false);

struct Dying;

impl Drop for Dying {
    fn drop(&mut self) {
        STEP.wait();
        STEP.wait();
        (0..LAST).for_each(|_| last());
        IS_OVER.store(true, Ordering::Relaxed);
    }
}

thread_local! {
    static DYING: Dying = const { Dying };
}

#[test]
fn calls_of_a_thread_that_is_gone_are_not_in_the_ring_of_the_next() {
    let ending = thread::spawn(|| {
        // The first to be made is the last to be dropped.
        DYING.with(|_| ());
        last();
    });
    STEP.wait();
    let calls = thread::spawn(|| {
        next();
        STEP.wait();
        let mut calls = 1;
        while !IS_OVER.load(Ordering::Relaxed) {
            next();
            calls += 1;
        }
        calls
    });
    let calls = calls.join().unwrap();
    ending.join().unwrap();
    let [last, next] = ["last", "next"].map(|name| one(Stage::Operation, name));
    assert_eq!((last.started, last.outcomes.ok), (LAST + 1, LAST + 1));
    assert_eq!((next.started, next.outcomes.ok), (calls, calls));
}
