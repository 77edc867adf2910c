//! Items, bytes and tokens: of which calls, over which time.

use aimlm::{Metrics, Outcome};

use crate::clock::{Bounds, Watch, close, ms, sleep_ms};
use crate::figures::page;
use crate::tables::printed;

/// A step that says both counts its samples, and not its rows too.
#[test]
fn samples_come_before_rows() {
    let (metrics, watch) = (Metrics::default_instance(), Watch::new());
    for _ in 0..3 {
        watch.call(|open| {
            let step = metrics.track_training_step("both").batch_size(8).num_samples(32);
            step.run(|_| open.body(|| sleep_ms(20)));
        });
    }
    let page = page(&metrics);
    let items = page.training("both", "steps").items();
    assert_eq!((items.total(), items.field()), (Some(96), Some("num_samples")));
    watch.busy().rate(96.0).hold("samples/s", items.per_second());
    let each: Vec<f64> = watch.lengths().1.iter().map(|length| 32.0 / length).collect();
    assert!(items.each("max").unwrap() >= 0.99 * each.iter().copied().fold(0.0, f64::max));
    let table = page.table("Steps");
    assert_eq!(table.cell(&["both"], &["Samples"]), Some("96"));
}

#[test]
fn samples_alone_are_items_too() {
    let (metrics, watch) = (Metrics::default_instance(), Watch::new());
    for n in [10, 30, 20] {
        watch.call(|open| {
            metrics
                .track_training_step("samples")
                .num_samples(n)
                .run(|_| open.body(|| sleep_ms(20)));
        });
    }
    let page = page(&metrics);
    let items = page.training("samples", "steps").items();
    assert_eq!(items.total(), Some(60));
    watch.busy().rate(60.0).hold("samples/s", items.per_second());
    assert_eq!(page.rating("samples"), Some("medium"));
    watch
        .busy()
        .rate(60.0)
        .hold("efficiency", page.efficiency("samples"));
}

/// Of some calls the one, of others the other: each counts by what it said, once.
#[test]
fn rows_here_and_samples_there() {
    let metrics = Metrics::default_instance();
    metrics.track_training_step("mixed").batch_size(8).record(ms(10));
    metrics
        .track_training_step("mixed")
        .batch_size(8)
        .num_samples(32)
        .record(ms(10));
    metrics
        .track_training_step("mixed")
        .num_samples(100)
        .record(ms(10));
    metrics.track_training_step("mixed").record(ms(10));
    let page = page(&metrics);
    let items = page.training("mixed", "steps").items();
    assert_eq!(items.total(), Some(140));
    assert_eq!(items.each("count"), Some(3.0));
    close("slowest", items.each("min"), 800.0);
    close("fastest", items.each("max"), 10_000.0);
    close("mean", items.each("mean"), (800.0 + 3200.0 + 10_000.0) / 3.0);
}

/// Half of the calls say how many: the rate is over their time, not over that of the others.
#[test]
fn rates_are_over_the_calls_that_said() {
    let (metrics, said, silent) = (Metrics::default_instance(), Watch::new(), Watch::new());
    for n in 0..8 {
        let watch = if n % 2 == 0 { &said } else { &silent };
        watch.call(|open| {
            let call = metrics.track_inference("half");
            let call = if n % 2 == 0 {
                call.batch_size(16).tokens_out(40)
            } else {
                call
            };
            call.run(|_| open.body(|| sleep_ms(if n % 2 == 0 { 10 } else { 40 })));
        });
    }
    let page = page(&metrics);
    let calls = page.inference("half");
    assert_eq!(calls.items().total(), Some(64));
    said.busy().rate(64.0).hold("items/s", calls.items().per_second());
    let cell = page
        .table("Throughput")
        .cell(&["half"], &["Tokens out/s"])
        .and_then(printed);
    said.busy()
        .rate(160.0)
        .hold("tokens out/s", cell.map(|cell| cell.value));
    Bounds {
        low: said.busy().low + silent.busy().low,
        high: said.busy().high + silent.busy().high,
    }
    .hold("busy", calls.busy());
}

/// The bytes of a save that failed were not saved.
#[test]
fn bytes_of_failed_calls() {
    let (metrics, ok) = (Metrics::default_instance(), Watch::new());
    for n in 0..6_u64 {
        let failing = n % 3 == 2;
        let call = || {
            let call =
                metrics
                    .track_checkpoint_save("m")
                    .size_bytes(if failing { 5_u64 << 30 } else { 1 << 20 });
            call.start()
        };
        if failing {
            let guard = call();
            sleep_ms(5);
            guard.finish(Outcome::Error);
        } else {
            let mut open = ok.open();
            let guard = call();
            open.body(|| sleep_ms(15));
            guard.finish(Outcome::Ok);
            ok.close(&open);
        }
    }
    let page = page(&metrics);
    let calls = page.model("m", "checkpoint_save");
    let bytes = f64::from(4 << 20);
    assert_eq!(calls.number("size_bytes", "total"), Some(bytes));
    assert_eq!(calls.number("size_bytes", "max"), Some(f64::from(1 << 20)));
    assert_eq!(calls.failed_number("size_bytes", "count"), Some(2.0));
    assert_eq!(
        calls.failed_number("size_bytes", "max"),
        Some(5.0 * 1_073_741_824.0)
    );
    ok.busy().rate(bytes).hold("bytes/s", calls.bytes_per_second());
}

/// A failed save with a size beside good ones without: there is nothing to divide.
#[test]
fn no_rate_from_failed_calls_alone() {
    let metrics = Metrics::default_instance();
    metrics.track_checkpoint_save("n").record(ms(1000));
    metrics.track_checkpoint_save("n").record(ms(10));
    metrics
        .track_checkpoint_save("n")
        .size_bytes(5_u64 << 30)
        .record_as(Outcome::Error, ms(20));
    let page = page(&metrics);
    let calls = page.model("n", "checkpoint_save");
    assert_eq!(calls.bytes_per_second(), None);
    assert_eq!(calls.number("size_bytes", "count"), None);
}

#[test]
fn the_size_of_what_was_loaded() {
    let metrics = Metrics::default_instance();
    metrics
        .track_dataset_load("d")
        .size_bytes(1000)
        .num_samples(10)
        .record(ms(10));
    metrics
        .track_dataset_load("d")
        .size_bytes(9000)
        .num_samples(90)
        .record_as(Outcome::Error, ms(5));
    metrics.track_model_load("m").size_bytes(2000).record(ms(10));
    metrics
        .track_model_load("m")
        .size_bytes(7000)
        .record_as(Outcome::Panicked, ms(5));
    let page = page(&metrics);
    assert_eq!(page.snapshot.dataset("d").unwrap().size_bytes(), Some(1000.0));
    assert_eq!(page.snapshot.model("m").unwrap().size_bytes(), Some(2000.0));
    assert_eq!(page.table("Loading").cell(&["m"], &["Size"]), Some("1.95 KiB"));
    assert_eq!(page.table("Data sets").cell(&["d"], &["Size"]), Some("1,000 B"));
    assert_eq!(page.dataset_load("d").items().total(), Some(10));
}

/// Tokens, batches, items, samples of calls that did not succeed are in no sum.
#[test]
fn numbers_of_failed_calls_stand_apart() {
    let metrics = Metrics::default_instance();
    let outcomes = [
        Outcome::Ok,
        Outcome::Error,
        Outcome::Panicked,
        Outcome::Cancelled,
        Outcome::Ok,
    ];
    for (at, outcome) in outcomes.into_iter().enumerate() {
        let n = 10_u64.pow(at as u32);
        let call = metrics
            .track_inference("llm")
            .batch_size(n)
            .tokens_in(2 * n)
            .tokens_out(3 * n);
        call.record_as(outcome, ms(10));
        metrics
            .track_operation("op")
            .items(n)
            .size_bytes(n)
            .record_as(outcome, ms(10));
        metrics
            .track_training_epoch("net")
            .num_samples(n)
            .record_as(outcome, ms(10));
        metrics
            .track_validation("net")
            .num_samples(n)
            .record_as(outcome, ms(10));
        metrics
            .track_dataset_preprocessing("set")
            .num_samples(n)
            .record_as(outcome, ms(10));
        metrics
            .track_distributed_task("task")
            .num_workers(n)
            .record_as(outcome, ms(10));
    }
    let page = page(&metrics);
    for (calls, field, factor) in [
        (page.inference("llm"), "batch_size", 1.0),
        (page.inference("llm"), "tokens_in", 2.0),
        (page.inference("llm"), "tokens_out", 3.0),
        (page.operation("op"), "items", 1.0),
        (page.operation("op"), "size_bytes", 1.0),
        (page.training("net", "epochs"), "num_samples", 1.0),
        (page.training("net", "validation"), "num_samples", 1.0),
        (page.preprocessing("set", "unspecified"), "num_samples", 1.0),
        (page.task("task"), "num_workers", 1.0),
    ] {
        assert_eq!(calls.counts(), [5, 0, 2, 1, 1, 1], "{field}");
        assert_eq!(calls.number(field, "count"), Some(2.0), "{field}");
        assert_eq!(calls.number(field, "total"), Some(10_001.0 * factor), "{field}");
        assert_eq!(calls.number(field, "min"), Some(factor), "{field}");
        assert_eq!(calls.number(field, "max"), Some(10_000.0 * factor), "{field}");
        assert_eq!(calls.failed_number(field, "count"), Some(3.0), "{field}");
        assert_eq!(
            calls.failed_number(field, "total"),
            Some(1110.0 * factor),
            "{field}"
        );
    }
    assert_eq!(page.inference("llm").items().total(), Some(10_001));
}

/// Four ranks, eight loaders, four trainers side by side: what they move and do by the clock.
#[test]
fn side_by_side() {
    let (metrics, watch) = (Metrics::default_instance(), Watch::new());
    std::thread::scope(|scope| {
        for rank in 0..4_u64 {
            let (metrics, watch) = (&metrics, &watch);
            scope.spawn(move || {
                for _ in 0..4 {
                    watch.call(|open| {
                        let rank = format!("rank-{rank}");
                        let exchange = metrics
                            .track_communication("all_reduce")
                            .size_bytes(32 << 20)
                            .worker(&rank)
                            .start();
                        let epoch = metrics.track_training_epoch("net").num_samples(50).start();
                        let op = metrics
                            .track_operation("load")
                            .items(3)
                            .size_bytes(32 << 20)
                            .start();
                        open.body(|| sleep_ms(25));
                        op.finish(Outcome::Ok);
                        epoch.finish(Outcome::Ok);
                        exchange.finish(Outcome::Ok);
                    });
                }
            });
        }
    });
    let page = page(&metrics);
    let bytes = 16.0 * f64::from(32 << 20);
    for calls in [page.communication("all_reduce"), page.operation("load")] {
        watch.busy().hold("busy", calls.busy());
        watch.busy().rate(bytes).hold("bytes/s", calls.bytes_per_second());
        watch.busy().rate(16.0).hold("calls/s", calls.calls_per_second());
    }
    watch
        .busy()
        .rate(48.0)
        .hold("items/s", page.operation("load").items().per_second());
    let epochs = page.training("net", "epochs");
    watch
        .busy()
        .rate(800.0)
        .hold("samples/s", epochs.items().per_second());
    watch
        .busy()
        .rate(800.0)
        .hold("efficiency", page.efficiency("net"));
    let (inner, outer) = watch.lengths();
    let mean = |lengths: &[f64]| lengths.iter().map(|length| 50.0 / length).sum::<f64>() / 16.0;
    let each = Bounds {
        low: mean(&outer),
        high: mean(&inner),
    };
    each.hold("each", epochs.items().each("mean"));
}

/// "Calls/s" beside "Calls" counts the same calls.
#[test]
fn calls_per_second_count_every_call_that_ended() {
    let (metrics, watch) = (Metrics::default_instance(), Watch::new());
    for n in 0..10 {
        let mut open = watch.open();
        let call = metrics.track_inference("calls").start();
        open.body(|| sleep_ms(8));
        call.finish(if n < 3 { Outcome::Ok } else { Outcome::Error });
        watch.close(&open);
    }
    let page = page(&metrics);
    watch
        .busy()
        .rate(10.0)
        .hold("calls/s", page.inference("calls").calls_per_second());
}

/// Calls that take no time have no rate of their own, and calls with nothing to do have one of 0.
#[test]
fn nothing_and_no_time() {
    let metrics = Metrics::default_instance();
    metrics.track_operation("empty").items(0).record(ms(20));
    metrics.track_operation("empty").items(0).record(ms(20));
    metrics.track_operation("instant").items(5).record(ms(0));
    metrics.track_operation("instant").items(5).record(ms(0));
    let page = page(&metrics);
    let empty = page.operation("empty").items();
    assert_eq!((empty.total(), empty.per_second()), (Some(0), Some(0.0)));
    assert_eq!(empty.each("max"), Some(0.0));
    let instant = page.operation("instant");
    assert_eq!(instant.items().total(), Some(10));
    assert_eq!(instant.items().per_second(), None);
    assert_eq!(instant.items().each("count"), Some(0.0));
    assert_eq!(instant.latency("mean"), Some(0.0));
    assert_eq!(instant.counts(), [2, 0, 2, 0, 0, 0]);
}

/// To say nothing and to say zero are two things, also in no time.
#[test]
fn zero_is_an_answer() {
    let metrics = Metrics::default_instance();
    metrics.track_operation("zero").items(0).record(ms(0));
    metrics.track_inference("zero").tokens_out(0).record(ms(0));
    metrics.record_operation("silent", ms(0));
    let page = page(&metrics);
    assert_eq!(page.operation("zero").items().total(), Some(0));
    assert_eq!(page.operation("zero").number("items", "count"), Some(1.0));
    assert_eq!(page.inference("zero").number("tokens_out", "total"), Some(0.0));
    assert_eq!(page.operation("silent").items().total(), None);
}
