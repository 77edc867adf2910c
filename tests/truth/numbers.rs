//! Numbers that calls carry: counts, sums, extremes, the last.

use aimlm::{Metrics, Outcome, track_training_step, track_validation};

use crate::clock::{ms, same};
use crate::figures::{Calls, page};

/// Checks a number of some calls against the list of them, in order.
#[track_caller]
fn check(calls: Calls<'_>, field: &str, expected: &[f64]) {
    let sum: f64 = expected.iter().sum();
    assert_eq!(
        calls.number(field, "count"),
        Some(expected.len() as f64),
        "{field}"
    );
    same(field, calls.number(field, "total"), sum);
    same(field, calls.number(field, "mean"), sum / expected.len() as f64);
    assert_eq!(
        calls.number(field, "min"),
        expected.iter().copied().reduce(f64::min),
        "{field}"
    );
    assert_eq!(
        calls.number(field, "max"),
        expected.iter().copied().reduce(f64::max),
        "{field}"
    );
    assert_eq!(calls.number(field, "last"), expected.last().copied(), "{field}");
}

#[test]
fn of_every_stage() {
    let metrics = Metrics::default_instance();
    let values = [7_u64, 1, 0, 30, 12];
    for n in values {
        metrics
            .track_inference("m")
            .batch_size(n)
            .tokens_in(n + 1)
            .tokens_out(n + 2)
            .record(ms(1));
        metrics.track_model_load("m").size_bytes(n).record(ms(1));
        metrics
            .track_training_epoch("m")
            .epoch(n)
            .num_samples(n + 1)
            .record(ms(1));
        let step = metrics
            .track_training_step("m")
            .epoch(n)
            .step(n + 1)
            .batch_size(n + 2);
        step.num_samples(n + 3).tokens_in(n + 4).record(ms(1));
        metrics
            .track_validation("m")
            .epoch(n)
            .num_samples(n + 1)
            .record(ms(1));
        metrics
            .track_dataset_load("d")
            .size_bytes(n)
            .num_samples(n + 1)
            .record(ms(1));
        metrics
            .track_dataset_preprocessing("d")
            .size_bytes(n)
            .num_samples(n + 1)
            .record(ms(1));
        metrics
            .track_checkpoint_save("m")
            .size_bytes(n)
            .epoch(n + 1)
            .step(n + 2)
            .record(ms(1));
        metrics
            .track_checkpoint_load("m")
            .size_bytes(n)
            .epoch(n + 1)
            .step(n + 2)
            .record(ms(1));
        metrics.track_distributed_task("t").num_workers(n).record(ms(1));
        metrics
            .track_communication("c")
            .size_bytes(n)
            .num_workers(n + 1)
            .record(ms(1));
        metrics
            .track_operation("o")
            .items(n)
            .size_bytes(n + 1)
            .record(ms(1));
        metrics.record_data_loading("k", n, ms(1));
        metrics.record_sync_operation("s", n, ms(1));
    }
    let page = page(&metrics);
    let plus = |add: u64| values.map(|n| (n + add) as f64);
    for (calls, fields) in [
        (
            page.inference("m"),
            &["batch_size", "tokens_in", "tokens_out"][..],
        ),
        (page.model("m", "load"), &["size_bytes"]),
        (page.training("m", "epochs"), &["epoch", "num_samples"]),
        (
            page.training("m", "steps"),
            &["epoch", "step", "batch_size", "num_samples", "tokens_in"],
        ),
        (page.training("m", "validation"), &["epoch", "num_samples"]),
        (page.dataset_load("d"), &["size_bytes", "num_samples"]),
        (
            page.preprocessing("d", "unspecified"),
            &["size_bytes", "num_samples"],
        ),
        (
            page.model("m", "checkpoint_save"),
            &["size_bytes", "epoch", "step"],
        ),
        (
            page.model("m", "checkpoint_load"),
            &["size_bytes", "epoch", "step"],
        ),
        (page.task("t"), &["num_workers"]),
        (page.communication("c"), &["size_bytes", "num_workers"]),
        (page.operation("o"), &["items", "size_bytes"]),
        (page.data_loading("k"), &["size_bytes"]),
        (page.synchronization("s"), &["size_bytes"]),
    ] {
        for (add, field) in fields.iter().enumerate() {
            check(calls, field, &plus(add as u64));
        }
    }
}

#[track_training_step(
    model = "annotated",
    step = step,
    batch_size = rows.len(),
    loss = |loss| *loss,
    metrics = metrics
)]
fn step(metrics: &Metrics, step: u64, rows: &[u8], loss: Result<f64, ()>) -> Result<f64, ()> {
    loss
}

#[track_validation(model = "annotated", epoch = epoch, num_samples = 50, accuracy = |a| *a, metrics = metrics)]
fn validate(metrics: &Metrics, epoch: u64, accuracy: f64) -> f64 {
    accuracy
}

#[test]
fn of_attributes() {
    let metrics = Metrics::default_instance();
    for n in 0..6_u64 {
        let loss = if n == 3 { Err(()) } else { Ok(1.0 / (n + 1) as f64) };
        assert_eq!(step(&metrics, n, &vec![0; n as usize], loss), loss);
        let accuracy = n as f64 / 10.0;
        assert_eq!(validate(&metrics, n, accuracy).to_bits(), accuracy.to_bits());
    }
    let page = page(&metrics);
    check(
        page.training("annotated", "steps"),
        "batch_size",
        &[0.0, 1.0, 2.0, 4.0, 5.0],
    );
    assert_eq!(page.training("annotated", "steps").counts(), [6, 0, 5, 1, 0, 0]);
    let losses: Vec<_> = [0_u8, 1, 2, 4, 5]
        .map(|n| (f64::from(n), 1.0 / f64::from(n + 1)))
        .to_vec();
    assert_eq!(page.points("annotated", "step_loss"), losses);
    let accuracies: Vec<_> = (0..6_u8).map(|n| (f64::from(n), f64::from(n) / 10.0)).collect();
    assert_eq!(page.points("annotated", "validation_accuracy"), accuracies);
    assert_eq!(
        page.training("annotated", "validation").items().total(),
        Some(300)
    );
}

/// Sums beyond 2^53 are exact where they are whole numbers.
#[test]
fn large_sums_are_exact() {
    let metrics = Metrics::default_instance();
    let mut total = 0;
    for n in 0..9_u64 {
        let value = (1 << 53) + 2 * n + 1;
        total += value;
        metrics
            .track_operation("op")
            .items(value)
            .size_bytes(value)
            .record(ms(1));
        metrics.track_inference("m").tokens_out(value).record(ms(1));
    }
    let page = page(&metrics);
    assert_eq!(page.operation("op").items().total(), Some(total));
    for (calls, field) in [
        (page.operation("op"), "size_bytes"),
        (page.operation("op"), "items"),
        (page.inference("m"), "tokens_out"),
    ] {
        assert_eq!(calls.amount(field), Some(total), "{field}");
    }
}

/// The last number is that of the call that ended last, whether or not the history still has it.
#[test]
fn the_last_beyond_the_history() {
    let metrics = Metrics::new(aimlm::Config::builder().history_size(3).build().unwrap()).unwrap();
    metrics.track_model_load("m").size_bytes(900).record(ms(1));
    metrics.track_model_load("m").size_bytes(100).record(ms(1));
    for _ in 0..50 {
        metrics.record_model_load("m", ms(1));
    }
    let page = page(&metrics);
    let last = page.model("m", "load").number("size_bytes", "last");
    assert!(last.is_none() || last == Some(100.0), "{last:?}");
    let shown = page.snapshot.model("m").unwrap().size_bytes();
    // The largest known stands in for a last that is not known.
    assert!(shown == Some(900.0) || shown == Some(100.0), "{shown:?}");
}

/// A number said by no call is not there, one said by failed calls alone only among theirs.
#[test]
fn nothing_is_made_up() {
    let metrics = Metrics::default_instance();
    metrics.record_inference("m", ms(10));
    metrics
        .track_inference("m")
        .tokens_out(9)
        .record_as(Outcome::Error, ms(10));
    let page = page(&metrics);
    let calls = page.inference("m");
    for field in ["batch_size", "tokens_in", "tokens_out", "items"] {
        assert_eq!(calls.number(field, "count"), None, "{field}");
    }
    assert_eq!(calls.failed_number("tokens_out", "total"), Some(9.0));
    assert_eq!(calls.items().total(), None);
    assert_eq!(
        page.at(&["inference", "m", "calls", "throughput"]),
        &serde_json::Value::Null
    );
    assert_eq!(page.points("m", "loss"), []);
}
