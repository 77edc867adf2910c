//! The original's JSON, against statistics computed independently from the raw history.

mod support;

#[path = "legacy/events.rs"]
mod events;
#[path = "legacy/original.rs"]
mod original;
#[path = "legacy/reader.rs"]
mod reader;
#[path = "legacy/rules.rs"]
mod rules;

use std::thread;
use std::time::Duration;

use aimlm::{Config, Metrics, Number, Outcome, Report, Snapshot, Stage, track_model_load};
use events::event;
use original::Original;
use proptest::prelude::*;
use serde_json::Value;

/// Rounding.
const TOLERANCE: f64 = 1e-9;

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
                .find(|(field, _)| matches!(*field, Number::BatchSize | Number::NumSamples))?;
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

/// Everything that the original computes is there, and the same.
fn assert_same(got: &Value, expected: &Value, path: &str, tolerance: f64) {
    match expected {
        Value::Object(members) => {
            for (name, expected) in members {
                let got = got.get(name).unwrap_or(&Value::Null);
                assert_same(got, expected, &format!("{path}/{name}"), tolerance);
            }
        }
        Value::Array(items) => {
            let got = got
                .as_array()
                .unwrap_or_else(|| panic!("{path} is no list: {got}"));
            assert_eq!(got.len(), items.len(), "{path}: {got:?} is not {items:?}");
            for (at, (got, expected)) in got.iter().zip(items).enumerate() {
                assert_same(got, expected, &format!("{path}/{at}"), tolerance);
            }
        }
        Value::Number(expected) if expected.is_f64() => {
            let (got, expected) = (got.as_f64(), expected.as_f64().unwrap());
            let got = got.unwrap_or_else(|| panic!("{path} is no number, but should be {expected}"));
            assert!(
                (got - expected).abs() <= tolerance * expected.abs(),
                "{path}: {got} is not {expected}"
            );
        }
        _ => assert_eq!(got, expected, "{path}"),
    }
}

/// The members of these maps are the same, neither more nor fewer.
fn assert_same_ids(got: &Value, expected: &Value) {
    for path in [
        "/models/models",
        "/inference/models",
        "/training/models",
        "/datasets/datasets",
        "/analysis/training_efficiency",
        "/distributed/average_worker_utilization",
    ] {
        let ids = |of: &Value| -> Vec<String> {
            of.pointer(path)
                .unwrap()
                .as_object()
                .unwrap()
                .keys()
                .cloned()
                .collect()
        };
        let (mut got, mut expected) = (ids(got), ids(expected));
        got.sort();
        expected.sort();
        assert_eq!(got, expected, "{path}");
    }
}

fn legacy(metrics: &Metrics) -> Value {
    serde_json::from_str(&metrics.comprehensive_report().to_legacy_json()).unwrap()
}

/// Calls of two series that end within a quarter of a microsecond have no order: by their latencies then.
fn in_order_of_latencies(mut report: Value) -> Value {
    for model in report["inference"]["models"]
        .as_object_mut()
        .unwrap()
        .values_mut()
    {
        let lists = ["raw_latencies", "batch_sizes"];
        let [latencies, sizes] = lists.map(|name| model[name].as_array().unwrap().clone());
        assert_eq!(latencies.len(), sizes.len());
        let mut calls: Vec<_> = latencies.into_iter().zip(sizes).collect();
        calls.sort_by(|(a, _), (b, _)| a.as_f64().unwrap().total_cmp(&b.as_f64().unwrap()));
        let (latencies, sizes): (Vec<_>, Vec<_>) = calls.into_iter().unzip();
        model["raw_latencies"] = latencies.into();
        model["batch_sizes"] = sizes.into();
    }
    report
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_recorded_the_original_computes_the_same(events in prop::collection::vec(event(), 0..60)) {
        let metrics = Metrics::default_instance();
        events.iter().for_each(|event| event.record(&metrics));
        let (got, expected) = (legacy(&metrics), Original::of(&events).report());
        let [got, expected] = [got, expected].map(in_order_of_latencies);
        assert_same_ids(&got, &expected);
        assert_same(&got, &expected, "", TOLERANCE);
        prop_assert_eq!(reader::draw(&got), Ok(()));
    }

    /// Beyond the history, what is kept exactly is still over all calls.
    #[test]
    fn a_short_history_changes_no_exact_statistic(events in prop::collection::vec(event(), 0..60)) {
        let metrics = Metrics::new(Config::builder().history_size(2).build().unwrap()).unwrap();
        events.iter().for_each(|event| event.record(&metrics));
        let (got, mut expected) = (legacy(&metrics), Original::of(&events).report());
        assert_same_ids(&got, &expected);
        prop_assert_eq!(reader::draw(&got), Ok(()));
        let models = expected["inference"]["models"].as_object_mut().unwrap().values_mut();
        for model in models {
            let model = model.as_object_mut().unwrap();
            for name in ["batch_sizes", "raw_latencies", "throughput_stats"] {
                model.remove(name);
            }
        }
        // From the histogram, and sizes that only calls said that the history has lost.
        for path in ["/models/models", "/inference/models", "/datasets/datasets"] {
            for entry in expected.pointer_mut(path).unwrap().as_object_mut().unwrap().values_mut() {
                entry.as_object_mut().unwrap().remove("size_bytes");
                for stats in ["load_time_stats", "latency_stats"] {
                    if let Some(stats) = entry.get_mut(stats).and_then(Value::as_object_mut) {
                        for name in ["median", "p95"] { stats.remove(name); }
                    }
                }
            }
        }
        assert_same(&got, &expected, "", TOLERANCE);
    }
}

#[test]
fn a_loss_said_twice_counts_once_and_steps_have_their_own_place() {
    let metrics = Metrics::default_instance();
    for epoch in 0..5_000_u64 {
        metrics
            .record_training_stats("m", epoch)
            .loss(1.0 / (epoch + 1) as f64)
            .record();
        let call = metrics.track_training_epoch("m").epoch(epoch).num_samples(10);
        call.loss(1.0 / (epoch + 1) as f64).record(Duration::from_secs(1));
        for step in 0..2 {
            metrics
                .track_training_step("m")
                .step(epoch * 2 + step)
                .learning_rate(0.1)
                .start()
                .ok();
        }
    }
    let report = legacy(&metrics);
    let training = &report["training"]["models"]["m"];
    assert_eq!(
        training["loss_progress"]["loss_curve"].as_array().unwrap().len(),
        5_000
    );
    assert_eq!(training["learning_rates"].as_array().unwrap().len(), 5_000);
    let rate = training["loss_progress"]["convergence_rate"].as_f64().unwrap();
    assert!(
        (rate - (1.0 - 1.0 / 5_000.0) / 5_000.0).abs() < 1e-12,
        "each epoch is one loss: {rate}"
    );
    assert_eq!(training["steps"]["step_time_stats"]["count"], 10_000);
    assert_eq!(reader::draw(&report), Ok(()));
}

#[test]
fn statistics_are_those_of_every_report() {
    let metrics = Metrics::new(Config::builder().history_size(50).build().unwrap()).unwrap();
    for (calls, milliseconds) in [(140, 900), (60, 1)] {
        (0..calls).for_each(|_| metrics.record_inference("m", Duration::from_millis(milliseconds)));
    }
    let report = metrics.comprehensive_report();
    let json = legacy(&metrics);
    let mean = (140.0 * 0.9 + 60.0 * 0.001) / 200.0;
    let own = report.metrics.inference["m"].calls.latency.mean_seconds.unwrap();
    for got in [
        json["inference"]["models"]["m"]["latency_stats"]["mean"]
            .as_f64()
            .unwrap(),
        json["analysis"]["performance_bottlenecks"][0]["avg_latency"]
            .as_f64()
            .unwrap(),
        own,
    ] {
        assert!((got / mean - 1.0).abs() < TOLERANCE, "{got} is not {mean}");
    }
    assert_eq!(json["inference"]["models"]["m"]["latency_stats"]["count"], 200);
    let recent = json["inference"]["models"]["m"]["raw_latencies"]
        .as_array()
        .unwrap();
    assert_eq!(recent.len(), 50);
}
