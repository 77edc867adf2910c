//! Calls by hand: what ends one without a word of success was none.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use aimlm::{Metrics, Outcome};

use crate::figures::page;

fn question_mark(metrics: &Metrics, text: &str) -> Result<u32, std::num::ParseIntError> {
    let call = metrics.track_inference("inline").batch_size(3).start();
    let parsed = text.parse()?;
    call.finish(Outcome::Ok);
    Ok(parsed)
}

fn early_return(metrics: &Metrics, fails: bool) -> Result<u32, &'static str> {
    let call = metrics.track_training_step("inline").start();
    if fails {
        return Err("no batch");
    }
    call.finish(Outcome::Ok);
    Ok(1)
}

async fn awaiting(metrics: &Metrics) {
    let call = metrics.track_operation("awaiting").start();
    std::future::pending::<()>().await;
    call.finish(Outcome::Ok);
}

#[test]
fn an_error_by_question_mark() {
    let metrics = Metrics::default_instance();
    let results = ["1", "x", "3", ""].map(|text| question_mark(&metrics, text).is_ok());
    assert_eq!(results, [true, false, true, false]);
    let page = page(&metrics);
    assert_eq!(page.inference("inline").counts(), [4, 0, 2, 2, 0, 0]);
    assert_eq!(page.inference("inline").items().total(), Some(6));
    assert_eq!(page.inference("inline").latency("count"), Some(2.0));
}

#[test]
fn an_early_return() {
    let metrics = Metrics::default_instance();
    let results = [true, false, true].map(|fails| early_return(&metrics, fails).is_ok());
    assert_eq!(results, [false, true, false]);
    assert_eq!(
        page(&metrics).training("inline", "steps").counts(),
        [3, 0, 1, 2, 0, 0]
    );
}

#[test]
fn a_future_that_is_dropped() {
    let metrics = Metrics::default_instance();
    {
        let mut call = pin!(awaiting(&metrics));
        assert_eq!(
            call.as_mut().poll(&mut Context::from_waker(Waker::noop())),
            Poll::Pending
        );
        assert_eq!(page(&metrics).operation("awaiting").counts(), [1, 1, 0, 0, 0, 0]);
    }
    let counts = page(&metrics).operation("awaiting").counts();
    assert_eq!(
        (counts[0], counts[1], counts[2]),
        (1, 0, 0),
        "it did not succeed: {counts:?}"
    );
    assert_eq!(page(&metrics).operation("awaiting").latency("max"), None);
}

#[test]
fn a_panic() {
    let metrics = Metrics::default_instance();
    for _ in 0..3 {
        let call = std::panic::AssertUnwindSafe(|| {
            let _call = metrics.track_operation("panics").start();
            panic!("on purpose");
        });
        assert!(std::panic::catch_unwind(call).is_err());
    }
    assert_eq!(page(&metrics).operation("panics").counts(), [3, 0, 0, 0, 3, 0]);
}

/// `run` knows a `Result` when it sees one.
#[test]
fn results_of_closures() {
    let metrics = Metrics::default_instance();
    for n in 0..10_u32 {
        let result: Result<u32, &str> = metrics
            .track_inference("closure")
            .batch_size(2)
            .run(|_| if n % 5 == 0 { Err("no") } else { Ok(n) });
        assert_eq!(result.is_ok(), n % 5 != 0);
        let plain: Option<u32> = metrics
            .track_operation("plain")
            .run(|_| (n % 2 == 0).then_some(n));
        assert_eq!(plain.is_some(), n % 2 == 0);
    }
    let page = page(&metrics);
    assert_eq!(page.inference("closure").counts(), [10, 0, 8, 2, 0, 0]);
    assert_eq!(page.inference("closure").items().total(), Some(16));
    assert_eq!(page.operation("plain").counts(), [10, 0, 10, 0, 0, 0]);
}

/// Numbers that a call says while it runs, in any order; of one said twice the later.
#[test]
fn numbers_on_the_way() {
    let metrics = Metrics::default_instance();
    let mut call = metrics.track_inference("m").batch_size(1).start();
    call.tokens_out(5).tokens_in(7);
    call.tokens_out(9);
    call.finish(Outcome::Ok);
    let mut step = metrics.track_training_step("m").epoch(1).step(4).start();
    step.loss(0.5)
        .learning_rate(0.1)
        .gradient_norm(2.0)
        .accuracy(0.25);
    step.finish(Outcome::Ok);
    let page = page(&metrics);
    let calls = page.inference("m");
    assert_eq!(calls.number("tokens_out", "total"), Some(9.0));
    assert_eq!(calls.number("tokens_in", "total"), Some(7.0));
    assert_eq!(calls.number("batch_size", "max"), Some(1.0));
    for (curve, y) in [
        ("step_loss", 0.5),
        ("step_learning_rate", 0.1),
        ("step_gradient_norm", 2.0),
        ("step_accuracy", 0.25),
    ] {
        assert_eq!(page.points("m", curve), [(4.0, y)], "{curve}");
    }
}

/// A cut-off call must not be the slowest success.
#[test]
fn calls_cut_off_are_no_latency() {
    let metrics = Metrics::default_instance();
    for n in 0..4 {
        let call = metrics.track_operation("mixed").start();
        crate::clock::sleep_ms(if n == 3 { 60 } else { 5 });
        if n < 3 {
            call.finish(Outcome::Ok);
        } else {
            drop(call);
        }
    }
    let page = page(&metrics);
    let calls = page.operation("mixed");
    assert_eq!(calls.counts(), [4, 0, 3, 1, 0, 0]);
    assert_eq!(calls.latency("count"), Some(3.0));
    assert!(calls.failed_latency("min").unwrap() >= 0.06);
}
