//! Recorded durations: to the nanosecond, the same in every report, wherever the record was made.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aimlm::{Config, Metrics, Outcome, Stage};

use crate::figures::page;
use crate::hand;
use crate::process::alone;

/// Durations of every size, with digits in every place.
fn odd() -> Vec<Duration> {
    let mut random = fastrand::Rng::with_seed(9);
    let sizes = (0..56).flat_map(|bits| [1_u64 << bits, (1 << bits) - 1, (1 << bits) + 1]);
    let given = [0, 1, 99, 1_000_000_007, 100_000_000_000, 7_200_000_000_000];
    sizes
        .chain(given)
        .chain((0..200).map(|_| random.u64(..) >> random.u32(14..64)))
        .map(Duration::from_nanos)
        .collect()
}

#[test]
fn to_the_nanosecond() {
    let metrics = Metrics::default_instance();
    for (at, duration) in odd().into_iter().enumerate() {
        let outcome = if at % 3 == 0 { Outcome::Error } else { Outcome::Ok };
        metrics
            .track_operation("op")
            .items(at as u64)
            .record_as(outcome, duration);
    }
    let snapshot = metrics.snapshot();
    let series = snapshot.subject(Stage::Operation, "op").next().unwrap();
    let seen: Vec<u64> = series.history.calls().map(|call| call.duration_ns).collect();
    let expected: Vec<u64> = odd().iter().map(|duration| duration.as_nanos() as u64).collect();
    let differ = seen
        .iter()
        .zip(&expected)
        .filter(|(seen, expected)| seen != expected);
    let differ: Vec<_> = differ.take(5).collect();
    assert!(differ.is_empty(), "seen and recorded: {differ:?}");
    let sum = |fails: bool| -> u64 {
        let durations = expected
            .iter()
            .enumerate()
            .filter(|(at, _)| (at % 3 == 0) == fails);
        durations.map(|(_, ns)| ns).sum()
    };
    assert_eq!(series.latency.sum(), sum(false));
    assert_eq!(series.failed_latency.sum(), sum(true));
    let ok = expected.iter().enumerate().filter(|(at, _)| at % 3 != 0);
    assert_eq!(series.latency.min(), ok.clone().map(|(_, &ns)| ns).min());
    assert_eq!(series.latency.max(), ok.map(|(_, &ns)| ns).max());
    let again = metrics.snapshot();
    let again = again.subject(Stage::Operation, "op").next().unwrap();
    assert_eq!(
        (&again.latency, &again.failed_latency),
        (&series.latency, &series.failed_latency)
    );
    let second: Vec<u64> = again.history.calls().map(|call| call.duration_ns).collect();
    assert_eq!(second, seen, "two reports of the same calls");
}

/// Records over seconds, while the clock is set anew: what was said before and after is what was said.
#[test]
fn while_the_clock_is_set_anew() {
    let metrics = Metrics::new(Config::builder().history_size(100_000).build().unwrap()).unwrap();
    let anchors = |page: &crate::figures::Page| page.json["engine"]["clock_anchors"].as_u64().unwrap();
    let begin = std::time::Instant::now();
    let first = anchors(&page(&metrics));
    let mut said = Vec::new();
    loop {
        for _ in 0..20 {
            let ns = (said.len() as u64 + 1) * 123_456_789;
            metrics.record_operation("op", Duration::from_nanos(ns));
            said.push(ns);
            crate::clock::sleep_ms(2);
        }
        let shown = page(&metrics);
        let series = shown.snapshot.subject(Stage::Operation, "op").next().unwrap();
        let altered = series
            .history
            .calls()
            .zip(&said)
            .filter(|(call, ns)| call.duration_ns != **ns)
            .count();
        assert_eq!(altered, 0, "of {} recorded durations", said.len());
        assert_eq!(series.latency.sum(), said.iter().sum::<u64>());
        if anchors(&shown) >= first + 2 || begin.elapsed() > Duration::from_secs(8) {
            return;
        }
    }
}

/// One record of each series, so that nothing sits beside it.
#[test]
fn each_alone() {
    let metrics = Metrics::new(Config::builder().max_series(5000).build().unwrap()).unwrap();
    let durations = odd();
    for (at, &duration) in durations.iter().enumerate() {
        metrics.record_model_load(&format!("m{at}"), duration);
    }
    let page = page(&metrics);
    for (at, duration) in durations.iter().enumerate() {
        let calls = page.model(&format!("m{at}"), "load");
        for member in ["total", "min", "max", "mean"] {
            assert_eq!(
                calls.latency(member),
                Some(duration.as_nanos() as f64 / 1e9),
                "{member} of {duration:?}"
            );
        }
    }
}

/// Threads that begin and end, each with a record as its first and last act.
#[test]
fn from_many_threads() {
    let metrics = Metrics::default_instance();
    let durations = odd();
    std::thread::scope(|scope| {
        for duration in &durations {
            let metrics = &metrics;
            scope.spawn(move || metrics.record_operation("threads", *duration));
        }
    });
    let page = page(&metrics);
    let sum: u128 = durations.iter().map(Duration::as_nanos).sum();
    let series = page.snapshot.subject(Stage::Operation, "threads").next().unwrap();
    assert_eq!(u128::from(series.latency.sum()), sum);
    let mut seen: Vec<u128> = series
        .history
        .calls()
        .map(|call| call.duration_ns.into())
        .collect();
    let mut expected: Vec<u128> = durations.iter().map(Duration::as_nanos).collect();
    seen.sort_unstable();
    expected.sort_unstable();
    assert!(seen == expected);
}

/// As the first act of a process, before its clock was measured for long: the same in every report.
#[test]
fn the_first_line_of_a_process() {
    if !alone("durations::the_first_line_of_a_process") {
        return;
    }
    let metrics = Metrics::global();
    metrics.record_model_load("x", Duration::from_secs(100));
    for pause in [0, 1, 20, 300, 1200] {
        crate::clock::sleep_ms(pause);
        let load = metrics.snapshot().model("x").unwrap().load.unwrap();
        assert_eq!(
            load.latency.total_seconds.to_bits(),
            100.0_f64.to_bits(),
            "{}",
            load.latency.total_seconds
        );
    }
}

fn now() -> f64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_secs_f64()
}

/// It ended when it was recorded and began so long before, also where that is before the machine started.
#[test]
fn moments() {
    let metrics = Metrics::default_instance();
    let days = [(0.0, "now"), (0.5, "half"), (30.0, "month"), (3000.0, "years")];
    for (days, name) in days {
        let seconds: f64 = days * 86_400.0;
        let before = now();
        metrics.record_training_epoch(name, Duration::from_secs_f64(seconds));
        let after = now();
        let snapshot = metrics.snapshot();
        let series = snapshot.subject(Stage::TrainingEpoch, name).next().unwrap();
        let seconds_of = |ns: i64| ns as f64 / 1e9;
        let (start, end) = (series.first_start_ns.unwrap(), series.last_end_ns.unwrap());
        let (start, end) = (seconds_of(start), seconds_of(end));
        let near = |moment: f64, low: f64, high: f64| moment >= low - 0.5 && moment <= high + 0.5;
        assert!(
            near(end, before, after),
            "{name}: ends {} s after it was recorded",
            end - after
        );
        assert!(
            near(start, before - seconds, after - seconds),
            "{name}: begins {} s off",
            start - before + seconds
        );
        let call = series.history.calls().next().unwrap();
        assert!(
            near(seconds_of(call.start_ns), before - seconds, after - seconds),
            "{name}: call off {}",
            seconds_of(call.start_ns) - before
        );
    }
    let page = page(&metrics);
    for (days, name) in days {
        let seconds: f64 = days * 86_400.0;
        let calls = page.training(name, "epochs");
        assert_eq!(calls.latency("total"), Some(seconds));
        // Of no time at all there may be none.
        crate::clock::close("span", calls.span().unwrap_or(0.0), seconds);
        crate::clock::close("busy", calls.busy().unwrap_or(0.0), seconds);
    }
}

/// A guard's call lies between what was measured within it and around it.
#[test]
fn measured_calls() {
    let (metrics, watch) = (Metrics::default_instance(), crate::clock::Watch::new());
    for n in 0..12 {
        let mut open = watch.open();
        let call = metrics.track_operation("op").start();
        open.body(|| crate::clock::sleep_ms(5 + 3 * n));
        hand::succeed(call);
        watch.close(&open);
    }
    let page = page(&metrics);
    let calls = page.operation("op");
    watch.mean().hold("mean", calls.latency("mean"));
    watch.total().hold("total", calls.latency("total"));
    watch.percentile(0.0).hold("min", calls.latency("min"));
    watch.percentile(100.0).hold("max", calls.latency("max"));
    for percentile in [50.0, 90.0, 95.0, 99.0] {
        watch
            .percentile(percentile)
            .hold("percentile", calls.percentile(percentile));
    }
}
