use aimlm_config::Config;
use aimlm_snapshot::Snapshot;
use aimlm_snapshot::fixture::{NOW, Series, snapshot};
use aimlm_vocabulary::{Label, Number, Outcome, Stage};
use serde_json::Value;

use crate::Report;

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
            series.ok(s, &[(Number::BatchSize, 4.0), (Number::NumSamples, 64.0)])
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
fn statistics_are_over_all_calls_and_lists_of_those_that_are_remembered() {
    let slow = (0..140).fold(Series::new(Stage::Inference, "x"), |series, _| {
        series.ok(0.9, &[])
    });
    let calls = (0..60).fold(slow, |series, _| series.ok(0.001, &[]));
    let report = legacy(&snapshot([calls.remembering(50)]));
    let inference = &report["inference"]["models"]["x"];
    let mean = (140.0 * 0.9 + 60.0 * 0.001) / 200.0;
    let latency = &inference["latency_stats"];
    for (name, expected) in [("count", 200.0), ("min", 0.001), ("max", 0.9), ("mean", mean)] {
        assert!(
            (latency[name].as_f64().unwrap() - expected).abs() < 1e-9,
            "{name}"
        );
    }
    for name in ["median", "p95"] {
        assert!(
            (latency[name].as_f64().unwrap() / 0.9 - 1.0).abs() < 0.004,
            "{name}"
        );
    }
    let throughput = &inference["throughput_stats"];
    assert_eq!(
        (&throughput["count"], &throughput["max"]),
        (&200.into(), &1000.0.into())
    );
    let rate = (140.0 / 0.9 + 60.0 / 0.001) / 200.0;
    assert!((throughput["mean"].as_f64().unwrap() / rate - 1.0).abs() < 0.004);
    assert_eq!(inference["raw_latencies"], serde_json::json!(vec![0.001; 50]));
    assert_eq!(inference["batch_sizes"], serde_json::json!(vec![1; 50]));
    assert_eq!(
        report["analysis"]["performance_bottlenecks"][0]["avg_latency"],
        latency["mean"]
    );
    assert_eq!(report["recommendations"][0]["severity"], "high");
}

#[test]
fn the_shape_is_complete_without_data() {
    let report = legacy(&snapshot([
        Series::new(Stage::ModelInitialization, "m").ok(1.0, &[]),
        Series::new(Stage::DatasetPreprocessing, "d").ok(1.0, &[]),
        Series::new(Stage::ModelLoad, "failed").ended(Outcome::Error, 1.0, &[]),
        Series::new(Stage::Inference, "failed").ended(Outcome::Error, 1.0, &[]),
    ]));
    assert_eq!(report["timestamp"], NOW as f64 / 1e9);
    // Programs that draw each of these would fail for one without a mean.
    assert_eq!(report["models"]["models"], serde_json::json!({}));
    assert_eq!(report["inference"]["models"], serde_json::json!({}));
    assert_eq!(report["datasets"]["datasets"], serde_json::json!({}));
    assert_eq!(report["models"]["not_loaded"].as_object().unwrap().len(), 1);
    assert_eq!(
        report["datasets"]["not_loaded"]["d"]["preprocessing_time_stats"]["total"],
        1.0
    );
    let model = &report["models"]["not_loaded"]["m"];
    assert_eq!(model["initialization_time_stats"]["mean"], 1.0);
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
fn curves_have_one_place_for_each_epoch() {
    let stats = || Series::new(Stage::TrainingStats, "net");
    let report = legacy(&snapshot([
        stats()
            .sample(Number::Loss, 2.0, 1.5)
            .sample(Number::Loss, 1.0, 2.0)
            .sample(Number::Loss, 3.0, 9.0)
            .sample(Number::Loss, 3.0, 0.5)
            .sample(Number::LearningRate, 1.0, 0.1)
            .sample(Number::LearningRate, 3.0, f64::INFINITY),
        stats()
            .label(Label::Metric, "val_accuracy")
            .sample(Number::Metric, 2.0, 0.75),
        Series::new(Stage::TrainingStep, "net").ok(1.0, &[(Number::LearningRate, 0.2)]),
    ]));
    let training = &report["training"]["models"]["net"];
    let loss = &training["loss_progress"];
    assert_eq!((&loss["initial"], &loss["final"]), (&2.0.into(), &0.5.into()));
    assert_eq!(loss["convergence_rate"], 0.5);
    assert_eq!(loss["loss_curve"], serde_json::json!([2.0, 1.5, 0.5]));
    assert_eq!(loss["accuracy_curve"], serde_json::json!([null, 0.75, null]));
    assert_eq!(training["learning_rates"], serde_json::json!([0.1, null, null]));
    assert_eq!(training["gradient_norms"], serde_json::json!([null, null, null]));
    assert_eq!(training["epochs"], serde_json::json!([1, 2, 3]));
    assert_eq!(training["steps"]["learning_rates"], serde_json::json!([0.2]));
    assert_eq!(training["steps"]["step_time_stats"]["p95"], 1.0);
}

#[test]
fn one_loss_has_no_rate_of_convergence() {
    let loss = |losses: &[f64]| {
        let stats = losses.iter().enumerate().fold(
            Series::new(Stage::TrainingStats, "net"),
            |series, (epoch, &loss)| series.sample(Number::Loss, epoch as f64, loss),
        );
        legacy(&snapshot([stats]))["training"]["models"]["net"]["loss_progress"].clone()
    };
    assert_eq!(loss(&[0.5])["convergence_rate"], Value::Null);
    assert_eq!(loss(&[0.5])["final"], 0.5);
    assert_eq!(loss(&[0.5, 0.25])["convergence_rate"], 0.125);
    let diverged = loss(&[0.5, f64::NAN]);
    assert_eq!(
        (&diverged["final"], &diverged["convergence_rate"]),
        (&Value::Null, &Value::Null)
    );
}

#[test]
fn the_last_load_says_what_a_model_is() {
    let load = |framework: &str| Series::new(Stage::ModelLoad, "m").label(Label::Framework, framework);
    let wait = |series: Series, seconds| series.ended(Outcome::Error, seconds, &[(Number::SizeBytes, 9.0)]);
    let size = |bytes| [(Number::SizeBytes, bytes)];
    // One after another: candle ends at 3 s, burn at 2 s, then tch fails.
    let report = legacy(&snapshot([
        load("candle").ok(1.0, &size(5.0)).ok(2.0, &size(7.0)),
        load("burn").ok(2.0, &size(6.0)),
        wait(load("tch"), 60.0),
    ]));
    let model = &report["models"]["models"]["m"];
    assert_eq!(
        (&model["framework"], &model["size_bytes"]),
        (&"candle".into(), &7.into())
    );
    let report = legacy(&snapshot([
        load("candle").ok(1.0, &size(5.0)),
        wait(load("burn").ok(2.0, &size(6.0)), 60.0),
    ]));
    let model = &report["models"]["models"]["m"];
    assert_eq!(
        (&model["framework"], &model["size_bytes"]),
        (&"burn".into(), &6.into())
    );
}

#[test]
fn what_the_class_has_no_place_for_stands_beside() {
    let size = [(Number::SizeBytes, 300.0)];
    let report = legacy(&snapshot([
        Series::new(Stage::CheckpointSave, "m")
            .ok(1.0, &size)
            .ok(2.0, &size),
        Series::new(Stage::DataLoading, "image")
            .ok(1.0, &size)
            .ok(2.0, &size),
        Series::new(Stage::Synchronization, "barrier")
            .ok(1.0, &size)
            .ok(2.0, &size),
        Series::new(Stage::Validation, "m").ok(0.5, &[(Number::Epoch, 4.0), (Number::Accuracy, 0.9)]),
    ]));
    for place in [
        &report["checkpoints"]["models"]["m"]["save"],
        &report["data_loading"]["data_types"]["image"],
        &report["distributed"]["synchronization"]["barrier"],
    ] {
        assert_eq!(place["time_stats"]["total"], 3.0);
        assert_eq!(place["time_stats"]["mean"], 1.5);
        assert_eq!(
            (&place["total_bytes"], &place["bytes_per_second"]),
            (&600.into(), &200.0.into())
        );
    }
    assert_eq!(
        report["checkpoints"]["models"]["m"]["load"]["time_stats"]["count"],
        0
    );
    let validation = &report["training"]["models"]["m"]["validation"];
    assert_eq!(validation["accuracy_curve"], serde_json::json!([0.9]));
    assert_eq!(validation["epochs"], serde_json::json!([4]));
}

/// As the findings of every other report.
#[test]
fn a_model_goes_by_its_own_bounds() {
    let snapshot = snapshot([
        Series::new(Stage::ModelLoad, "own").ok(20.0, &[]),
        Series::new(Stage::ModelLoad, "general").ok(20.0, &[]),
        Series::new(Stage::Inference, "own").ok(2.0, &[]),
        Series::new(Stage::Inference, "general").ok(2.0, &[]),
        Series::new(Stage::TrainingEpoch, "own").ok(1.0, &[(Number::NumSamples, 50.0)]),
        Series::new(Stage::TrainingEpoch, "general").ok(1.0, &[(Number::NumSamples, 50.0)]),
    ]);
    let config = Config::from_toml_str(
        "[ai_ml.metrics.thresholds.models.own]
         model_load_seconds = { medium = 30, high = 30 }
         inference_latency_seconds = { medium = 3, high = 3 }
         training_samples_per_second = { medium = 10, high = 10 }",
    );
    let report = Report::new(&snapshot, &config.unwrap()).to_legacy_json();
    let report: Value = serde_json::from_str(&report).unwrap();
    let named = report["recommendations"].as_array().unwrap().iter();
    let named: Vec<_> = named.map(|entry| entry["model_id"].as_str().unwrap()).collect();
    assert_eq!(named, ["general"; 3]);
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
        Series::new(Stage::TrainingEpoch, "m").ok(1.0, &[(Number::NumSamples, 50.0)]),
        Series::new(Stage::WorkerUtilization, "w").sample(Number::Utilization, 0.0, 0.4),
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
    let details = list[5]["details"].as_str().unwrap();
    assert!(
        details.starts_with("1 worker is busy for less than 50 % of the time."),
        "{details}"
    );
    let analysis = &report["analysis"];
    assert_eq!(analysis["training_efficiency"]["m"]["efficiency_rating"], "low");
    assert_eq!(analysis["performance_bottlenecks"][3]["avg_overhead"], 6.0);
    assert_eq!(analysis["data_pipeline_analysis"]["loading_times"]["d"], 31.0);
}
