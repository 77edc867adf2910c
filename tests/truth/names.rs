//! Names that look alike, are empty or many: each keeps its own figures.

use aimlm::{Metrics, Outcome};

use crate::clock::ms;
use crate::figures::page;
use crate::process::alone;

#[test]
fn long_names_that_differ_at_their_end() {
    let metrics = Metrics::default_instance();
    let names = ["a", "b", "c"].map(|end| format!("{}{end}", "x".repeat(3000)));
    for (at, name) in names.iter().enumerate() {
        for _ in 0..=at {
            metrics.record_operation(name, ms(10));
        }
    }
    let page = page(&metrics);
    assert_eq!(page.series(), 3);
    let operations = page.json["operations"].as_object().unwrap();
    let mut started: Vec<u64> = operations
        .values()
        .map(|calls| calls["calls"]["counts"]["started"].as_u64().unwrap())
        .collect();
    started.sort_unstable();
    assert_eq!(started, [1, 2, 3]);
}

/// A label without text is none.
#[test]
fn empty_labels() {
    let metrics = Metrics::default_instance();
    metrics
        .track_inference("m")
        .device("")
        .batch_size(1)
        .record(ms(10));
    metrics.track_inference("m").batch_size(2).record(ms(10));
    metrics.track_distributed_task("t").phase("").record(ms(10));
    metrics.track_distributed_task("t").record(ms(20));
    metrics
        .track_dataset_preprocessing("d")
        .operation("unspecified")
        .record(ms(1));
    metrics.record_dataset_preprocessing("d", ms(2));
    let page = page(&metrics);
    assert_eq!(page.inference("m").counts()[0], 2);
    assert_eq!(page.inference("m").items().total(), Some(3));
    assert_eq!(page.task("t").counts()[0], 2);
    assert_eq!(
        page.at(&["distributed", "tasks", "t", "phases"]),
        &serde_json::json!({})
    );
    assert_eq!(
        page.preprocessing("d", "unspecified").latency("total"),
        Some(0.003)
    );
    assert_eq!(page.head_count("calls"), 6);
}

/// One name as model, operation, data set and task.
#[test]
fn one_name_for_everything() {
    let metrics = Metrics::default_instance();
    metrics.record_inference("x", ms(1));
    metrics.record_operation("x", ms(2));
    metrics.record_dataset_load("x", ms(3));
    metrics.record_distributed_task("x", ms(4));
    metrics.record_model_load("x", ms(5));
    let page = page(&metrics);
    let totals = [
        page.inference("x"),
        page.operation("x"),
        page.dataset_load("x"),
        page.task("x"),
        page.model("x", "load"),
    ]
    .map(|calls| calls.latency("total").unwrap());
    assert_eq!(totals, [0.001, 0.002, 0.003, 0.004, 0.005]);
}

/// However many kinds of errors there are, they add up to the errors.
#[test]
fn many_kinds_of_errors() {
    if !alone("names::many_kinds_of_errors") {
        return;
    }
    let metrics = Metrics::default_instance();
    for n in 0..600_u32 {
        let call = metrics.track_operation("op").start();
        call.fail_with(&format!("kind-{}", n % 400));
        metrics.track_operation("op").record_as(Outcome::Ok, ms(1));
    }
    let page = page(&metrics);
    let calls = page.operation("op");
    assert_eq!(calls.counts(), [1200, 0, 600, 600, 0, 0]);
    let kinds = calls.error_kinds();
    assert_eq!(kinds.iter().map(|(_, n)| n).sum::<u64>(), 600);
    let of_kind = |name: &str| kinds.iter().find(|(kind, _)| kind == name).map(|(_, n)| *n);
    assert_eq!(of_kind("kind-7"), Some(2));
    assert_eq!(of_kind("kind-203"), Some(1));
    let table = page.table("Errors by kind");
    let column = table.column("Errors").unwrap();
    let sum: f64 = table
        .rows
        .iter()
        .map(|row| crate::tables::printed(&row[column]).unwrap().value)
        .sum();
    assert!((sum - 600.0).abs() < 0.5, "the table adds up to {sum}");
}
