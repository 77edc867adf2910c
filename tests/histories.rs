//! Histories: the last calls, one by one.
//!
//! The tests take turns: a report of another one sweeps every ring, and a thread whose ring is being swept while it is
//! full brings a call past those before it.

mod support;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aimlm::{Config, Metrics, Stage};
use support::of;

static ALONE: Mutex<()> = Mutex::new(());

fn alone() -> MutexGuard<'static, ()> {
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

fn with_history(size: usize) -> Metrics {
    // Nor does the collector sweep meanwhile.
    let config = Config::builder()
        .history_size(size)
        .flush_interval(Duration::from_secs(3600));
    Metrics::new(config.build().unwrap()).unwrap()
}

fn kept(metrics: &Metrics, name: &str) -> Vec<u64> {
    let series = of(metrics, Stage::Operation, name);
    series.history.calls().map(|call| call.duration_ns).collect()
}

#[test]
fn a_history_is_the_last_calls() {
    let _alone = alone();
    let metrics = with_history(50);
    for at in 0..200 {
        metrics.record_operation("numbered", Duration::from_micros(3000 + at));
    }
    let expected: Vec<u64> = (150..200).map(|at| (3000 + at) * 1000).collect();
    assert_eq!(kept(&metrics, "numbered"), expected);

    (0..140).for_each(|_| metrics.record_operation("faster", Duration::from_millis(900)));
    (0..60).for_each(|_| metrics.record_operation("faster", Duration::from_millis(1)));
    assert_eq!(kept(&metrics, "faster"), [1_000_000; 50]);

    let metrics = with_history(1000);
    for at in 0..1500 {
        metrics.record_operation("burst", Duration::from_micros(at));
    }
    let expected: Vec<u64> = (500..1500).map(|at| at * 1000).collect();
    assert_eq!(kept(&metrics, "burst"), expected);
}

#[test]
fn a_history_is_the_last_calls_of_every_thread() {
    let _alone = alone();
    let metrics = with_history(300);
    for round in 0..10 {
        std::thread::scope(|scope| {
            for thread in 0..3 {
                let metrics = &metrics;
                scope.spawn(move || {
                    for at in 0..100 {
                        let number = round * 1000 + thread * 100 + at;
                        metrics.record_operation("threads", Duration::from_micros(number));
                    }
                });
            }
        });
        // What a round brought is in the history before the next one begins.
        drop(metrics.snapshot());
    }
    let mut last = kept(&metrics, "threads");
    last.sort_unstable();
    let expected: Vec<u64> = (9000..9300).map(|at| at * 1000).collect();
    assert_eq!(last, expected);
}

/// However fast the machine is: what is there follows each other, or says that it does not.
#[test]
fn a_history_that_leaves_calls_out_says_so() {
    let _alone = alone();
    for (size, calls) in [(50, 100_000), (1_000, 100_000), (20_000, 200_000)] {
        let metrics = with_history(size);
        for step in 0..calls {
            metrics.track_training_step("m").step(step).start().ok();
        }
        let steps = || {
            let series = of(&metrics, Stage::TrainingStep, "m");
            (series.history.thinned, support::numbers(&series, "step"))
        };
        let (thinned, last) = steps();
        assert_eq!(last.last(), Some(&(calls as f64 - 1.0)));
        let follow = last.windows(2).all(|pair| pair[1] == pair[0] + 1.0);
        assert!(thinned || follow && last.len() == size, "{size}: {}", last.len());
    }
}

#[test]
fn a_recorded_duration_is_reported_to_the_nanosecond() {
    let _alone = alone();
    let metrics = with_history(1000);
    metrics.record_model_load("x", Duration::from_secs(100));
    let mut state = 7_u64;
    let durations: Vec<u64> = (0..900)
        .map(|at| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            state >> (20 + at % 44)
        })
        .collect();
    for &ns in &durations {
        metrics.record_operation("many", Duration::from_nanos(ns));
    }
    for _ in 0..3 {
        let loads = of(&metrics, Stage::ModelLoad, "x");
        assert_eq!(loads.latency.sum(), 100_000_000_000);
        assert_eq!(loads.latency.min(), loads.latency.max());
        let many = of(&metrics, Stage::Operation, "many");
        assert_eq!(many.latency.sum(), durations.iter().sum::<u64>());
        assert_eq!(many.latency.min(), durations.iter().copied().min());
        assert_eq!(many.latency.max(), durations.iter().copied().max());
        let kept: Vec<u64> = many.history.calls().map(|call| call.duration_ns).collect();
        assert_eq!(kept, durations);
        std::thread::sleep(Duration::from_millis(15));
    }
}
