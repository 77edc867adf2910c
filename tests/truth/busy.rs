//! Busy time, span, and calls a second: time with at least one call in flight.

use std::time::Duration;

use aimlm::{Metrics, track_inference, track_operation};

use crate::clock::{Watch, ms, sleep_ms, work};
use crate::figures::{Page, page};
use crate::hand::{fail, succeed};

/// Checks what is said about the time of the calls of an operation.
#[track_caller]
fn check(page: &Page, name: &str, watch: &Watch) {
    let calls = page.operation(name);
    let n = watch.calls().len() as f64;
    watch.busy().hold("busy", calls.busy());
    watch.busy().rate(n).hold("calls/s", calls.calls_per_second());
    watch.span().hold("span", calls.span());
    watch
        .span()
        .rate(n)
        .hold("calls/s over the span", calls.calls_per_second_of_span());
    assert!(
        page.window_seconds() >= calls.busy().unwrap() * 0.999,
        "recorded {} s and busy {:?}",
        page.window_seconds(),
        calls.busy()
    );
}

#[test]
fn calls_after_pauses() {
    let (metrics, watch) = (Metrics::default_instance(), Watch::new());
    for _ in 0..10 {
        watch.call(|open| {
            metrics
                .track_operation("spaced")
                .run(|_| open.body(|| sleep_ms(20)));
        });
        sleep_ms(80);
    }
    check(&page(&metrics), "spaced", &watch);
}

#[test]
fn short_calls_far_apart() {
    let (metrics, watch) = (Metrics::default_instance(), Watch::new());
    for _ in 0..62 {
        watch.call(|open| {
            let call = metrics.track_operation("detokenise").items(1);
            call.run(|_| open.body(|| work(Duration::from_micros(50))));
        });
        sleep_ms(5);
    }
    let page = page(&metrics);
    check(&page, "detokenise", &watch);
    let items = page.operation("detokenise").items();
    watch.busy().rate(62.0).hold("items/s", items.per_second());
    watch
        .span()
        .rate(62.0)
        .hold("items/s over the span", items.per_second_of_span());
}

#[test]
fn tight_calls() {
    let (metrics, watch) = (Metrics::default_instance(), Watch::new());
    for _ in 0..100 {
        watch.call(|open| {
            metrics
                .track_operation("tight")
                .run(|_| open.body(|| work(ms(1))));
        });
    }
    check(&page(&metrics), "tight", &watch);
}

/// At a spacing of 10 µs, one call for each gap as long as itself: half of the time.
#[test]
fn calls_at_ten_microseconds() {
    let (metrics, watch) = (Metrics::default_instance(), Watch::new());
    for _ in 0..1000 {
        watch.call(|open| {
            metrics
                .track_operation("dense")
                .run(|_| open.body(|| work(Duration::from_micros(20))));
        });
        work(Duration::from_micros(20));
    }
    check(&page(&metrics), "dense", &watch);
}

#[test]
fn bursts() {
    let (metrics, watch) = (Metrics::default_instance(), Watch::new());
    for _ in 0..8 {
        for _ in 0..10 {
            watch.call(|open| {
                metrics
                    .track_operation("burst")
                    .run(|_| open.body(|| work(ms(1))));
            });
        }
        sleep_ms(40);
    }
    check(&page(&metrics), "burst", &watch);
}

#[test]
fn threads_side_by_side() {
    let (metrics, watch) = (Metrics::default_instance(), Watch::new());
    std::thread::scope(|scope| {
        for thread in 0..4_u64 {
            let (metrics, watch) = (&metrics, &watch);
            scope.spawn(move || {
                sleep_ms(thread * 7);
                for n in 0..8 {
                    watch.call(|open| {
                        let call = metrics.track_operation("threads");
                        call.run(|_| open.body(|| sleep_ms(3 + (thread * 5 + n * 3) % 11)));
                    });
                    sleep_ms(15 + thread * 9);
                }
            });
        }
    });
    check(&page(&metrics), "threads", &watch);
}

/// Threads one after the other, in short bursts that share the same millisecond here and there.
#[test]
fn threads_in_turn() {
    let (metrics, watch) = (Metrics::default_instance(), Watch::new());
    for _ in 0..6 {
        std::thread::scope(|scope| {
            for _ in 0..3 {
                let (metrics, watch) = (&metrics, &watch);
                scope.spawn(move || {
                    for _ in 0..5 {
                        watch.call(|open| {
                            metrics
                                .track_operation("turns")
                                .run(|_| open.body(|| work(ms(1))));
                        });
                    }
                });
            }
        });
        sleep_ms(25);
    }
    check(&page(&metrics), "turns", &watch);
}

fn nest(metrics: &Metrics, watch: &Watch, depth: u32) {
    watch.call(|open| {
        metrics.track_operation("nested").run(|_| {
            open.body(|| {
                sleep_ms(4);
                if depth > 0 {
                    nest(metrics, watch, depth - 1);
                }
                sleep_ms(4);
            });
        });
    });
}

#[test]
fn nested_calls() {
    let (metrics, watch) = (Metrics::default_instance(), Watch::new());
    for _ in 0..3 {
        nest(&metrics, &watch, 4);
        sleep_ms(60);
    }
    check(&page(&metrics), "nested", &watch);
}

/// Guards of one series that end in another order than they began.
#[test]
fn interleaved_calls() {
    let (metrics, watch) = (Metrics::default_instance(), Watch::new());
    for round in 0..4 {
        let mut open: Vec<_> = (0..3)
            .map(|_| {
                let mut open = watch.open();
                let call = metrics.track_operation("interleaved").start();
                open.begun();
                sleep_ms(5);
                (open, call)
            })
            .collect();
        while !open.is_empty() {
            let (mut seen, call) = open.remove(round % open.len());
            sleep_ms(3);
            seen.ending();
            succeed(call);
            watch.close(&seen);
        }
        sleep_ms(50);
    }
    check(&page(&metrics), "interleaved", &watch);
}

/// Calls that fail are in flight like any other.
#[test]
fn failing_calls_are_busy_too() {
    let (metrics, watch) = (Metrics::default_instance(), Watch::new());
    for n in 0..8 {
        let mut open = watch.open();
        let call = metrics.track_operation("failing").start();
        open.body(|| sleep_ms(10));
        if n % 2 == 0 {
            fail(call);
        } else {
            succeed(call);
        }
        watch.close(&open);
        sleep_ms(40);
    }
    let page = page(&metrics);
    check(&page, "failing", &watch);
    assert_eq!(page.operation("failing").counts(), [8, 0, 4, 4, 0, 0]);
}

#[track_operation(name = "annotated", items = n, metrics = metrics)]
fn annotated(metrics: &Metrics, n: u64, body: impl FnOnce()) {
    body();
}

#[track_inference(model = model, tokens_out = |tokens| *tokens, metrics = metrics)]
fn answer(metrics: &Metrics, model: &str, body: impl FnOnce() -> u64) -> u64 {
    body()
}

#[test]
fn annotated_functions() {
    let (metrics, watch) = (Metrics::default_instance(), Watch::new());
    for n in 1..=8 {
        watch.call(|open| annotated(&metrics, n, || open.body(|| sleep_ms(8))));
        sleep_ms(40);
    }
    let page = page(&metrics);
    check(&page, "annotated", &watch);
    let items = page.operation("annotated").items();
    assert_eq!(items.total(), Some(36));
    watch.busy().rate(36.0).hold("items/s", items.per_second());
    watch
        .span()
        .rate(36.0)
        .hold("items/s over the span", items.per_second_of_span());
}

/// Ten tokens each half second, in a tenth of the time: what the model does, not what it waits for.
#[test]
fn tokens_of_spaced_answers() {
    let (metrics, watch) = (Metrics::default_instance(), Watch::new());
    for _ in 0..8 {
        watch.call(|open| {
            answer(&metrics, "llm", || {
                open.body(|| sleep_ms(15));
                10
            })
        });
        sleep_ms(60);
    }
    let page = page(&metrics);
    let calls = page.inference("llm");
    watch.busy().hold("busy", calls.busy());
    assert_eq!(calls.number("tokens_out", "total"), Some(80.0));
    let table = page.table("Throughput");
    let cell = table
        .cell(&["llm"], &["Tokens out/s"])
        .and_then(crate::tables::printed);
    watch
        .busy()
        .rate(80.0)
        .hold("tokens out/s", cell.map(|cell| cell.value));
}

/// From one call nothing follows about how many there are in a second.
#[test]
fn one_call_has_no_rate() {
    let metrics = Metrics::default_instance();
    metrics
        .track_operation("once")
        .items(5)
        .run(|_| work(Duration::from_micros(1)));
    let page = page(&metrics);
    let calls = page.operation("once");
    assert_eq!(calls.calls_per_second(), None);
    assert_eq!(calls.items().total(), Some(5));
    assert_eq!(calls.items().per_second(), None);
}

/// A call that has not ended is in flight; whether its time counts yet is left open, but no more than that.
#[test]
fn calls_beside_one_that_hangs() {
    let (metrics, ended, all) = (Metrics::default_instance(), Watch::new(), Watch::new());
    let mut hanging = all.open();
    let guard = metrics.track_operation("hangs").start();
    hanging.begun();
    for _ in 0..5 {
        ended.call(|open| {
            metrics
                .track_operation("hangs")
                .run(|_| open.body(|| sleep_ms(10)));
        });
        sleep_ms(30);
    }
    let shown = page(&metrics);
    let calls = shown.operation("hangs");
    hanging.ending();
    all.close(&hanging);
    assert_eq!(calls.counts(), [6, 1, 5, 0, 0, 0]);
    let bounds = crate::clock::Bounds {
        low: ended.busy().low,
        high: all.busy().high,
    };
    bounds.hold("busy", calls.busy());
    succeed(guard);
    assert_eq!(page(&metrics).operation("hangs").counts(), [6, 0, 6, 0, 0, 0]);
}

/// A recorded call was in flight for as long as it is said to have taken.
#[test]
fn recorded_calls() {
    let (metrics, watch) = (Metrics::default_instance(), Watch::new());
    for n in [30, 5, 12, 7] {
        sleep_ms(20);
        watch.recorded(ms(n), || metrics.record_operation("recorded", ms(n)));
    }
    check(&page(&metrics), "recorded", &watch);
}

/// The busy time of hours is not longer than what the report says to have recorded.
#[test]
fn a_recorded_day() {
    let (metrics, watch) = (Metrics::default_instance(), Watch::new());
    let day = Duration::from_secs(86_400);
    watch.recorded(day, || metrics.record_operation("day", day));
    watch.recorded(ms(5), || metrics.record_operation("day", ms(5)));
    check(&page(&metrics), "day", &watch);
}
