//! The history is the last calls, whatever their rate and wherever they were folded.

use std::time::Duration;

use aimlm::{Config, Metrics, Outcome, Stage};

use crate::clock::{ms, work};
use crate::figures::page;

fn metrics(history: usize) -> Metrics {
    Metrics::new(Config::builder().history_size(history).build().unwrap()).unwrap()
}

/// The numbers that the calls of an operation's history carried as items.
fn remembered(metrics: &Metrics, name: &str) -> Vec<u64> {
    let snapshot = metrics.snapshot();
    let series = snapshot.subject(Stage::Operation, name).next().unwrap();
    let calls = series.history.calls();
    calls
        .map(|call| call.value(aimlm::Number::Items).unwrap() as u64)
        .collect()
}

#[test]
fn the_last_fifty() {
    let metrics = metrics(50);
    for n in 0..200 {
        metrics.track_operation("op").items(n).run(|_| work(ms(1)));
    }
    assert_eq!(remembered(&metrics, "op"), (150..200).collect::<Vec<_>>());
}

#[test]
fn the_last_of_recorded_loads() {
    let metrics = Metrics::default_instance();
    for n in 0..1500_u64 {
        metrics
            .track_operation("op")
            .items(n)
            .record(Duration::from_micros(n));
        // No faster than 100,000 in a second, above which a history may have gaps.
        work(Duration::from_micros(15));
    }
    assert_eq!(remembered(&metrics, "op"), (500..1500).collect::<Vec<_>>());
    let page = page(&metrics);
    assert_eq!(page.snapshot.series[0].history.len(), 1000);
    assert!(!page.snapshot.series[0].history.complete);
}

/// Reports in between change nothing about it.
#[test]
fn the_last_between_reports() {
    let metrics = metrics(64);
    for n in 0..300 {
        metrics.track_operation("op").items(n).record(ms(n));
        work(Duration::from_micros(15));
        if n % 37 == 0 {
            drop(metrics.snapshot());
        }
    }
    assert_eq!(remembered(&metrics, "op"), (236..300).collect::<Vec<_>>());
}

/// Of two threads, one after the other.
#[test]
fn the_last_of_threads_in_turn() {
    let metrics = metrics(40);
    for thread in 0..4 {
        let metrics = metrics.clone();
        let calls = move || {
            for n in 0..30 {
                metrics.track_operation("op").items(thread * 30 + n).record(ms(1));
                work(Duration::from_micros(15));
            }
        };
        // Joined, not scoped: a scope ends before the thread has let go of its ring.
        std::thread::spawn(calls).join().unwrap();
    }
    assert_eq!(remembered(&metrics, "op"), (80..120).collect::<Vec<_>>());
}

#[test]
fn sizes_at_their_edges() {
    for size in [0, 1, 2, 99, 100, 101] {
        let metrics = metrics(size);
        for n in 0..100 {
            metrics.track_operation("op").items(n).record(ms(1));
            work(Duration::from_micros(15));
        }
        let kept = (size as u64).min(100);
        assert_eq!(
            remembered(&metrics, "op"),
            (100 - kept..100).collect::<Vec<_>>(),
            "of {size}"
        );
        assert_eq!(
            page(&metrics).snapshot.series[0].history.complete,
            size >= 100,
            "of {size}"
        );
    }
}

/// Calls of every outcome with what they said, in the order in which they ended.
#[test]
fn calls_as_they_were() {
    let metrics = metrics(100);
    let outcomes = [Outcome::Ok, Outcome::Error, Outcome::Panicked, Outcome::Cancelled];
    for n in 0..40_u64 {
        let call = metrics.track_operation("op").items(n).size_bytes(n << 40);
        call.record_as(outcomes[n as usize % 4], Duration::from_nanos(n * 12_345_678_901));
    }
    let snapshot = metrics.snapshot();
    let history = &snapshot.series[0].history;
    assert_eq!(history.len(), 40);
    for (n, call) in history.calls().enumerate() {
        assert_eq!(call.outcome, outcomes[n % 4]);
        assert_eq!(call.duration_ns, n as u64 * 12_345_678_901);
        assert_eq!(call.value(aimlm::Number::Items), Some(n as f64));
        assert_eq!(
            call.value(aimlm::Number::SizeBytes),
            Some(((n as u64) << 40) as f64)
        );
    }
}
