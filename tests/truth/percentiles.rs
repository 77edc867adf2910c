//! Median and percentiles, against the order of the durations themselves.

use std::time::Duration;

use aimlm::{Config, Metrics};

use crate::clock::{Bounds, close, interpolated, ms};
use crate::figures::{Page, page};

const SHOWN: [f64; 7] = [1.0, 25.0, 50.0, 90.0, 95.0, 99.0, 99.9];

fn metrics(history: usize) -> Metrics {
    Metrics::new(
        Config::builder()
            .history_size(history)
            .analysis_percentiles(SHOWN)
            .build()
            .unwrap(),
    )
    .unwrap()
}

fn recorded(history: usize, durations: &[u64]) -> Page {
    let metrics = metrics(history);
    for &ns in durations {
        metrics.record_operation("op", Duration::from_nanos(ns));
    }
    page(&metrics)
}

/// The nearest rank, counted in whole numbers: the smallest that this share of the calls does not exceed.
fn nearest(durations: &[u64], percentile: f64) -> f64 {
    let mut sorted = durations.to_vec();
    sorted.sort_unstable();
    let thousandths = (percentile * 1000.0).round() as usize;
    let rank = (thousandths * sorted.len()).div_ceil(100_000).max(1);
    sorted[rank - 1] as f64 / 1e9
}

/// Checks every percentile, exact where the history has every call and by nearest rank where not.
#[track_caller]
fn check(durations: &[u64]) {
    let exact = recorded(durations.len(), durations);
    let calls = exact.operation("op");
    assert!(calls.is_exact());
    let seconds: Vec<f64> = durations.iter().map(|&ns| ns as f64 / 1e9).collect();
    for percentile in SHOWN {
        let expected = interpolated(seconds.clone(), percentile);
        let figure = calls.percentile(percentile).unwrap();
        assert!(
            (figure - expected).abs() <= 1e-9 + expected * 1e-12,
            "p{percentile}: {figure} is not {expected}"
        );
    }
    for history in [0, durations.len() / 2] {
        let page = recorded(history, durations);
        let calls = page.operation("op");
        for percentile in SHOWN {
            let expected = nearest(durations, percentile);
            let figure = calls.percentile(percentile).unwrap();
            assert!(
                (figure / expected - 1.0).abs() <= 0.004 || (figure - expected).abs() <= 1.5e-9,
                "p{percentile} of {}: {figure} is not {expected}",
                durations.len()
            );
        }
        assert_eq!(calls.latency("median"), calls.percentile(50.0));
        assert_eq!(calls.latency("count"), Some(durations.len() as f64));
    }
}

#[test]
fn one_slow_call_in_a_thousand() {
    let mut durations = vec![1_000_000; 999];
    durations.push(10_000_000_000);
    check(&durations);
}

#[test]
fn one_slow_call_in_a_hundred_and_in_ten() {
    for n in [10_usize, 20, 100, 200, 1000] {
        let mut durations = vec![2_000_000; n - 1];
        durations.push(30_000_000_000);
        check(&durations);
    }
}

#[test]
fn spread_evenly() {
    check(&(1..=2000).map(|n| n * 31_337).collect::<Vec<_>>());
}

#[test]
fn over_many_decades() {
    check(
        &(0..700)
            .map(|n| 40 + 7_u64.pow(n % 15) * u64::from(n / 15 + 1))
            .collect::<Vec<_>>(),
    );
}

#[test]
fn few_calls() {
    check(&[5_000_000]);
    check(&[5_000_000, 70_000_000]);
    check(&[9, 8, 1]);
}

/// Durations beyond three days, as any other: their own.
#[test]
fn days() {
    let hour = 3_600_000_000_000_u64;
    let same = recorded(0, &[100 * hour; 5]);
    close(
        "median of equal ones",
        same.operation("op").latency("median"),
        360_000.0,
    );
    let page = recorded(0, &[100 * hour, 150 * hour, 200 * hour, 300 * hour, 900 * hour]);
    let calls = page.operation("op");
    close("median", calls.latency("median"), 200.0 * 3600.0);
    close("p1", calls.percentile(1.0), 100.0 * 3600.0);
    close("p99", calls.percentile(99.0), 900.0 * 3600.0);
    assert_eq!(calls.latency("max"), Some(900.0 * 3600.0));
}

/// No percentile is outside of the extremes, and none is less than one below it.
#[test]
fn percentiles_are_in_order() {
    for seed in 0..40 {
        let mut random = fastrand::Rng::with_seed(seed);
        let n = random.usize(1..400);
        let durations: Vec<u64> = (0..n)
            .map(|_| 1_u64 << random.u32(0..50) | random.u64(0..1000))
            .collect();
        let page = recorded(if seed % 2 == 0 { 0 } else { 1000 }, &durations);
        let calls = page.operation("op");
        let mut before = calls.latency("min").unwrap();
        for percentile in SHOWN {
            let figure = calls.percentile(percentile).unwrap();
            assert!(
                figure >= before,
                "p{percentile}: {figure} < {before}; {durations:?}"
            );
            before = figure;
        }
        assert!(before <= calls.latency("max").unwrap(), "{before} {durations:?}");
    }
}

/// Every percentile of the settings reaches every view and every form.
#[test]
fn settings_reach_the_views_of_a_snapshot() {
    let metrics = metrics(1000);
    for n in 1..=100 {
        metrics.record_inference("m", ms(n));
        metrics.record_training_epoch("m", ms(n));
    }
    let snapshot = metrics.snapshot();
    let p99_9 = interpolated((1..=100).map(|n| f64::from(n) / 1e3).collect(), 99.9);
    let inference = snapshot.inference_of("m").unwrap().calls;
    close(
        "p99.9 of the snapshot's view",
        inference.latency.percentile(99.9),
        p99_9,
    );
    close("p25", inference.latency.percentile(25.0), 0.02575);
    close("p99.9", page(&metrics).inference("m").percentile(99.9), p99_9);
    let epochs = snapshot.training_of("m").unwrap().epochs.unwrap();
    close("p99.9 of epochs", epochs.latency.percentile(99.9), p99_9);
}

/// None is hidden because there are too few calls; it is marked.
#[test]
fn few_calls_have_every_percentile() {
    let metrics = Metrics::default_instance();
    for n in 1..=4_u64 {
        metrics.record_inference("few", ms(10 * n));
    }
    for n in 1..=200_u64 {
        metrics.record_operation("many", ms(n));
    }
    metrics.record_model_load("few", ms(30));
    metrics.record_model_load("few", ms(50));
    let page = page(&metrics);
    for (caption, name, percentile, seconds) in [
        ("Latency", "few", "p90", 0.037),
        ("Latency", "few", "p99", 0.0397),
        ("Operations", "many", "p99", 0.19801),
        ("Loading", "few", "p90", 0.048),
    ] {
        let table = page.table(caption);
        let cell = table.cell(&[name], &[percentile]).unwrap_or_default();
        assert!(cell.ends_with('†'), "{caption} {percentile}: “{cell}”");
        crate::tables::shows(percentile, Some(cell), seconds);
    }
    let table = page.table("Operations");
    let p90 = table.cell(&["many"], &["p90"]).unwrap();
    assert!(!p90.contains('†'), "{p90}");
}

/// Of calls that failed too.
#[test]
fn failed_calls_have_times() {
    let metrics = Metrics::default_instance();
    for n in 1..=9_u64 {
        metrics
            .track_operation("op")
            .record_as(aimlm::Outcome::Error, ms(n * n));
    }
    let page = page(&metrics);
    let calls = page.operation("op");
    assert_eq!(calls.latency("count"), Some(0.0));
    assert_eq!(calls.failed_latency("count"), Some(9.0));
    assert_eq!(calls.failed_latency("min"), Some(0.001));
    assert_eq!(calls.failed_latency("max"), Some(0.081));
    assert_eq!(calls.failed_latency("total"), Some(0.285));
    Bounds::exactly(0.025).hold("median", calls.failed_latency("median"));
}
