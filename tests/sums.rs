//! Sums, extremes and rates of numbers of any size, within one fold and over several.

mod support;

use std::time::Duration;

use aimlm::{Metrics, Number, RateSnapshot, SeriesSnapshot, Stage, track_inference};
use support::{of, one};

#[track_inference(model = "huge", batch_size = n, tokens_in = n)]
fn huge(n: u64) {
    let _ = n;
}

fn rate(series: &SeriesSnapshot) -> &RateSnapshot {
    series.rate.as_ref().unwrap()
}

/// Calls in a row that look alike, which are added up together.
#[test]
fn sums_stay_at_the_largest_number_there_is() {
    const N: u64 = u64::MAX / 2;
    let mut calls = 0;
    // Within one fold, then over several.
    for _ in 0..4 {
        (0..100).for_each(|_| huge(N));
        calls += 100;
        let series = one(Stage::Inference, "huge");
        assert_eq!((series.outcomes.ok, series.latency.count()), (calls, calls));
        for field in [Number::BatchSize, Number::TokensIn] {
            let numbers = series.field(field).unwrap();
            assert_eq!(numbers.count, calls);
            assert_eq!(
                (numbers.sum, numbers.min, numbers.max),
                (u64::MAX as f64, Some(N as f64), Some(N as f64))
            );
        }
        assert_eq!(rate(&series).total_items, u64::MAX);
    }
}

/// As many items as calls are counted one by one with, and one fewer.
#[test]
fn sums_are_exact_up_to_there() {
    for items in [(1_u64 << 48) - 1, 1 << 48, (1 << 48) + 1] {
        let metrics = Metrics::default_instance();
        for _ in 0..1000 {
            metrics.track_inference("m").batch_size(items).run(|_| ());
        }
        let series = of(&metrics, Stage::Inference, "m");
        assert_eq!(rate(&series).total_items, 1000 * items);
        assert_eq!(
            series.field(Number::BatchSize).unwrap().sum,
            (1000 * items) as f64
        );
    }
}

#[test]
fn the_slowest_and_the_fastest_rate_are_those_of_single_calls() {
    let metrics = Metrics::default_instance();
    let record = |items| {
        metrics
            .track_inference("m")
            .batch_size(items)
            .record(Duration::from_secs(2));
    };
    let is = |expected: f64, found: Option<f64>| {
        let found = found.unwrap();
        assert!(
            (found / expected - 1.0).abs() < 1e-3,
            "{found} instead of {expected}"
        );
    };
    // Each round is a fold of its own.
    for (items, slowest, fastest) in [
        (vec![20, 200, 40], 10.0, 100.0),
        (vec![100], 10.0, 100.0),
        (vec![2, 50], 1.0, 100.0),
        (vec![4000, 30], 1.0, 2000.0),
    ] {
        items.into_iter().for_each(record);
        let series = of(&metrics, Stage::Inference, "m");
        is(slowest, rate(&series).min);
        is(fastest, rate(&series).max);
    }
}
