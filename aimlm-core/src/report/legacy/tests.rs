use serde_json::Value;

use crate::config::Config;
use crate::event::{Field, Label, Outcome, Stage};
use crate::report::Report;
use crate::snapshot::Snapshot;
use crate::views::fixture::{NOW, Series, snapshot};

fn legacy(snapshot: &Snapshot) -> Value {
    serde_json::from_str(&Report::new(snapshot, &Config::default()).to_legacy_json()).unwrap()
}

/// Compared the way the class computes: `statistics.mean`, `.median`, and its own percentile.
fn assert_stats(got: &Value, durations: &[f64]) {
    let mut sorted = durations.to_vec();
    sorted.sort_by(f64::total_cmp);
    let n = sorted.len();
    let median = (sorted[(n - 1) / 2] + sorted[n / 2]) / 2.0;
    let index = (n - 1) as f64 * 95.0 / 100.0;
    let (low, high) = (sorted[index.floor() as usize], sorted[index.ceil() as usize]);
    let expected = [
        ("count", n as f64),
        ("mean", durations.iter().sum::<f64>() / n as f64),
        ("total", durations.iter().sum::<f64>()),
        ("min", sorted[0]),
        ("max", sorted[n - 1]),
        ("median", median),
        (
            "p95",
            low * (index.ceil() - index) + high * (1.0 - (index.ceil() - index)),
        ),
    ];
    for (name, value) in got.as_object().unwrap() {
        let (_, expected) = expected.iter().find(|(expected, _)| expected == name).unwrap();
        let value = value.as_f64().unwrap();
        assert!(
            (value - expected).abs() < 1e-9,
            "{name}: {value} is not {expected}"
        );
    }
}

fn durations(n: u32) -> Vec<f64> {
    (0..n)
        .map(|i| f64::from(i * 7919 % 1009 + 1) / 4096.0)
        .map(|s| (s * 1e9).round() / 1e9)
        .collect()
}

#[test]
fn statistics_equal_an_independent_computation() {
    let durations = durations(257);
    let of = |stage| {
        let calls = durations.iter().fold(Series::new(stage, "x"), |series, &s| {
            series.ok(s, &[(Field::BatchSize, 4.0), (Field::NumSamples, 64.0)])
        });
        // Failures and calls that the history has lost stay out.
        calls
            .ended(Outcome::Error, 99.0, &[])
            .ended(Outcome::Panicked, 99.0, &[])
    };
    let report = legacy(&snapshot([
        of(Stage::ModelLoad),
        of(Stage::ModelInitialization),
        of(Stage::Inference),
        of(Stage::TrainingEpoch),
        of(Stage::DatasetLoad),
        of(Stage::DatasetPreprocessing),
        of(Stage::Communication),
    ]));
    let rates = |items: f64| -> Vec<f64> { durations.iter().map(|seconds| items / seconds).collect() };
    assert_stats(&report["models"]["models"]["x"]["load_time_stats"], &durations);
    assert_stats(
        &report["models"]["models"]["x"]["initialization_time_stats"],
        &durations,
    );
    assert_stats(&report["inference"]["models"]["x"]["latency_stats"], &durations);
    assert_stats(
        &report["inference"]["models"]["x"]["throughput_stats"],
        &rates(4.0),
    );
    assert_stats(&report["training"]["models"]["x"]["epoch_time_stats"], &durations);
    assert_stats(
        &report["training"]["models"]["x"]["samples_per_second_stats"],
        &rates(64.0),
    );
    assert_stats(
        &report["datasets"]["datasets"]["x"]["load_time_stats"],
        &durations,
    );
    assert_stats(
        &report["datasets"]["datasets"]["x"]["preprocessing_time_stats"],
        &durations,
    );
    assert_stats(&report["distributed"]["communication_time_stats"], &durations);
    assert_eq!(
        report["inference"]["models"]["x"]["batch_sizes"]
            .as_array()
            .unwrap()
            .len(),
        257
    );
    assert_eq!(report["training"]["models"]["x"]["num_epochs"], 257);
}

#[test]
fn bounded_history_is_all_that_counts() {
    let all = durations(100);
    let calls = all
        .iter()
        .fold(Series::new(Stage::Inference, "x"), |series, &s| series.ok(s, &[]));
    let report = legacy(&snapshot([calls.remembering(10)]));
    assert_stats(&report["inference"]["models"]["x"]["latency_stats"], &all[90..]);
}

#[test]
fn the_shape_is_complete_without_data() {
    let report = legacy(&snapshot([Series::new(Stage::ModelLoad, "m").ended(
        Outcome::Error,
        1.0,
        &[],
    )]));
    assert_eq!(report["timestamp"], NOW);
    let model = &report["models"]["models"]["m"];
    assert_eq!(model["framework"], "unknown");
    assert_eq!(model["size_bytes"], Value::Null);
    assert_eq!(model["load_time_stats"]["count"], 0);
    assert_eq!(model["load_time_stats"]["median"], Value::Null);
    for key in ["models", "inference", "training"] {
        assert!(report[key]["models"].is_object(), "{key}");
    }
    assert!(report["datasets"]["datasets"].is_object());
    let distributed = &report["distributed"];
    assert_eq!(distributed["coordination_overhead_stats"]["total"], Value::Null);
    assert_eq!(distributed["worker_counts"]["mean"], Value::Null);
    assert_eq!(distributed["task_distribution_times"]["mean"], Value::Null);
    assert_eq!(
        report["analysis"]["performance_bottlenecks"],
        Value::Array(vec![])
    );
    assert!(report["analysis"]["data_pipeline_analysis"]["loading_times"].is_object());
    assert_eq!(report["recommendations"], Value::Array(vec![]));
}

#[test]
fn training_curves_are_lists() {
    let stats = || Series::new(Stage::TrainingStats, "net");
    let report = legacy(&snapshot([
        stats()
            .sample(Field::Loss, 1.0, 2.0)
            .sample(Field::Loss, 2.0, 1.5)
            .sample(Field::Loss, 3.0, 0.5)
            .sample(Field::LearningRate, 1.0, 0.1),
        stats()
            .label(Label::Metric, "val_accuracy")
            .sample(Field::Metric, 1.0, 0.75),
    ]));
    let training = &report["training"]["models"]["net"];
    let loss = &training["loss_progress"];
    assert_eq!((&loss["initial"], &loss["final"]), (&2.0.into(), &0.5.into()));
    assert_eq!(loss["convergence_rate"], 0.5);
    assert_eq!(loss["loss_curve"], serde_json::json!([2.0, 1.5, 0.5]));
    assert_eq!(loss["accuracy_curve"], serde_json::json!([0.75]));
    assert_eq!(training["learning_rates"], serde_json::json!([0.1]));
    assert_eq!(training["gradient_norms"], serde_json::json!([]));
}

#[test]
fn recommendations_follow_the_original_rules() {
    let report = legacy(&snapshot([
        Series::new(Stage::ModelLoad, "m")
            .label(Label::Framework, "candle")
            .ok(11.0, &[]),
        Series::new(Stage::Inference, "m").ok(0.2, &[]),
        Series::new(Stage::DatasetLoad, "d").ok(31.0, &[]),
        Series::new(Stage::DistributedTask, "t")
            .label(Label::Phase, "coordination")
            .ok(6.0, &[]),
        Series::new(Stage::TrainingEpoch, "m").ok(1.0, &[(Field::NumSamples, 50.0)]),
        Series::new(Stage::WorkerUtilization, "w").sample(Field::Utilization, 0.0, 0.4),
    ]));
    let list = report["recommendations"].as_array().unwrap();
    let of = |name: &str| {
        list.iter()
            .map(|entry| entry[name].as_str().unwrap())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        of("target"),
        [
            "model_loading",
            "inference",
            "data_pipeline",
            "distributed_training",
            "training",
            "distributed_training"
        ]
    );
    assert_eq!(
        of("severity"),
        ["high", "medium", "high", "medium", "medium", "medium"]
    );
    assert!(
        of("message")
            .iter()
            .chain(&of("details"))
            .all(|text| !text.is_empty())
    );
    assert_eq!(list[0]["model_id"], "m");
    assert_eq!(list[2]["dataset_id"], "d");
    assert_eq!(list[5]["affected_workers"], serde_json::json!(["w"]));
    let analysis = &report["analysis"];
    assert_eq!(analysis["training_efficiency"]["m"]["efficiency_rating"], "low");
    assert_eq!(analysis["performance_bottlenecks"][3]["avg_overhead"], 6.0);
    assert_eq!(analysis["data_pipeline_analysis"]["loading_times"]["d"], 31.0);
}
