//! When the calls of several threads were in flight, beside what the threads' own clock says of the same calls.

mod support;

use std::sync::{Barrier, Mutex};
use std::time::{Duration, Instant};

use aimlm::{Metrics, SeriesSnapshot, Stage};
use support::of;

/// From when to when, in nanoseconds.
type Span = (u128, u128);

/// Time in any of these.
fn union(mut spans: Vec<Span>) -> f64 {
    spans.sort_unstable();
    let (mut covered, mut until) = (0, 0);
    for (start, end) in spans {
        covered += end.saturating_sub(start.max(until));
        until = until.max(end);
    }
    covered as f64
}

/// Runs calls on so many threads, each as `call` says by its thread and number, and holds the busy time to what the
/// test's clock says from outside and from inside of the same calls.
fn compare(name: &str, threads: usize, calls: usize, call: impl Fn(usize, usize, &dyn Fn(Duration)) + Sync) {
    let metrics = Metrics::default_instance();
    let (begun, barrier) = (Instant::now(), Barrier::new(threads));
    let spans = Mutex::new((Vec::new(), Vec::new()));
    std::thread::scope(|scope| {
        for thread in 0..threads {
            let (metrics, barrier, spans, call) = (&metrics, &barrier, &spans, &call);
            scope.spawn(move || {
                barrier.wait();
                let now = || begun.elapsed().as_nanos();
                for nth in 0..calls {
                    call(thread, nth, &|duration| {
                        let outside = now();
                        let guard = metrics.track_operation(name).start();
                        let inside = now();
                        let until = begun.elapsed() + duration;
                        while begun.elapsed() < until {
                            std::thread::yield_now();
                        }
                        let inside = (inside, now());
                        guard.ok();
                        let mut spans = spans.lock().unwrap();
                        spans.0.push((outside, now()));
                        spans.1.push(inside);
                    });
                }
            });
        }
    });
    let (outside, inside) = spans.into_inner().unwrap();
    let (most, least) = (union(outside), union(inside));
    let SeriesSnapshot { busy, started, .. } = of(&metrics, Stage::Operation, name);
    assert_eq!(started, (threads * calls) as u64);
    let busy = busy.nanoseconds() as f64;
    assert!(
        busy <= 1.01 * most && busy >= 0.99 * least,
        "{name}: {busy} ns, from {least} to {most}"
    );
}

#[test]
fn threads_that_call_as_they_like_are_busy_once() {
    compare("as they like", 4, 500, |thread, nth, call| {
        call(Duration::from_micros(20 + (nth * 7 + thread * 13) as u64 % 50));
        std::thread::sleep(Duration::from_micros((nth * 11 + thread * 17) as u64 % 300));
    });
}

/// What runs under one lock never overlaps.
#[test]
fn threads_that_take_turns_are_busy_one_after_the_other() {
    let lock = Mutex::new(());
    compare("in turn", 4, 500, |_, _, call| {
        let held = lock.lock().unwrap();
        call(Duration::from_micros(30));
        drop(held);
        std::thread::sleep(Duration::from_micros(50));
    });
}

#[test]
fn a_long_call_over_many_short_ones_is_busy_throughout() {
    compare("long and short", 2, 300, |thread, nth, call| {
        if thread == 0 {
            call(Duration::from_micros(10));
            std::thread::sleep(Duration::from_micros(100));
        } else if nth % 100 == 0 {
            call(Duration::from_millis(20));
        } else {
            call(Duration::ZERO);
        }
    });
}
