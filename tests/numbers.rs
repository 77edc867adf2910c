//! Every number is what was said, worked out here from the same calls by hand.

mod support;

use std::time::Duration;

use aimlm::{Config, Metrics, Stage};
use support::of;

const HOUR: Duration = Duration::from_secs(3600);

fn with_history(size: usize) -> Metrics {
    Metrics::new(Config::builder().history_size(size).build().unwrap()).unwrap()
}

fn is_near(got: u64, exact: u64) -> bool {
    got.abs_diff(exact) as f64 <= exact as f64 * 0.004
}

#[test]
fn the_rank_of_a_percentile_is_exact() {
    let metrics = with_history(10);
    (0..999).for_each(|_| metrics.record_inference("m", Duration::from_millis(1)));
    metrics.record_inference("m", Duration::from_secs(10));
    let snapshot = metrics.snapshot();
    let latency = snapshot.views(&[99.9]).inference_of("m").unwrap().calls.latency;
    let p999 = latency.percentile(99.9).unwrap();
    assert!((p999 - 0.001).abs() < 0.001 * 0.004, "{p999}");
}

#[test]
fn latencies_of_weeks_have_their_own_median() {
    let metrics = with_history(0);
    [100, 200, 300].map(|hours| metrics.record_training_epoch("m", HOUR * hours));
    let median = of(&metrics, Stage::TrainingEpoch, "m")
        .latency
        .quantile(0.5)
        .unwrap();
    assert!(is_near(median, (HOUR * 200).as_nanos() as u64), "{median}");
}
