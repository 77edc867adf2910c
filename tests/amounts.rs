//! Which amounts of work there were: medians and percentiles of batch sizes, tokens, bytes.

use std::time::Duration;

use aimlm::{Config, Detail, Metrics, Number, NumberStats, Stage};
use proptest::prelude::*;

fn instance(history_size: usize) -> Metrics {
    Metrics::new(Config::builder().history_size(history_size).build().unwrap()).unwrap()
}

fn tokens(metrics: &Metrics) -> NumberStats {
    metrics.snapshot().inference_of("llm").unwrap().calls.numbers[&Number::TokensOut]
}

/// The value of a rank, among values in order.
fn nearest(sorted: &[u64], percentile: usize) -> f64 {
    sorted[(sorted.len() * percentile).div_ceil(100) - 1] as f64
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Alike and unlike, in loops that fold them together and one by one, small ones and large ones.
    #[test]
    fn percentiles_are_those_of_what_was_said(
        runs in prop::collection::vec((prop_oneof![0..8_u64, 0..200_u64, any::<u64>()], 1..80_usize, any::<bool>(), any::<bool>()), 1..12),
        threads in 1..3_usize,
    ) {
        let metrics = instance(8);
        std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    for &(value, times, rises, says_more) in &runs {
                        for nth in 0..times as u64 {
                            let value = if rises { value.saturating_add(nth) } else { value };
                            let mut call = metrics.track_inference("llm");
                            if says_more {
                                call = call.tokens_in(nth % 5);
                            }
                            call.tokens_out(value).start().ok();
                        }
                    }
                });
            }
        });
        let mut all: Vec<u64> = Vec::new();
        for &(value, times, rises, _) in &runs {
            let values = (0..times as u64).map(|nth| if rises { value.saturating_add(nth) } else { value });
            // All bits set mean none.
            all.extend(values.map(|value| value.min(u64::MAX - 1)));
        }
        all = all.repeat(threads);
        all.sort_unstable();
        let stats = tokens(&metrics);
        prop_assert_eq!(stats.count, all.len() as u64);
        prop_assert_eq!((stats.min, stats.max), (Some(all[0] as f64), all.last().map(|&max| max as f64)));
        for (percentile, shown) in [(50, stats.median), (95, stats.p95)] {
            let (exact, shown) = (nearest(&all, percentile), shown.unwrap());
            // Rounded down, and powers of two not at all.
            prop_assert!(shown <= exact, "{} {} {}", percentile, shown, exact);
            let most = if exact < 128.0 || (exact as u64).is_power_of_two() { 0.0 } else { exact / 31.0 };
            prop_assert!((shown - exact).abs() <= most, "{} {} {}", percentile, shown, exact);
        }
    }
}

/// While the history has every call, nothing is rounded.
#[test]
fn of_few_calls_they_are_exact() {
    let metrics = instance(1000);
    for n in 1..=999_u64 {
        metrics
            .track_inference("llm")
            .tokens_out(n * 1001)
            .record(Duration::from_millis(1));
    }
    let stats = tokens(&metrics);
    assert_eq!(
        (stats.median, stats.p95),
        (Some(500.0 * 1001.0), Some(950.0 * 1001.0))
    );
}

#[test]
fn amounts_of_calls_that_failed_are_apart() {
    let metrics = instance(0);
    for n in 0..200_u64 {
        let call = metrics.track_inference("llm").tokens_in(n % 10).start();
        if n % 2 == 0 { call.ok() } else { call.fail() }
    }
    let calls = metrics.snapshot().inference_of("llm").unwrap().calls;
    let (said, failed) = (
        calls.numbers[&Number::TokensIn],
        calls.failed_numbers[&Number::TokensIn],
    );
    assert_eq!(
        (said.median, said.p95, said.max),
        (Some(4.0), Some(8.0), Some(8.0))
    );
    assert_eq!(
        (failed.median, failed.p95, failed.min),
        (Some(5.0), Some(9.0), Some(1.0))
    );
}

/// What is no amount of work has none: the median step of a training is nothing.
#[test]
fn what_is_no_amount_has_none() {
    let metrics = instance(10);
    for step in 0..50_u64 {
        metrics
            .track_training_step("net")
            .step(step)
            .loss(0.5)
            .record(Duration::from_millis(1));
    }
    let snapshot = metrics.snapshot();
    let series = snapshot.subject(Stage::TrainingStep, "net").next().unwrap();
    for number in [Number::Step, Number::Loss] {
        assert_eq!(series.fields[&number].values, None);
    }
    let steps = snapshot.training_of("net").unwrap().steps.unwrap();
    assert_eq!(steps.numbers[&Number::Step].median, None);
}

/// The brief form has the sums of the long one, of everything.
#[test]
fn counters_are_those_of_the_whole() {
    let metrics = instance(100);
    for n in 0..300_u64 {
        let call = metrics
            .track_training_step("net")
            .step(n)
            .loss(n as f64)
            .num_samples(n % 7);
        let call = call.label("phase", if n % 2 == 0 { "a" } else { "b" }).start();
        if n % 5 == 0 {
            call.fail_with("odd");
        } else {
            call.ok();
        }
    }
    // The clock may be anchored anew between two snapshots, but not for ever.
    let (whole, brief) = loop {
        let (whole, brief) = (metrics.snapshot(), metrics.snapshot_with(Detail::Counters));
        if metrics.snapshot().series == whole.series {
            break (whole, brief);
        }
    };
    assert_eq!(brief.series.len(), 2);
    for (brief, whole) in brief
        .series
        .iter()
        .zip(whole.clone().with_detail(Detail::Counters).series)
    {
        assert_eq!(*brief, whole);
    }
    assert!(
        whole.series[0].bytes > 10_000
            && whole
                .series
                .iter()
                .all(|series| series.latency.quantile(0.5).is_some())
    );
    assert!(brief.to_run_file().len() * 5 < whole.to_run_file().len());
}

/// Of two processes, and of windows of a reader.
#[test]
fn they_merge_and_part() {
    let metrics = instance(0);
    let record = |values: std::ops::Range<u64>| {
        for n in values {
            metrics.track_inference("llm").tokens_out(n).start().ok();
        }
    };
    record(0..40);
    let first = metrics.snapshot();
    record(60..100);
    let second = metrics.snapshot().since(&first);
    let of =
        |snapshot: &aimlm::Snapshot| snapshot.inference_of("llm").unwrap().calls.numbers[&Number::TokensOut];
    assert_eq!((of(&first).median, of(&second).median), (Some(19.0), Some(79.0)));
    let mut whole = second;
    whole.merge(&first);
    assert_eq!(
        (of(&whole).median, of(&whole).p95, of(&whole).count),
        (Some(39.0), Some(95.0), 80)
    );
}
