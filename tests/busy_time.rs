//! When the calls of one thread were in flight, on a clock that stands still until told otherwise: exact. One test, so
//! that one thread makes all calls.

mod support;

use std::time::Duration;

use aimlm::{Metrics, Number, Stage, track_inference, track_operation};
use quanta::Mock;
use support::one;

#[track_inference(model = "spaced", tokens_out = 100)]
fn answer(clock: &Mock) {
    clock.increment(Duration::from_millis(50));
}

#[track_operation]
fn short(clock: &Mock) {
    clock.increment(Duration::from_micros(464));
}

#[track_operation]
fn once(clock: &Mock) {
    clock.increment(Duration::from_nanos(70));
}

#[track_operation]
fn nested(clock: &Mock, depth: u32) {
    clock.increment(Duration::from_micros(3));
    if depth > 0 {
        nested(clock, depth - 1);
        nested(clock, depth - 1);
    }
    clock.increment(Duration::from_micros(1));
}

#[test]
fn calls_of_one_thread_are_busy_as_long_as_they_ran() {
    let clock = aimlm::__private::mock_clock();
    let metrics = Metrics::global();

    // Ten calls of 50 ms, one each half second.
    for _ in 0..10 {
        answer(&clock);
        clock.increment(Duration::from_millis(450));
    }
    let calls = metrics.snapshot().inference()["spaced"].calls.clone();
    assert_eq!(calls.busy_seconds, Some(0.5));
    assert_eq!(calls.span_seconds, Some(4.55));
    assert_eq!(calls.calls_per_second, Some(20.0));
    assert_eq!(calls.per_second(Number::TokensOut), Some(2_000.0));

    // Short ones spread over an hour, in and out of bursts, with a report now and then.
    for nth in 0..20_000_u64 {
        short(&clock);
        clock.increment(Duration::from_micros(if nth % 100 == 0 {
            18_000_000
        } else {
            20
        }));
        if nth % 3_000 == 0 {
            let _ = metrics.snapshot();
        }
    }
    let series = one(Stage::Operation, "short");
    assert_eq!(series.busy.nanoseconds(), 20_000 * 464_000);

    // One call alone has no rate by the clock.
    once(&clock);
    let operations = metrics.snapshot().operations();
    assert_eq!(operations["once"].calls.busy_seconds, Some(70e-9));
    assert_eq!(operations["once"].calls.calls_per_second, None);

    // Recursive: the outermost calls are what there is.
    for _ in 0..40 {
        nested(&clock, 9);
        clock.increment(Duration::from_micros(100));
    }
    let each = (1..1_u64 << 10).map(|_| 4_000).sum::<u64>();
    assert_eq!(one(Stage::Operation, "nested").busy.nanoseconds(), 40 * each);

    // Of a rate, only the calls that say how much, and succeed, are its time.
    for nth in 0..100_u64 {
        let mut call = metrics.track_inference("half").start();
        clock.increment(Duration::from_millis(10));
        if nth % 2 == 0 {
            call.tokens_out(30);
        }
        if nth % 4 == 0 {
            call.fail();
        } else {
            call.ok();
        }
    }
    let calls = metrics.snapshot().inference()["half"].calls.clone();
    assert_eq!(calls.busy_seconds, Some(1.0));
    assert_eq!(calls.calls_per_second, Some(100.0));
    assert_eq!(calls.rates[&Number::TokensOut].busy_seconds, Some(0.25));

    // What the label sets of a subject share begins anew with each window.
    for _ in 0..2 {
        metrics.reset();
        for nth in 0..10_000 {
            let call = metrics
                .track_inference("in turn")
                .device(["cuda:0", "cuda:1"][nth % 2]);
            let call = call.start();
            clock.increment(Duration::from_micros(30));
            call.ok();
            clock.increment(Duration::from_micros(10));
        }
        let calls = metrics.snapshot().inference_of("in turn").unwrap().calls;
        let busy = calls.busy_seconds.unwrap();
        assert!((busy / 0.3 - 1.0).abs() < 0.01, "{busy}");
    }

    // Latencies over three decades, a second apart: what is held stays within the budget.
    let config = aimlm::Config::builder().history_size(0).build().unwrap();
    let own = Metrics::new(config).unwrap();
    for series in 0..64 {
        let name = format!("spread {series}");
        for nth in 0..2_000_u64 {
            let started = own.track_operation(&name).start();
            clock.increment(1_000 + nth * 389 % 1_000 * 999);
            started.ok();
            clock.increment(1_000_000_000 + nth * 7_919 % 3_000_000);
        }
    }
    let engine = own.snapshot().engine;
    let each = engine.series_bytes / engine.series;
    assert!(each <= 16 << 10, "{each} bytes");
}
