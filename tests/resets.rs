//! Resets, and switching off, while threads record.

mod support;

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use aimlm::{Config, Metrics, Outcomes, Stage, track_operation};
use support::{books_balance, of};

/// With a collector that never rests. Every test asks for it first.
fn global() {
    let config = Config::builder().flush_interval(Duration::from_millis(1));
    let _ = Metrics::init_global(config.build().unwrap());
}

#[track_operation(name = "own books", metrics = metrics)]
fn counted(metrics: &Metrics) {}

#[test]
fn resets_while_threads_record_leave_whole_calls() {
    global();
    let metrics = Metrics::default_instance();
    let (made, stop) = (AtomicU64::new(0), AtomicBool::new(false));
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    counted(&metrics);
                    made.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        for _ in 0..50 {
            metrics.reset();
            books_balance(&metrics.snapshot());
        }
        stop.store(true, Ordering::Relaxed);
    });
    for series in metrics.snapshot().series {
        assert_eq!((series.in_flight, series.started), (0, series.outcomes.ok));
        assert!(series.started <= made.load(Ordering::Relaxed));
    }
    metrics.reset();
    assert_eq!(metrics.snapshot().series, []);
    counted(&metrics);
    let series = of(&metrics, Stage::Operation, "own books");
    assert_eq!((series.started, series.in_flight, series.outcomes.ok), (1, 0, 1));
}

#[test]
fn of_snapshots_that_reset_each_call_is_in_exactly_one() {
    const THREADS: u64 = 8;
    const CALLS: u64 = if cfg!(debug_assertions) { 5_000 } else { 200_000 };
    global();
    let metrics = Metrics::default_instance();
    let running = AtomicU64::new(THREADS);
    let mut seen = Outcomes::default();
    let mut latencies = 0;
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                (0..CALLS).for_each(|_| counted(&metrics));
                running.fetch_sub(1, Ordering::Release);
            });
        }
        let mut done = false;
        while !done {
            done = running.load(Ordering::Acquire) == 0;
            let taken = metrics.snapshot_and_reset();
            books_balance(&taken);
            for series in &taken.series {
                seen.merge(&series.outcomes);
                latencies += series.latency.count();
            }
        }
    });
    assert_eq!((seen.ok, seen.ended()), (THREADS * CALLS, THREADS * CALLS));
    assert_eq!(latencies, THREADS * CALLS);
    assert_eq!(metrics.snapshot().series, [], "what a reset emptied is left out");
}

#[test]
fn a_reset_keeps_what_is_in_flight_and_forgets_the_rest() {
    global();
    let metrics = Metrics::default_instance();
    counted(&metrics);
    let guard = metrics.track_operation("own books").start();
    metrics.reset();
    let series = of(&metrics, Stage::Operation, "own books");
    assert_eq!((series.started, series.in_flight, series.outcomes.ok), (1, 1, 0));
    guard.ok();
    let series = of(&metrics, Stage::Operation, "own books");
    assert_eq!((series.started, series.in_flight, series.outcomes.ok), (1, 0, 1));
}

#[test]
fn switching_off_while_threads_record_leaves_whole_calls() {
    global();
    let metrics = Metrics::default_instance();
    let (made, stop) = (AtomicU64::new(0), AtomicBool::new(false));
    let kept = metrics.track_operation("kept").start();
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    counted(&metrics);
                    made.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        for at in 0..200 {
            metrics.set_enabled(at % 2 == 1);
            books_balance(&metrics.snapshot());
            thread::yield_now();
        }
        stop.store(true, Ordering::Relaxed);
    });
    let series = of(&metrics, Stage::Operation, "own books");
    assert_eq!(series.in_flight, 0);
    assert_eq!(series.started, series.outcomes.ok);
    assert!(series.started <= made.load(Ordering::Relaxed));
    // Off from here on: the call in flight ends all the same, and no other begins.
    metrics.set_enabled(false);
    kept.ok();
    counted(&metrics);
    assert_eq!(of(&metrics, Stage::Operation, "kept").outcomes.ok, 1);
    assert_eq!(
        of(&metrics, Stage::Operation, "own books").started,
        series.started
    );
}
