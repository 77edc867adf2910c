//! Numbers that are durations, and those that hold until the next.

use std::time::Duration;

use aimlm::{Config, Detail, Metrics, Number, NumberKind, NumberStats, Snapshot, track_inference};
use proptest::prelude::*;

fn instance(history_size: usize) -> Metrics {
    Metrics::new(Config::builder().history_size(history_size).build().unwrap()).unwrap()
}

fn stats(snapshot: &Snapshot, number: Number) -> NumberStats {
    snapshot.inference_of("llm").unwrap().calls.numbers[&number]
}

struct Request {
    waited: Duration,
    behind: usize,
}

#[track_inference(
    model = "llm",
    metrics = metrics,
    queue_time = request.waited,
    queue_depth = request.behind
)]
fn answer(metrics: &Metrics, request: &Request) -> Result<(), ()> {
    if request.behind > 9 { Err(()) } else { Ok(()) }
}

#[test]
fn an_attribute_takes_how_long_and_behind_how_many_a_request_waited() {
    let metrics = instance(100);
    for (ms, behind) in [(40, 4), (10, 1), (70, 10)] {
        let waited = Duration::from_millis(ms);
        let _ = answer(&metrics, &Request { waited, behind });
    }
    let snapshot = metrics.snapshot();
    let waited = &snapshot.series[0].fields[&Number::QueueTime];
    assert_eq!((waited.count, waited.total), (2, Some(50_000_000)));
    assert_eq!(waited.values.as_ref().unwrap().max(), Some(40_000_000));
    let waited = stats(&snapshot, Number::QueueTime);
    assert_eq!(
        (waited.kind, waited.total, waited.mean),
        (NumberKind::Time, 0.05, Some(0.025))
    );
    assert_eq!((waited.median, waited.p95), (Some(0.01), Some(0.04)));
    assert_eq!(
        (waited.min, waited.max, waited.last),
        (Some(0.01), Some(0.04), Some(0.01))
    );
    let behind = stats(&snapshot, Number::QueueDepth);
    assert_eq!(
        (behind.kind, behind.mean, behind.max),
        (NumberKind::Level, Some(2.5), Some(4.0))
    );
    assert_eq!((behind.last, behind.median), (Some(1.0), None));
    // What failed stands apart, and nothing of this has a rate.
    let calls = snapshot.inference_of("llm").unwrap().calls;
    assert_eq!(calls.failed_numbers[&Number::QueueTime].max, Some(0.07));
    assert_eq!(calls.failed_numbers[&Number::QueueTime].median, Some(0.07));
    assert_eq!(calls.failed_numbers[&Number::QueueDepth].max, Some(10.0));
    assert!(calls.rates.is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Alike and unlike, in loops that are folded together and one by one: sums and extremes to the nanosecond, percentiles
    /// as fine as those of latencies.
    #[test]
    fn times_are_what_was_said(
        runs in prop::collection::vec((prop_oneof![0..300_u64, 0..1_u64 << 40, any::<u64>()], 1..60_usize, any::<bool>()), 1..10),
        fails in any::<bool>(),
    ) {
        let metrics = instance(0);
        let mut all = Vec::new();
        for &(ns, times, rises) in &runs {
            for nth in 0..times as u64 {
                let ns = if rises { ns.saturating_add(nth * 1_000) } else { ns };
                let call = metrics.track_inference("llm").queue_time(Duration::from_nanos(ns)).start();
                if fails { call.fail() } else { call.ok() }
                all.push(ns.min(u64::MAX - 1));
            }
        }
        all.sort_unstable();
        let series = metrics.snapshot().series.remove(0);
        let fields = if fails { series.failed_fields } else { series.fields };
        let numbers = &fields[&Number::QueueTime];
        let values = numbers.values.as_ref().unwrap();
        prop_assert_eq!(numbers.count, all.len() as u64);
        prop_assert_eq!(numbers.total, Some(all.iter().fold(0_u64, |sum, &ns| sum.saturating_add(ns))));
        prop_assert_eq!((values.min(), values.max()), (Some(all[0]), all.last().copied()));
        for percentile in [50, 95] {
            let exact = all[(all.len() * percentile).div_ceil(100) - 1] as f64;
            let shown = values.percentile(percentile as f64).unwrap() as f64;
            prop_assert!((shown - exact).abs() <= exact * 0.004, "{} {} {}", percentile, shown, exact);
        }
    }
}

#[test]
fn times_merge_part_and_are_read_back() {
    let metrics = instance(0);
    let record = |ms: std::ops::Range<u64>| {
        for ms in ms {
            let call = metrics
                .track_inference("llm")
                .queue_time(Some(Duration::from_millis(ms)));
            call.record(Duration::from_millis(1));
        }
    };
    record(0..40);
    let first = metrics.snapshot();
    record(60..100);
    let second = metrics.snapshot().since(&first);
    let about = |snapshot: &Snapshot| {
        let waited = stats(snapshot, Number::QueueTime);
        (waited.count, (waited.median.unwrap() * 1e3).round(), waited.total)
    };
    assert_eq!(about(&first), (40, 19.0, 0.78));
    assert_eq!(about(&second), (40, 79.0, 3.18));
    let mut whole = second;
    whole.merge(&first);
    assert_eq!(about(&whole), (80, 39.0, 3.96));
    let read: Snapshot = serde_json::from_str(&serde_json::to_string(&whole).unwrap()).unwrap();
    assert_eq!(read, whole);
    let brief = metrics.snapshot_with(Detail::Counters);
    assert_eq!(stats(&brief, Number::QueueTime).max, Some(0.099));
    assert_eq!(stats(&brief, Number::QueueTime).median, None);
}

/// A level holds from the beginning of its call, in whatever order calls end.
#[test]
fn a_level_holds_until_the_next() {
    let metrics = instance(10);
    let hour = Duration::from_secs(3600);
    for (began, behind) in [(500, 2.0), (1_000, 10.0), (0, 7.0)] {
        metrics
            .track_inference("llm")
            .queue_depth(behind)
            .record(hour * began);
    }
    let behind = stats(&metrics.snapshot(), Number::QueueDepth);
    let over_time = behind.mean_over_time.unwrap();
    assert!((over_time - 6.0).abs() < 1e-3, "{over_time}");
    assert_eq!(
        (behind.last, behind.min, behind.max),
        (Some(7.0), Some(2.0), Some(10.0))
    );
    assert_eq!(behind.mean, Some(19.0 / 3.0));
}
