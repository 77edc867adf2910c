use serde::{Deserialize, Serialize};

use crate::Distribution;

/// The few slowest calls, where they take so much of the time that the mean is over the 99th percentile.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SlowestCalls {
    /// Which share of the calls they are, 0 to 1.
    pub share_of_calls: f64,
    /// Which share of the time of all calls they take, 0 to 1: within 0.4 %.
    pub share_of_time: f64,
    /// The 99.9th percentile, in seconds.
    pub p999_seconds: Option<f64>,
}

impl SlowestCalls {
    /// The slowest 0.1 % of the calls, of fewer than 1,000 the slowest 1 %: of fewer than 100 no mean is over
    /// the 99th percentile.
    pub(super) fn new(latency: &Distribution, p999: impl FnOnce() -> Option<f64>) -> Option<Self> {
        let (count, mean) = (latency.count(), latency.mean()?);
        let p99 = latency.quantile(0.99)? as f64;
        if mean <= p99 {
            return None;
        }
        let calls = count / if count >= 1000 { 1000 } else { 100 };
        Some(Self {
            share_of_calls: calls as f64 / count as f64,
            share_of_time: time_of_slowest(latency, calls) / latency.sum() as f64,
            p999_seconds: p999(),
        })
    }
}

/// Nanoseconds in so many of the slowest calls. A call counts with the middle of its bucket, the slowest as it
/// was; and as their sum is what the others leave of the exact sum of all, it lies within both bounds.
fn time_of_slowest(latency: &Distribution, calls: u64) -> f64 {
    let (mut slow, mut rest) = (Bounds::default(), Bounds::default());
    let (mut left, max) = (calls, latency.max().unwrap_or(0));
    let buckets: Vec<(u64, u64, u64)> = latency.buckets().collect();
    for &(low, high, n) in buckets.iter().rev() {
        let (taken, high) = (n.min(left), high.min(max));
        left -= taken;
        slow.add(low, high, taken);
        rest.add(low, high, n - taken);
    }
    let sum = latency.sum() as f64;
    let low = slow.low.max(sum - rest.high).max(max as f64);
    let high = slow.high.min(sum - rest.low).max(low);
    f64::midpoint(low, high)
}

/// What calls took at least and at most, in nanoseconds.
#[derive(Default)]
struct Bounds {
    low: f64,
    high: f64,
}

impl Bounds {
    fn add(&mut self, low: u64, high: u64, calls: u64) {
        self.low += low as f64 * calls as f64;
        self.high += high as f64 * calls as f64;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(durations: &[u64]) -> Distribution {
        let mut latency = Distribution::default();
        durations.iter().for_each(|&ns| latency.record(ns));
        latency
    }

    #[test]
    fn a_mean_within_the_percentiles_needs_no_explanation() {
        assert_eq!(SlowestCalls::new(&of(&[]), || None), None);
        assert_eq!(SlowestCalls::new(&of(&[7]), || None), None);
        assert_eq!(SlowestCalls::new(&of(&[5, 6, 7, 8]), || None), None);
    }

    #[test]
    fn one_of_a_thousand_takes_half_of_the_time() {
        let mut durations = vec![1_000_000; 999];
        durations.push(999_000_000);
        let slowest = SlowestCalls::new(&of(&durations), || None).unwrap();
        assert_eq!(slowest.share_of_calls, 0.001);
        assert!((slowest.share_of_time - 0.5).abs() < 1e-9, "{slowest:?}");
    }

    proptest! {
        #[test]
        fn the_share_is_that_of_the_slowest(
            fast in prop::collection::vec(1_000_u64..2_000, 1_000..1_500),
            slow in prop::collection::vec(1_000_000_000_u64..100_000_000_000, 1..8),
        ) {
            let mut all = [fast, slow].concat();
            all.sort_unstable();
            let calls = all.len() / 1000;
            let exact = all[all.len() - calls..].iter().sum::<u64>() as f64 / all.iter().sum::<u64>() as f64;
            let slowest = SlowestCalls::new(&of(&all), || None).unwrap();
            prop_assert!((slowest.share_of_time / exact - 1.0).abs() < 0.004, "{} {}", slowest.share_of_time, exact);
        }
    }
}
