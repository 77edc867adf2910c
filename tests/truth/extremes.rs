//! Numbers at the ends of their range: sums stop at the largest, in whatever order they are added.

use std::time::Duration;

use aimlm::{Metrics, Outcome, Stage};

use crate::clock::ms;
use crate::figures::{page, page_of};

/// 2^64 as a float: what a sum that has stopped is closest to.
const FULL: f64 = u64::MAX as f64;

/// A mean lies between the extremes; of a sum that stopped it may be unknown.
#[track_caller]
fn between(min: Option<f64>, mean: Option<f64>, max: Option<f64>) {
    let (low, high) = (min.unwrap() * (1.0 - 1e-12), max.unwrap() * (1.0 + 1e-12));
    assert!(
        mean.is_none_or(|mean| mean >= low && mean <= high),
        "{min:?} {mean:?} {max:?}"
    );
}

#[test]
fn four_times_the_largest() {
    let metrics = Metrics::default_instance();
    for _ in 0..4 {
        metrics.track_operation("op").items(u64::MAX).record(ms(10));
    }
    let page = page(&metrics);
    let calls = page.operation("op");
    let number = |member| calls.number("items", member);
    between(number("min"), number("mean"), number("max"));
    assert_eq!(number("max"), Some(FULL));
    assert_eq!(calls.items().total(), Some(u64::MAX));
}

/// The same calls in one fold, and with a report after each.
#[test]
fn in_one_fold_or_in_several() {
    let total = |reports: bool| {
        let metrics = Metrics::default_instance();
        for n in 0..6_u64 {
            metrics.track_operation("op").items((1 << 62) + n).record(ms(10));
            if reports {
                drop(metrics.snapshot());
            }
        }
        let page = page(&metrics);
        let calls = page.operation("op");
        (
            calls.items().total(),
            calls.number("items", "total"),
            calls.number("items", "mean"),
        )
    };
    assert_eq!(total(false), total(true));
    assert_eq!(total(false).0, Some(u64::MAX));
}

#[test]
fn exactly_two_to_the_sixty_four() {
    for reports in [false, true] {
        let metrics = Metrics::default_instance();
        for _ in 0..4 {
            metrics
                .track_inference("m")
                .batch_size(1_u64 << 62)
                .tokens_out(1_u64 << 62)
                .record(ms(10));
            if reports {
                drop(metrics.snapshot());
            }
        }
        let page = page(&metrics);
        let calls = page.inference("m");
        assert_eq!(calls.items().total(), Some(u64::MAX));
        assert_eq!(calls.number("batch_size", "total"), Some(FULL));
        let number = |member| calls.number("tokens_out", member);
        between(number("min"), number("mean"), number("max"));
    }
}

/// Threads and label sets.
#[test]
fn added_up_from_several_series() {
    let metrics = Metrics::default_instance();
    for device in ["a", "b", "c", "d", "e"] {
        metrics
            .track_inference("m")
            .device(device)
            .batch_size(1_u64 << 62)
            .record(ms(10));
    }
    let page = page(&metrics);
    assert_eq!(page.inference("m").items().total(), Some(u64::MAX));
    assert_eq!(page.inference("m").counts()[2], 5);
}

#[test]
fn durations_without_end() {
    for (n, outcome) in [(1_u64, Outcome::Ok), (5, Outcome::Ok), (3, Outcome::Error)] {
        let metrics = Metrics::default_instance();
        for _ in 0..n {
            metrics.track_operation("op").record_as(outcome, Duration::MAX);
        }
        let page = page(&metrics);
        let calls = page.operation("op");
        let latency = |member| match outcome {
            Outcome::Ok => calls.latency(member),
            _ => calls.failed_latency(member),
        };
        between(latency("min"), latency("mean"), latency("max"));
        // The histogram is within 0.4 %.
        let low = latency("min").map(|min| min * 0.996);
        between(low, latency("median"), latency("max").map(|max| max * 1.004));
        assert_eq!(latency("count"), Some(n as f64));
        let (total, max) = (latency("total").unwrap(), latency("max").unwrap());
        assert!(total >= max * (1.0 - 1e-12), "{total} {max}");
    }
}

/// A duration of a year in a thousand calls, and one that is longer than the Unix epoch.
#[test]
fn long_durations_add_up() {
    let metrics = Metrics::default_instance();
    let year = Duration::from_nanos(31_536_000_000_000_001);
    for _ in 0..1000 {
        metrics.record_operation("op", year);
    }
    let page = page(&metrics);
    let calls = page.operation("op");
    // 1,000 years are more nanoseconds than 2^64: the sum stops there.
    assert_eq!(calls.latency("total"), Some(FULL / 1e9));
    between(calls.latency("min"), calls.latency("mean"), calls.latency("max"));
    assert_eq!(calls.latency("max"), Some(year.as_nanos() as f64 / 1e9));
}

/// Numbers that are too large to add up have a mean between them all the same.
#[test]
fn the_largest_losses() {
    let metrics = Metrics::default_instance();
    for epoch in 0..3 {
        metrics
            .record_training_stats("net", epoch)
            .loss(f64::MAX)
            .accuracy(f64::MIN_POSITIVE)
            .record();
    }
    let page = page(&metrics);
    let loss = |member| page.curve("net", "loss", member).as_f64();
    assert_eq!((loss("min"), loss("max")), (Some(f64::MAX), Some(f64::MAX)));
    let mean = loss("mean");
    assert!(mean.is_none_or(|mean| mean >= f64::MAX * 0.99), "{mean:?}");
    crate::clock::close(
        "accuracy",
        page.curve("net", "accuracy", "mean").as_f64(),
        f64::MIN_POSITIVE,
    );
}

/// Merging stops where adding up does.
#[test]
fn merged() {
    let parts: Vec<_> = (0..3)
        .map(|_| {
            let metrics = Metrics::default_instance();
            metrics
                .track_operation("op")
                .items(u64::MAX / 2)
                .size_bytes(u64::MAX / 2)
                .record(ms(10));
            metrics.record_operation("long", Duration::from_nanos(u64::MAX / 2));
            metrics.snapshot()
        })
        .collect();
    let mut whole = parts[0].clone();
    whole.merge(&parts[1]);
    whole.merge(&parts[2]);
    let page = page_of(&whole, Metrics::default_instance().config());
    let calls = page.operation("op");
    assert_eq!(calls.items().total(), Some(u64::MAX));
    let number = |member| calls.number("size_bytes", member);
    between(number("min"), number("mean"), number("max"));
    let long = page.operation("long");
    between(long.latency("min"), long.latency("mean"), long.latency("max"));
}

#[test]
fn names_of_nothing_and_of_much() {
    let metrics = Metrics::default_instance();
    let long = "模".repeat(2000);
    for name in ["", " ", "\0", "a|b", "\u{202e}", &long] {
        metrics.track_inference(name).batch_size(1).record(ms(10));
        metrics.track_inference(name).batch_size(1).record(ms(30));
    }
    let page = page(&metrics);
    assert_eq!(page.series(), 6);
    assert_eq!(page.head_count("calls"), 12);
    assert_eq!(page.snapshot.stage(Stage::Inference).count(), 6);
    for name in ["", " ", "\0", "a|b", "\u{202e}"] {
        let calls = page.inference(name);
        assert_eq!(calls.counts(), [2, 0, 2, 0, 0, 0]);
        assert_eq!(calls.latency("mean"), Some(0.02));
    }
    assert_eq!(page.table("Latency").rows.len(), 6);
}

/// Thousands of series, each with its own figures.
#[test]
fn thousands_of_series() {
    let metrics = Metrics::new(aimlm::Config::builder().max_series(5000).build().unwrap()).unwrap();
    for round in 1..=2_u64 {
        for n in 1..=3000_u64 {
            metrics
                .track_operation(&format!("op-{n}"))
                .items(n)
                .record(Duration::from_micros(n * round));
        }
    }
    let page = page(&metrics);
    assert_eq!(page.series(), 3000);
    assert_eq!(page.head_count("calls"), 6000);
    for n in 1..=3000_u64 {
        let calls = page.operation(&format!("op-{n}"));
        assert_eq!(calls.counts(), [2, 0, 2, 0, 0, 0]);
        assert_eq!(calls.items().total(), Some(2 * n));
        assert_eq!(calls.latency("total"), Some((3 * n * 1000) as f64 / 1e9));
    }
}
