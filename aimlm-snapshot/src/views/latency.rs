use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::percentile::{Ranked, interpolated};
use super::{SlowestCalls, percentile_name, samples_needed};
use crate::Distribution;
use crate::SeriesSnapshot;

/// How long the calls took that succeeded, in seconds.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LatencyStats {
    /// Calls that succeeded.
    pub count: u64,
    /// Sum of their durations, exact.
    #[serde(with = "crate::nan_as_null")]
    pub total_seconds: f64,
    /// Exact mean.
    pub mean_seconds: Option<f64>,
    /// Exact minimum.
    pub min_seconds: Option<f64>,
    /// Exact maximum.
    pub max_seconds: Option<f64>,
    /// The 50th percentile, whether or not it was asked for.
    pub median_seconds: Option<f64>,
    /// The 95th percentile, whether or not it was asked for.
    #[serde(default)]
    pub p95_seconds: Option<f64>,
    /// The few slowest calls, where they put the mean above the 99th percentile.
    #[serde(default)]
    pub slowest: Option<SlowestCalls>,
    /// The percentiles asked for, by name: `p95`, `p99.9`.
    pub percentiles: BTreeMap<String, Percentile>,
    /// Whether median and percentiles are exact: interpolated linearly between closest ranks, over every call.
    /// Otherwise they are read from the histogram by nearest rank, within 0.4 %.
    pub exact: bool,
}

/// One percentile of a latency.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Percentile {
    /// Over 0 and under 100.
    #[serde(with = "crate::nan_as_null")]
    pub percentile: f64,
    /// Seconds that this share of the calls did not exceed; none without calls.
    pub seconds: Option<f64>,
    /// How many calls it needs at 99 % confidence; see [`samples_needed`].
    pub samples_needed: u64,
    /// Whether there were as many.
    pub enough_samples: bool,
}

impl LatencyStats {
    pub(super) fn new(series: &SeriesSnapshot, percentiles: &[f64]) -> Self {
        let distribution = &series.latency;
        let raw = series.history.complete.then(|| {
            let durations = series.history.succeeded_ns().collect();
            Ranked::new(durations, percentiles.iter().copied().chain([50.0, 95.0, 99.9]))
        });
        let raw = raw.filter(|raw| raw.len() as u64 == distribution.count());
        let exact = raw.is_some();
        let (min, max) = (
            distribution.min().unwrap_or(0),
            distribution.max().unwrap_or(u64::MAX),
        );
        let held = |ns: u64| ns.clamp(min, max);
        let at = |percentile| match &raw {
            // Ticks of the history are converted now, those of the extremes were when they were folded: a clock that was
            // measured anew in between puts no percentile beyond them.
            Some(raw) => interpolated(raw.len(), percentile, |rank| seconds(held(raw.at(rank)))),
            None => distribution.percentile(percentile).map(seconds),
        };
        Self {
            count: distribution.count(),
            total_seconds: seconds(distribution.sum()),
            mean_seconds: distribution.mean().map(|ns| ns / 1e9),
            min_seconds: distribution.min().map(seconds),
            max_seconds: distribution.max().map(seconds),
            median_seconds: at(50.0),
            p95_seconds: at(95.0),
            slowest: SlowestCalls::new(distribution, || at(99.9)),
            percentiles: percentiles
                .iter()
                .map(|&percentile| {
                    let needed = samples_needed(percentile);
                    let entry = Percentile {
                        percentile,
                        seconds: at(percentile),
                        samples_needed: needed,
                        enough_samples: distribution.count() >= needed,
                    };
                    (percentile_name(percentile), entry)
                })
                .collect(),
            exact,
        }
    }

    /// From counts alone, for calls that have no history of their own.
    pub(super) fn of_distribution(distribution: &Distribution) -> Option<Self> {
        (distribution.count() > 0).then(|| Self {
            count: distribution.count(),
            total_seconds: seconds(distribution.sum()),
            mean_seconds: distribution.mean().map(|ns| ns / 1e9),
            min_seconds: distribution.min().map(seconds),
            max_seconds: distribution.max().map(seconds),
            median_seconds: distribution.quantile(0.5).map(seconds),
            p95_seconds: distribution.quantile(0.95).map(seconds),
            slowest: None,
            percentiles: BTreeMap::new(),
            exact: false,
        })
    }

    /// A percentile that was asked for, in seconds; none if it was not, or without calls.
    #[must_use]
    pub fn percentile(&self, percentile: f64) -> Option<f64> {
        self.percentiles.get(&percentile_name(percentile))?.seconds
    }
}

fn seconds(ns: u64) -> f64 {
    ns as f64 / 1e9
}
