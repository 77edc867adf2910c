//! What a call leaves is the same whether its thread reads the processor's counter or, as where that is of no use, a clock
//! behind a function: each number that was there, in its order, wherever a ring was full.

mod support;
#[path = "support/process.rs"]
mod process;

use std::panic::{catch_unwind, resume_unwind};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use aimlm::{Config, Metrics, Outcomes, SeriesSnapshot, Stage, track_inference, track_operation};
use process::in_own_process;
use support::{block_on, one, poll_and_drop, yield_now};

const CALLS: u64 = 3_000;

/// The numbers of a call; by the bits of which call it is, some are not there.
fn number(call: u64, nth: u64) -> Option<u64> {
    (call >> nth & 1 == 0).then_some(call * 10 + nth)
}

#[track_inference(model = "none")]
fn none() {}

#[track_inference(model = "one", batch_size = number(call, 0))]
fn with_one(call: u64) {}

#[track_inference(model = "of the result", tokens_out = |out| *out)]
fn of_the_result(call: u64) -> Option<u64> {
    number(call, 2)
}

#[track_inference(model = "two", batch_size = number(call, 0), tokens_in = number(call, 1))]
fn with_two(call: u64) {}

#[track_inference(model = "both", batch_size = number(call, 0), tokens_out = |out| *out)]
fn before_and_after(call: u64) -> Option<u64> {
    number(call, 2)
}

#[track_inference(model = "three", batch_size = number(call, 0), tokens_in = number(call, 1), tokens_out = |out| *out)]
fn with_three(call: u64) -> Option<u64> {
    number(call, 2)
}

#[track_operation]
fn fails(call: u64) -> Result<(), String> {
    match call % 4 {
        0 => Err("no".into()),
        1 => resume_unwind(Box::new(())),
        _ => Ok(()),
    }
}

#[track_operation]
async fn waits() {
    yield_now().await;
}

fn ok(calls: u64) -> Outcomes {
    Outcomes {
        ok: calls,
        ..Outcomes::default()
    }
}

/// Whether the calls of a series carried the numbers with these places, and no others.
fn check_numbers(model: &str, fields: &[(&str, u64)]) {
    let series = one(Stage::Inference, model);
    assert_eq!((series.started, series.outcomes), (CALLS, ok(CALLS)), "{model}");
    let calls = series.history.calls().map(|call| {
        let values = call.values();
        values
            .map(|(field, value)| (field.name(), value as u64))
            .collect::<Vec<_>>()
    });
    let said = |call| {
        let of_field = |&(name, nth)| Some((name, number(call, nth)?));
        fields.iter().filter_map(of_field).collect::<Vec<_>>()
    };
    assert!(calls.eq((0..CALLS).map(said)), "{model}");
    for &(field, nth) in fields {
        let totals = series
            .fields
            .iter()
            .find(|(own, _)| own.name() == field)
            .unwrap()
            .1;
        let values = || (0..CALLS).filter_map(|call| number(call, nth));
        assert_eq!(
            (totals.count, totals.sum as u64),
            (values().count() as u64, values().sum()),
            "{model}"
        );
    }
}

fn check_ends(series: &SeriesSnapshot, outcomes: Outcomes) {
    assert_eq!(
        (series.started, series.in_flight),
        (outcomes.ended(), 0),
        "{}",
        series.subject
    );
    assert_eq!(series.outcomes, outcomes, "{}", series.subject);
    assert_eq!(series.latency.count(), outcomes.ok, "{}", series.subject);
}

fn record_and_check() {
    let config = Config::builder().history_size(CALLS as usize);
    Metrics::init_global(config.build().unwrap()).unwrap();
    for call in 0..CALLS {
        none();
        with_one(call);
        of_the_result(call);
        with_two(call);
        before_and_after(call);
        with_three(call);
        let _ = catch_unwind(|| fails(call));
        block_on(waits());
        poll_and_drop(waits(), 1);
    }
    check_numbers("none", &[]);
    check_numbers("one", &[("batch_size", 0)]);
    check_numbers("of the result", &[("tokens_out", 2)]);
    check_numbers("two", &[("batch_size", 0), ("tokens_in", 1)]);
    check_numbers("both", &[("batch_size", 0), ("tokens_out", 2)]);
    check_numbers("three", &[("batch_size", 0), ("tokens_in", 1), ("tokens_out", 2)]);
    let mut failed = ok(CALLS / 2);
    (failed.error, failed.panicked) = (CALLS / 4, CALLS / 4);
    check_ends(&one(Stage::Operation, "fails"), failed);
    let mut cancelled = ok(CALLS);
    cancelled.cancelled = CALLS;
    check_ends(&one(Stage::Operation, "waits"), cancelled);
    on_other_threads();
}

/// Calls that begin on one thread and end on another, and what is said to have taken so long.
fn on_other_threads() {
    let metrics = Metrics::global();
    let (sender, receiver) = channel();
    thread::scope(|scope| {
        scope.spawn(move || receiver.into_iter().for_each(aimlm::Guard::ok));
        for _ in 0..CALLS {
            sender
                .send(metrics.track_operation("handed over").start())
                .unwrap();
            metrics.record_operation("said", Duration::from_nanos(7));
        }
        drop(sender);
    });
    check_ends(&one(Stage::Operation, "handed over"), ok(CALLS));
    let said = one(Stage::Operation, "said");
    check_ends(&said, ok(CALLS));
    assert_eq!((said.latency.min(), said.latency.max()), (Some(7), Some(7)));
}

#[test]
fn a_thread_that_reads_the_counter_leaves_what_was_said() {
    in_own_process(
        "a_thread_that_reads_the_counter_leaves_what_was_said",
        record_and_check,
    );
}

#[test]
fn a_thread_without_the_counter_leaves_the_same() {
    in_own_process("a_thread_without_the_counter_leaves_the_same", || {
        let clock = aimlm::__private::mock_clock();
        clock.increment(Duration::from_secs(1));
        record_and_check();
        let latency = one(Stage::Inference, "none").latency;
        assert_eq!(
            (latency.min(), latency.max()),
            (Some(0), Some(0)),
            "it stands still"
        );
    });
}
