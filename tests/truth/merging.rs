//! Snapshots put together: windows of one process, ranks side by side, in every order, through JSON and back.

use std::time::Duration;

use aimlm::{Config, Metrics, Outcome, Snapshot, Stage};

use crate::clock::{Watch, ms, same, sleep_ms};
use crate::figures::{Page, page, page_of};
use crate::hand::succeed;

fn shown(snapshot: &Snapshot) -> Page {
    page_of(snapshot, &Config::default())
}

fn together<'a>(parts: impl IntoIterator<Item = &'a Snapshot>) -> Snapshot {
    let mut parts = parts.into_iter();
    let mut whole = parts.next().unwrap().clone();
    parts.for_each(|part| whole.merge(part));
    whole
}

/// A call in flight over windows is in flight in each, and one call in all of them together.
#[test]
fn a_call_over_windows() {
    let metrics = Metrics::default_instance();
    let long = metrics.track_operation("op").start();
    let mut windows = Vec::new();
    for _ in 0..3 {
        metrics.record_operation("op", ms(1));
        windows.push(metrics.snapshot_and_reset());
        assert_eq!(
            shown(windows.last().unwrap()).operation("op").counts(),
            [2, 1, 1, 0, 0, 0]
        );
    }
    let so_far = shown(&together(&windows));
    assert_eq!(so_far.operation("op").counts(), [4, 1, 3, 0, 0, 0]);
    succeed(long);
    windows.push(metrics.snapshot_and_reset());
    assert_eq!(shown(&windows[3]).operation("op").counts(), [1, 0, 1, 0, 0, 0]);
    for order in [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1]] {
        let whole = shown(&together(order.map(|at| &windows[at])));
        assert_eq!(whole.operation("op").counts(), [4, 0, 4, 0, 0, 0], "{order:?}");
        assert_eq!(whole.head_count("calls"), 4);
        assert_eq!(whole.head_count("in flight"), 0);
    }
}

/// Calls in flight in two processes are two.
#[test]
fn in_flight_in_two_processes() {
    let instances = [Metrics::default_instance(), Metrics::default_instance()];
    let calls: Vec<_> = instances
        .iter()
        .map(|metrics| metrics.track_operation("op").start())
        .collect();
    let parts = instances.each_ref().map(Metrics::snapshot);
    assert_eq!(
        shown(&together(&parts)).operation("op").counts(),
        [2, 2, 0, 0, 0, 0]
    );
    drop(calls);
}

/// Windows of one process add up to it: busy time, recorded time, sums, curves, percentiles.
#[test]
fn windows_are_the_whole() {
    let (metrics, watch) = (Metrics::default_instance(), Watch::new());
    let mut windows = Vec::new();
    for n in 0..4_u64 {
        for m in 0..3 {
            watch.call(|open| {
                metrics
                    .track_operation("op")
                    .items(5 + n)
                    .run(|_| open.body(|| sleep_ms(6 + m)));
            });
            sleep_ms(12);
        }
        windows.push(metrics.snapshot_and_reset());
    }
    let began = windows[0].taken_at_ns - windows[0].window_ns as i64;
    let recorded = (windows[3].taken_at_ns - began) as f64 / 1e9;
    for order in [[0, 1, 2, 3], [3, 2, 1, 0], [1, 3, 0, 2]] {
        let page = shown(&together(order.map(|at| &windows[at])));
        let calls = page.operation("op");
        assert_eq!(calls.counts(), [12, 0, 12, 0, 0, 0]);
        watch.busy().hold("busy", calls.busy());
        watch.span().hold("span", calls.span());
        watch
            .busy()
            .rate(78.0)
            .hold("items/s", calls.items().per_second());
        watch.percentile(50.0).hold("median", calls.latency("median"));
        watch.percentile(90.0).hold("p90", calls.percentile(90.0));
        watch.total().hold("total", calls.latency("total"));
        // As far as seconds since 1970 go.
        assert!((page.window_seconds() - recorded).abs() < 1e-6);
    }
}

/// A window that begins in the middle of a call: what it was busy before is not of this window, or the window is longer.
#[test]
fn resets_within_calls() {
    let (metrics, watch) = (Metrics::default_instance(), Watch::new());
    let mut windows = Vec::new();
    for _ in 0..3 {
        let mut open = watch.open();
        let call = metrics.track_operation("op").items(10).start();
        open.body(|| {
            sleep_ms(15);
            windows.push(metrics.snapshot_and_reset());
            sleep_ms(15);
        });
        succeed(call);
        watch.close(&open);
        sleep_ms(30);
    }
    windows.push(metrics.snapshot());
    for window in &windows {
        let page = shown(window);
        let busy = page.operation("op").busy().unwrap_or(0.0);
        assert!(
            page.window_seconds() >= busy * 0.99,
            "recorded {} busy {busy}",
            page.window_seconds()
        );
    }
    let whole = shown(&together(&windows));
    let calls = whole.operation("op");
    assert_eq!(calls.counts(), [3, 0, 3, 0, 0, 0]);
    assert_eq!(calls.items().total(), Some(30));
    watch.busy().hold("busy", calls.busy());
    watch.total().hold("total", calls.latency("total"));
}

fn rank(n: u64) -> Snapshot {
    let metrics = Metrics::default_instance();
    for epoch in (0..6).filter(|epoch| epoch % 3 == n % 3) {
        metrics
            .record_training_stats("net", epoch)
            .loss(1.0 / (epoch + 1) as f64)
            .record();
    }
    for m in 1..=20_u64 {
        let ns = Duration::from_nanos(m * 1_000_003 + n * 7);
        let outcome = [Outcome::Ok, Outcome::Error][usize::from(m % (n + 4) == 0)];
        let device = format!("cuda:{}", m % (n + 1));
        let call = metrics
            .track_inference("m")
            .device(&device)
            .batch_size(m)
            .tokens_out(n + m);
        call.record_as(outcome, ns);
        metrics
            .track_communication("all_reduce")
            .size_bytes(m << n)
            .num_workers(n + 1)
            .record(ns);
    }
    metrics.record_worker_utilization(&format!("rank-{}", n % 2), 0.25 * (n + 1) as f64);
    metrics.snapshot()
}

/// Ranks in each of six orders, and pairs first: every figure is the same.
#[test]
fn in_every_order() {
    let ranks: Vec<Snapshot> = (0..3).map(rank).collect();
    let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
    let figures = |snapshot: &Snapshot| {
        let page = shown(snapshot);
        let calls = page.inference("m");
        let exchange = page.communication("all_reduce");
        let mut figures = vec![
            calls.latency("total"),
            calls.latency("min"),
            calls.latency("max"),
            calls.latency("median"),
            calls.percentile(99.0),
            calls.failed_latency("total"),
            calls.busy(),
            calls.span(),
            calls.items().per_second(),
            calls.number("tokens_out", "mean"),
            calls.number("batch_size", "last"),
            exchange.bytes_per_second(),
            exchange.number("num_workers", "max"),
            page.worker("rank-0", "last"),
            page.worker("rank-0", "mean"),
            page.curve("net", "loss", "last").as_f64(),
        ];
        figures.extend(calls.counts().map(|n| Some(n as f64)));
        figures.extend(
            page.points("net", "loss")
                .into_iter()
                .flat_map(|(x, y)| [Some(x), Some(y)]),
        );
        figures
    };
    let expected = figures(&together(&ranks));
    for order in orders {
        let [a, b, c] = order.map(|at| &ranks[at]);
        let mut pair = b.clone();
        pair.merge(c);
        for whole in [together([a, b, c]), together([a, &pair]), together([&pair, a])] {
            for (at, (seen, expected)) in figures(&whole).iter().zip(&expected).enumerate() {
                let near = match (seen, expected) {
                    (Some(seen), Some(expected)) => (seen - expected).abs() <= 1e-6 * expected.abs(),
                    (seen, expected) => seen == expected,
                };
                assert!(near, "figure {at} in order {order:?}: {seen:?} {expected:?}");
            }
        }
    }
}

/// The sums of a merge are the sums of its parts.
#[test]
fn sums_of_ranks() {
    let ranks: Vec<Snapshot> = (0..3).map(rank).collect();
    let page = shown(&together(&ranks));
    let (mut ok, mut error, mut items, mut tokens, mut ns) = (0, 0, 0, 0, 0_u64);
    for n in 0..3_u64 {
        for m in 1..=20 {
            if m % (n + 4) == 0 {
                error += 1;
            } else {
                ok += 1;
                items += m;
                tokens += n + m;
                ns += m * 1_000_003 + n * 7;
            }
        }
    }
    let calls = page.inference("m");
    assert_eq!(calls.counts(), [60, 0, ok, error, 0, 0]);
    assert_eq!(calls.items().total(), Some(items));
    assert_eq!(calls.number("tokens_out", "total"), Some(tokens as f64));
    same("total", calls.latency("total"), ns as f64 / 1e9);
    assert_eq!(page.points("net", "loss").len(), 6);
    assert_eq!(page.series(), 1 + 1 + 3 + 2, "stats, exchange, devices, workers");
}

/// What is written and read back is what it was.
#[test]
fn through_json() {
    let snapshot = together([&rank(0), &rank(1)]);
    let text = serde_json::to_string(&snapshot).unwrap();
    let back: Snapshot = serde_json::from_str(&text).unwrap();
    assert_eq!(back, snapshot);
    assert_eq!(shown(&back).json, shown(&snapshot).json);
    assert_eq!(shown(&back).markdown, shown(&snapshot).markdown);
}

/// Of one epoch that two windows have the later window's loss counts, whichever is merged into which.
#[test]
fn resumed_in_another_process() {
    let first = Metrics::default_instance();
    for (epoch, loss) in [(0, 0.9), (1, 0.8), (2, 7.0)] {
        first.record_training_stats("net", epoch).loss(loss).record();
    }
    let first = first.snapshot();
    sleep_ms(5);
    let second = Metrics::default_instance();
    for (epoch, loss) in [(2, 0.7), (3, 0.6)] {
        second.record_training_stats("net", epoch).loss(loss).record();
    }
    let second = second.snapshot();
    for whole in [together([&first, &second]), together([&second, &first])] {
        let page = shown(&whole);
        assert_eq!(
            page.points("net", "loss"),
            [(0.0, 0.9), (1.0, 0.8), (2.0, 0.7), (3.0, 0.6)]
        );
        assert_eq!(page.curve("net", "loss", "last").as_f64(), Some(0.6));
    }
}

/// Two ranks at the same time recorded for as long as one of them.
#[test]
fn recorded_side_by_side() {
    let begin = std::time::Instant::now();
    let instances = [Metrics::default_instance(), Metrics::default_instance()];
    let made = std::time::Instant::now();
    instances
        .iter()
        .for_each(|metrics| metrics.record_operation("op", ms(1)));
    sleep_ms(80);
    let low = made.elapsed().as_secs_f64();
    let parts = instances.each_ref().map(Metrics::snapshot);
    let page = shown(&together(&parts));
    crate::clock::Bounds {
        low,
        high: begin.elapsed().as_secs_f64() + 0.005,
    }
    .hold("recorded", page.window_seconds());
}

/// With nothing, nothing changes.
#[test]
fn with_nothing() {
    let nothing = Metrics::default_instance().snapshot();
    let (mut left, mut right) = (rank(1), nothing.clone());
    let before = shown(&left);
    left.merge(&nothing);
    right.merge(&rank(1));
    for merged in [left, right] {
        let page = shown(&merged);
        assert_eq!(page.inference("m").counts(), before.inference("m").counts());
        assert_eq!(page.series(), before.series());
        assert!(
            merged
                .stage(Stage::Inference)
                .all(|series| series.history.complete)
        );
    }
    // Threads that record while windows are taken: every call is in exactly one.
    let metrics = Metrics::default_instance();
    let windows = std::thread::scope(|scope| {
        let recorders: Vec<_> = (0..2)
            .map(|_| {
                scope.spawn(|| (0..5000).for_each(|_| metrics.track_operation("op").items(3).run(|_| ())))
            })
            .collect();
        let mut windows = Vec::new();
        while recorders.iter().any(|recorder| !recorder.is_finished()) {
            windows.push(metrics.snapshot_and_reset());
        }
        windows
    });
    let last = page(&metrics);
    let page = shown(&together(windows.iter().chain([&last.snapshot])));
    assert_eq!(page.operation("op").counts(), [10_000, 0, 10_000, 0, 0, 0]);
    assert_eq!(page.operation("op").items().total(), Some(30_000));
}
