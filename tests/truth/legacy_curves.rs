//! Curves of the legacy JSON: lists of one length, one entry for each epoch.

use aimlm::{Metrics, Outcome};
use serde_json::{Value, json};

use crate::clock::same;
use crate::figures::page;

fn training(metrics: &Metrics) -> Value {
    page(metrics).legacy()["training"]["models"]["net"].clone()
}

/// From one loss nothing follows about its way.
#[test]
fn one_loss() {
    let metrics = Metrics::default_instance();
    metrics.record_training_stats("net", 0).loss(0.5).record();
    let progress = &training(&metrics)["loss_progress"];
    assert_eq!(
        (&progress["initial"], &progress["final"]),
        (&json!(0.5), &json!(0.5))
    );
    assert_eq!(progress["convergence_rate"], Value::Null);
}

#[test]
fn convergence() {
    let metrics = Metrics::default_instance();
    for (epoch, loss) in [(0, 2.0), (1, 1.0), (2, 0.75), (3, 0.5)] {
        metrics.record_training_stats("net", epoch).loss(loss).record();
    }
    let progress = &training(&metrics)["loss_progress"];
    same("convergence", progress["convergence_rate"].as_f64(), 1.5 / 4.0);
    assert_eq!(progress["loss_curve"], json!([2.0, 1.0, 0.75, 0.5]));
}

/// A rate or norm that an epoch did not have is null in its place.
#[test]
fn gaps() {
    let metrics = Metrics::default_instance();
    for epoch in 0..5_u64 {
        let mut stats = metrics.record_training_stats("net", epoch).loss(epoch as f64);
        if epoch % 2 == 0 {
            stats = stats.learning_rate(0.1);
        }
        if epoch != 1 {
            stats = stats.gradient_norm(epoch as f64 * 2.0);
        }
        stats.record();
    }
    let training = training(&metrics);
    assert_eq!(
        training["loss_progress"]["loss_curve"],
        json!([0.0, 1.0, 2.0, 3.0, 4.0])
    );
    assert_eq!(training["learning_rates"], json!([0.1, null, 0.1, null, 0.1]));
    assert_eq!(training["gradient_norms"], json!([0.0, null, 4.0, 6.0, 8.0]));
}

/// Losses by epoch and rates by step: what is plotted against the epochs has their number.
#[test]
fn losses_by_epoch_and_rates_by_step() {
    let metrics = Metrics::default_instance();
    for epoch in 0..6_u64 {
        for step in 0..10 {
            let mut call = metrics
                .track_training_step("net")
                .epoch(epoch)
                .step(epoch * 10 + step)
                .start();
            call.learning_rate(0.1 / (epoch + 1) as f64)
                .gradient_norm(step as f64);
            call.finish(Outcome::Ok);
        }
        let mut call = metrics.track_training_epoch("net").epoch(epoch).start();
        call.loss(1.0 / (epoch + 1) as f64);
        call.finish(Outcome::Ok);
    }
    let training = training(&metrics);
    let length = |value: &Value| value.as_array().map(Vec::len);
    let losses = length(&training["loss_progress"]["loss_curve"]);
    assert_eq!(losses, Some(6));
    for name in ["learning_rates", "gradient_norms"] {
        // As many as there are losses, or none where none were given by epoch.
        let n = length(&training[name]);
        assert!(n == losses || n == Some(0), "{name}: {n:?}, losses {losses:?}");
    }
}

/// The loss of one epoch by its guard and by statistics is one.
#[test]
fn both_ways() {
    let metrics = Metrics::default_instance();
    for epoch in 0..3_u64 {
        let loss = 3.0 - epoch as f64;
        let mut call = metrics.track_training_epoch("net").epoch(epoch).start();
        call.loss(loss);
        call.finish(Outcome::Ok);
        metrics
            .record_training_stats("net", epoch)
            .loss(loss)
            .accuracy(0.5)
            .record();
    }
    let training = training(&metrics);
    assert_eq!(training["loss_progress"]["loss_curve"], json!([3.0, 2.0, 1.0]));
    assert_eq!(
        training["loss_progress"]["accuracy_curve"],
        json!([0.5, 0.5, 0.5])
    );
    same(
        "convergence",
        training["loss_progress"]["convergence_rate"].as_f64(),
        2.0 / 3.0,
    );
}

#[test]
fn whole() {
    let metrics = Metrics::default_instance();
    for epoch in 0..5000_u64 {
        metrics
            .record_training_stats("net", epoch)
            .loss(epoch as f64)
            .learning_rate(0.5)
            .record();
    }
    let training = training(&metrics);
    let curve = training["loss_progress"]["loss_curve"].as_array().unwrap();
    assert_eq!(curve.len(), 5000);
    assert!(
        curve
            .iter()
            .enumerate()
            .all(|(at, loss)| loss.as_f64() == Some(at as f64))
    );
    assert_eq!(training["learning_rates"].as_array().unwrap().len(), 5000);
}

/// Epochs in no order, and one again.
#[test]
fn in_order() {
    let metrics = Metrics::default_instance();
    for (epoch, loss) in [(2, 0.3), (0, 0.9), (1, 0.5), (2, 0.2)] {
        metrics.record_training_stats("net", epoch).loss(loss).record();
    }
    let progress = &training(&metrics)["loss_progress"];
    assert_eq!(progress["loss_curve"], json!([0.9, 0.5, 0.2]));
    assert_eq!(
        (&progress["initial"], &progress["final"]),
        (&json!(0.9), &json!(0.2))
    );
}

/// A loss that is not finite is null in its place.
#[test]
fn not_finite() {
    let metrics = Metrics::default_instance();
    for (epoch, loss) in [(0, 2.0), (1, f64::NAN), (2, f64::INFINITY), (3, 1.0)] {
        metrics.record_training_stats("net", epoch).loss(loss).record();
    }
    let progress = &training(&metrics)["loss_progress"];
    assert_eq!(progress["loss_curve"], json!([2.0, null, null, 1.0]));
    assert_eq!(
        (&progress["initial"], &progress["final"]),
        (&json!(2.0), &json!(1.0))
    );
    same("convergence", progress["convergence_rate"].as_f64(), 0.25);
}
