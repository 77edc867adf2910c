//! The legacy JSON, against what its original computes.

use std::time::Duration;

use aimlm::{Config, Metrics, Outcome};
use serde_json::{Value, json};

use crate::clock::{close, interpolated, ms, work};
use crate::figures::page;

/// A member of this name, however deep.
fn find<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    match value {
        Value::Object(members) => members
            .get(name)
            .or_else(|| members.values().find_map(|value| find(value, name))),
        Value::Array(list) => list.iter().find_map(|value| find(value, name)),
        _ => None,
    }
}

#[test]
fn inference() {
    let metrics = Metrics::default_instance();
    let durations: Vec<u64> = (1..=150).map(|n| n * 7919 % 1009 + 1).collect();
    for &n in &durations {
        metrics.track_inference("m").batch_size(n % 9 + 1).record(ms(n));
    }
    let legacy = page(&metrics).legacy();
    let model = &legacy["inference"]["models"]["m"];
    let seconds: Vec<f64> = durations.iter().map(|&n| n as f64 / 1e3).collect();
    let stats = &model["latency_stats"];
    assert_eq!(stats["count"], 150);
    close(
        "mean",
        stats["mean"].as_f64(),
        seconds.iter().sum::<f64>() / 150.0,
    );
    close(
        "min",
        stats["min"].as_f64(),
        seconds.iter().copied().fold(f64::MAX, f64::min),
    );
    close(
        "max",
        stats["max"].as_f64(),
        seconds.iter().copied().fold(0.0, f64::max),
    );
    close(
        "median",
        stats["median"].as_f64(),
        interpolated(seconds.clone(), 50.0),
    );
    close("p95", stats["p95"].as_f64(), interpolated(seconds.clone(), 95.0));
    let rates: Vec<f64> = durations
        .iter()
        .map(|&n| (n % 9 + 1) as f64 / (n as f64 / 1e3))
        .collect();
    close(
        "rate",
        model["throughput_stats"]["mean"].as_f64(),
        rates.iter().sum::<f64>() / 150.0,
    );
    close(
        "rate",
        model["throughput_stats"]["max"].as_f64(),
        rates.iter().copied().fold(0.0, f64::max),
    );
    let batches: Vec<u64> = durations.iter().map(|n| n % 9 + 1).collect();
    assert_eq!(model["batch_sizes"], json!(batches));
    let raw = find(model, "raw_latencies")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    let raw: Vec<f64> = raw.iter().filter_map(Value::as_f64).collect();
    assert_eq!(raw, seconds, "raw_latencies");
}

/// A call without a batch size answers one request.
#[test]
fn one_item_a_call() {
    let metrics = Metrics::default_instance();
    metrics.record_inference("m", ms(100));
    metrics.record_inference("m", ms(200));
    metrics.track_inference("m").batch_size(4).record(ms(400));
    let legacy = page(&metrics).legacy();
    let stats = &legacy["inference"]["models"]["m"]["throughput_stats"];
    assert_eq!(stats["count"], 3);
    close("mean", stats["mean"].as_f64(), 25.0 / 3.0);
    close("max", stats["max"].as_f64(), 10.0);
}

/// What is said of the model and the data set is said of the last load, by its end.
#[test]
fn of_the_last_load() {
    let metrics = Metrics::default_instance();
    let load = |framework, format, size| {
        metrics
            .track_model_load("m")
            .framework(framework)
            .format(format)
            .size_bytes(size)
            .record(ms(5));
        metrics
            .track_dataset_load("d")
            .format(format)
            .size_bytes(size)
            .record(ms(5));
        work(ms(2));
    };
    load("zebra", "z", 900);
    load("middle", "m", 100);
    load("antelope", "a", 500);
    let legacy = page(&metrics).legacy();
    let model = &legacy["models"]["models"]["m"];
    assert_eq!(model["framework"], "antelope");
    assert_eq!(model["size_bytes"], 500);
    let dataset = &legacy["datasets"]["datasets"]["d"];
    assert_eq!(dataset["format"], "a");
    assert_eq!(dataset["size_bytes"], 500);
}

/// A load that began before another and ended after it is the last.
#[test]
fn last_by_end() {
    let metrics = Metrics::default_instance();
    let long = metrics
        .track_model_load("m")
        .framework("long")
        .size_bytes(1)
        .start();
    metrics
        .track_model_load("m")
        .framework("short")
        .size_bytes(2)
        .run(|_| work(ms(2)));
    long.finish(Outcome::Ok);
    let legacy = page(&metrics).legacy();
    assert_eq!(legacy["models"]["models"]["m"]["framework"], "long");
    assert_eq!(legacy["models"]["models"]["m"]["size_bytes"], 1);
}

/// Statistics that are kept exactly are those of all calls, and a bottleneck follows from its mean.
#[test]
fn over_all_calls() {
    let metrics = Metrics::new(Config::builder().history_size(50).build().unwrap()).unwrap();
    for n in 0..200 {
        metrics.record_inference("m", ms(if n < 140 { 900 } else { 1 }));
        work(Duration::from_micros(15));
    }
    let legacy = page(&metrics).legacy();
    let stats = &legacy["inference"]["models"]["m"]["latency_stats"];
    let mean = (140.0 * 0.9 + 60.0 * 0.001) / 200.0;
    close("mean", stats["mean"].as_f64(), mean);
    assert_eq!(stats["count"], 200);
    close("min", stats["min"].as_f64(), 0.001);
    close("max", stats["max"].as_f64(), 0.9);
    let bottlenecks = legacy["analysis"]["performance_bottlenecks"].as_array().unwrap();
    assert_eq!(bottlenecks.len(), 1);
    close("bottleneck", bottlenecks[0]["avg_latency"].as_f64(), mean);
}

#[test]
fn loads_and_preprocessing() {
    let metrics = Metrics::default_instance();
    for n in 1..=5_u64 {
        metrics.record_model_load("m", ms(100 * n));
        metrics.record_model_initialization("m", ms(10 * n));
        metrics.record_dataset_load("d", ms(30 * n));
        metrics.record_dataset_preprocessing("d", ms(n));
        metrics
            .track_training_epoch("m")
            .epoch(n)
            .num_samples(100 * n)
            .record(ms(1000));
    }
    let legacy = page(&metrics).legacy();
    let at = |path: &[&str]| path.iter().fold(&legacy, |value, name| &value[name]).as_f64();
    for (path, value) in [
        (vec!["models", "models", "m", "load_time_stats", "count"], 5.0),
        (vec!["models", "models", "m", "load_time_stats", "mean"], 0.3),
        (vec!["models", "models", "m", "load_time_stats", "median"], 0.3),
        (vec!["models", "models", "m", "load_time_stats", "min"], 0.1),
        (vec!["models", "models", "m", "load_time_stats", "max"], 0.5),
        (
            vec!["models", "models", "m", "initialization_time_stats", "mean"],
            0.03,
        ),
        (vec!["datasets", "datasets", "d", "load_time_stats", "mean"], 0.09),
        (
            vec!["datasets", "datasets", "d", "preprocessing_time_stats", "count"],
            5.0,
        ),
        (
            vec!["datasets", "datasets", "d", "preprocessing_time_stats", "mean"],
            0.003,
        ),
        (
            vec!["datasets", "datasets", "d", "preprocessing_time_stats", "total"],
            0.015,
        ),
        (vec!["training", "models", "m", "num_epochs"], 5.0),
        (vec!["training", "models", "m", "epoch_time_stats", "mean"], 1.0),
        (
            vec!["training", "models", "m", "samples_per_second_stats", "mean"],
            300.0,
        ),
        (
            vec!["training", "models", "m", "samples_per_second_stats", "min"],
            100.0,
        ),
        (
            vec!["training", "models", "m", "samples_per_second_stats", "max"],
            500.0,
        ),
        (
            vec!["analysis", "data_pipeline_analysis", "loading_times", "d"],
            0.09,
        ),
        (
            vec![
                "analysis",
                "data_pipeline_analysis",
                "preprocessing_overhead",
                "d",
            ],
            0.003,
        ),
    ] {
        close(&path.join("."), at(&path), value);
    }
}

/// Each stage has a place.
#[test]
fn every_stage_has_a_place() {
    let metrics = Metrics::default_instance();
    metrics
        .track_training_step("by-steps")
        .batch_size(4)
        .record(ms(10));
    metrics
        .track_validation("validated")
        .num_samples(4)
        .record(ms(10));
    metrics.record_data_loading("loaded-kind", 1000, ms(10));
    metrics.record_checkpoint_save("saved", 1000, ms(10));
    metrics.record_checkpoint_load("restored", 1000, ms(10));
    metrics.record_sync_operation("synchronised", 1000, ms(10));
    let legacy = page(&metrics).legacy().to_string();
    for name in [
        "by-steps",
        "validated",
        "loaded-kind",
        "saved",
        "restored",
        "synchronised",
    ] {
        assert!(
            legacy.contains(&format!("\"{name}\"")),
            "{name} is nowhere in the legacy form"
        );
    }
}

/// Failed calls are in none of its statistics.
#[test]
fn without_failed_calls() {
    let metrics = Metrics::default_instance();
    for (n, outcome) in [
        (10, Outcome::Ok),
        (5000, Outcome::Error),
        (9000, Outcome::Cancelled),
        (20, Outcome::Ok),
    ] {
        metrics
            .track_inference("m")
            .batch_size(n)
            .record_as(outcome, ms(n));
        metrics
            .track_model_load("m")
            .size_bytes(n)
            .record_as(outcome, ms(n));
        metrics
            .track_training_epoch("m")
            .num_samples(n)
            .record_as(outcome, ms(n));
    }
    let legacy = page(&metrics).legacy();
    let model = &legacy["inference"]["models"]["m"];
    assert_eq!(model["latency_stats"]["count"], 2);
    close("mean", model["latency_stats"]["mean"].as_f64(), 0.015);
    assert_eq!(model["batch_sizes"], json!([10, 20]));
    assert_eq!(legacy["models"]["models"]["m"]["size_bytes"], 20);
    assert_eq!(legacy["training"]["models"]["m"]["num_epochs"], 2);
    close(
        "rate",
        legacy["training"]["models"]["m"]["samples_per_second_stats"]["mean"].as_f64(),
        1000.0,
    );
}
