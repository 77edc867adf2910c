//! The original's JSON, against statistics computed independently from the raw history.

mod support;

use std::thread;
use std::time::Duration;

use aimlm::{Field, Metrics, Outcome, Report, Snapshot, Stage, track_model_load};
use serde_json::Value;

/// The statistics that the original's class computes, by their names.
fn expected(numbers: &[f64]) -> Vec<(&'static str, f64)> {
    let mut sorted = numbers.to_vec();
    sorted.sort_by(f64::total_cmp);
    let n = sorted.len();
    let median = match n % 2 {
        0 => f64::midpoint(sorted[n / 2 - 1], sorted[n / 2]),
        _ => sorted[n / 2],
    };
    // Linear interpolation between the closest ranks: numpy's default.
    let position = 0.95 * (n as f64 - 1.0);
    let (low, share) = (position as usize, position.fract());
    let p95 = sorted[low] + share * (sorted[(low + 1).min(n - 1)] - sorted[low]);
    vec![
        ("count", n as f64),
        ("mean", numbers.iter().sum::<f64>() / n as f64),
        ("min", sorted[0]),
        ("max", sorted[n - 1]),
        ("median", median),
        ("p95", p95),
    ]
}

/// Checks every statistic of an object, and that these at least are there.
fn assert_stats(got: &Value, numbers: &[f64], names: &[&str]) {
    let got = got.as_object().unwrap();
    assert!(names.iter().all(|&name| got.contains_key(name)), "{got:?}");
    let expected = expected(numbers);
    for (name, value) in got {
        let (_, expected) = expected.iter().find(|(known, _)| known == name).unwrap();
        let value = value.as_f64().unwrap();
        // Rates are as large as a million: their last digits are worth more than 1e-9.
        let tolerance = 1e-9 * expected.abs().max(1.0);
        assert!(
            (value - expected).abs() <= tolerance,
            "{name}: {value} is not {expected}"
        );
    }
}

fn history(snapshot: &Snapshot, stage: Stage, subject: &str) -> (Vec<f64>, Vec<f64>) {
    let series: Vec<_> = snapshot.subject(stage, subject).collect();
    assert!(series.iter().all(|series| series.history.complete));
    let calls = || {
        let calls = series.iter().flat_map(|series| series.history.calls());
        calls.filter(|call| call.outcome == Outcome::Ok)
    };
    let seconds = calls().map(|call| call.duration_ns as f64 / 1e9).collect();
    let rates = calls()
        .filter(|call| call.duration_ns > 0)
        .filter_map(|call| {
            let items = call
                .values()
                .find(|(field, _)| matches!(field, Field::BatchSize | Field::NumSamples))?;
            Some(items.1 / (call.duration_ns as f64 / 1e9))
        })
        .collect();
    (seconds, rates)
}

#[track_model_load(model = "timed", metrics = metrics)]
fn load(metrics: &Metrics, fail: bool) -> Result<u64, ()> {
    let work = (0..20_000_u64).fold(0, |sum, n| std::hint::black_box(sum ^ n));
    if fail { Err(()) } else { Ok(work) }
}

#[test]
fn legacy_statistics_equal_an_independent_computation() {
    let metrics = Metrics::default_instance();
    thread::scope(|scope| {
        for thread in 0..4 {
            let metrics = &metrics;
            scope.spawn(move || {
                for n in 0..120_u64 {
                    let duration = Duration::from_nanos(100 + (n * 7919 + thread * 104_729) % 90_000_000);
                    let outcome = if n % 10 == 3 { Outcome::Error } else { Outcome::Ok };
                    let call = metrics.track_inference("timed").batch_size(n % 9 + 1);
                    call.record_as(outcome, duration);
                    metrics
                        .track_training_epoch("timed")
                        .epoch(n)
                        .num_samples(64)
                        .record(duration * 3);
                    let _ = load(metrics, n % 50 == 7);
                }
            });
        }
    });
    let snapshot = metrics.snapshot();
    let report: Value =
        serde_json::from_str(&Report::new(&snapshot, metrics.config()).to_legacy_json()).unwrap();

    let (seconds, rates) = history(&snapshot, Stage::Inference, "timed");
    assert_eq!(seconds.len(), 4 * 108);
    let inference = &report["inference"]["models"]["timed"];
    assert_stats(
        &inference["latency_stats"],
        &seconds,
        &["count", "mean", "min", "max", "median", "p95"],
    );
    assert_stats(&inference["throughput_stats"], &rates, &["count", "mean", "max"]);

    let (seconds, rates) = history(&snapshot, Stage::TrainingEpoch, "timed");
    assert_eq!(seconds.len(), 480);
    let training = &report["training"]["models"]["timed"];
    assert_stats(&training["epoch_time_stats"], &seconds, &["mean", "min", "max"]);
    assert_stats(
        &training["samples_per_second_stats"],
        &rates,
        &["mean", "min", "max"],
    );

    let (seconds, _) = history(&snapshot, Stage::ModelLoad, "timed");
    assert_eq!(seconds.len(), 4 * 117);
    let loads = &report["models"]["models"]["timed"]["load_time_stats"];
    assert_stats(loads, &seconds, &["count", "mean", "min", "max", "median"]);
}
