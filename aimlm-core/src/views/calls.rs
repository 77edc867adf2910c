use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::grouping::merged;
use super::{LatencyStats, NumberStats};
use crate::event::{Field, Label};
use crate::snapshot::{MemorySnapshot, RateSnapshot, SeriesSnapshot, SiteSnapshot};

/// Calls by how they ended: `started = ok + error + panicked + cancelled + in_flight`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallCounts {
    /// Calls that started.
    pub started: u64,
    /// Calls that started and have not ended.
    pub in_flight: u64,
    /// Calls that succeeded.
    pub ok: u64,
    /// Calls that returned an error.
    pub error: u64,
    /// Calls that unwound.
    pub panicked: u64,
    /// Calls dropped before their end.
    pub cancelled: u64,
}

/// What there is to know about the calls of one stage on one subject, all label sets together.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct CallMetrics {
    /// Calls by outcome.
    pub counts: CallCounts,
    /// Durations of the calls that succeeded.
    pub latency: LatencyStats,
    /// Durations of the calls that did not; none if every one succeeded. Without percentiles.
    pub failed_latency: Option<LatencyStats>,
    /// Seconds from the first start to the last end, less every second in which no call ran; in a
    /// series that lives for hours, less every 1/1,024 of its life in which none did.
    pub busy_seconds: Option<f64>,
    /// Calls that succeeded, for each busy second.
    pub calls_per_second: Option<f64>,
    /// Items processed, where calls said how many they had.
    pub throughput: Option<Throughput>,
    /// Bytes for each second spent in calls; none unless every call, or every call that succeeded, had a size.
    pub bytes_per_second: Option<f64>,
    /// The numbers that calls carried.
    pub numbers: BTreeMap<Field, NumberStats>,
    /// Resident memory of the whole process while calls were in flight: a sample, not the cost of a call.
    pub sampled_memory: Option<MemorySnapshot>,
    /// Errors by kind, where kinds were named.
    pub error_kinds: BTreeMap<String, u64>,
    /// Every text of every label.
    pub labels: BTreeMap<Label, BTreeSet<String>>,
    /// The annotated functions that recorded.
    pub functions: Vec<SiteSnapshot>,
}

/// Items processed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Throughput {
    /// The field that counts the items.
    pub items: Field,
    /// Items of all calls that succeeded, exact.
    pub total: u64,
    /// Items for each busy second, concurrent calls taken together.
    pub per_second: Option<f64>,
    /// The rates of single calls.
    pub per_call: RateStats,
}

/// Items a second of single calls: items of a call over its duration.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct RateStats {
    /// Calls that succeeded, said how many items they had and took a measurable time.
    pub count: u64,
    /// Mean rate.
    pub mean: Option<f64>,
    /// Rate of the slowest call.
    pub min: Option<f64>,
    /// Rate of the fastest call.
    pub max: Option<f64>,
}

impl CallMetrics {
    /// None where there is no series.
    pub(super) fn new(group: &[&SeriesSnapshot], percentiles: &[f64]) -> Option<Self> {
        let series = merged(group)?;
        let counts = CallCounts::new(&series);
        let numbers = series.fields.keys().filter(|field| field.is_public());
        Some(Self {
            counts,
            latency: LatencyStats::new(&series, percentiles),
            failed_latency: LatencyStats::of_distribution(&series.failed_latency),
            busy_seconds: series.busy_seconds,
            calls_per_second: over(counts.ok as f64, series.busy_seconds),
            throughput: series
                .rate
                .as_ref()
                .map(|rate| Throughput::new(rate, series.busy_seconds)),
            bytes_per_second: bytes_per_second(&series),
            numbers: numbers
                .filter_map(|&field| Some((field, NumberStats::new(&series, field)?)))
                .collect(),
            sampled_memory: series.memory.clone(),
            error_kinds: series.error_kinds.clone(),
            labels: labels(group),
            functions: functions(group),
        })
    }

    /// The numbers that calls carried under a field.
    #[must_use]
    pub fn number(&self, field: Field) -> Option<&NumberStats> {
        self.numbers.get(&field)
    }

    /// Errors by kind, the most frequent first.
    pub(crate) fn frequent_kinds(&self) -> Vec<(&str, u64)> {
        let mut kinds: Vec<_> = self
            .error_kinds
            .iter()
            .map(|(kind, &n)| (kind.as_str(), n))
            .collect();
        kinds.sort_unstable_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        kinds
    }

    /// The texts of a label, joined; none without one.
    #[must_use]
    pub fn label(&self, label: Label) -> Option<String> {
        let texts: Vec<&str> = self.labels.get(&label)?.iter().map(String::as_str).collect();
        Some(texts.join(", "))
    }
}

impl CallCounts {
    fn new(series: &SeriesSnapshot) -> Self {
        Self {
            started: series.started,
            in_flight: series.in_flight,
            ok: series.outcomes.ok,
            error: series.outcomes.error,
            panicked: series.outcomes.panicked,
            cancelled: series.outcomes.cancelled,
        }
    }

    /// Calls that returned an error or unwound. Cancelled calls are no failures: nobody waited for them.
    #[must_use]
    pub const fn failed(&self) -> u64 {
        self.error.saturating_add(self.panicked)
    }
}

impl Throughput {
    fn new(rate: &RateSnapshot, busy_seconds: Option<f64>) -> Self {
        let known = |value: Option<f64>| value.filter(|value| rate.count > 0 && value.is_finite());
        Self {
            items: rate.items,
            total: rate.total_items,
            per_second: over(rate.total_items as f64, busy_seconds),
            per_call: RateStats {
                count: rate.count,
                mean: known(rate.mean()),
                min: known(rate.min),
                max: known(rate.max),
            },
        }
    }
}

fn over(amount: f64, seconds: Option<f64>) -> Option<f64> {
    seconds
        .filter(|&seconds| seconds > 0.0)
        .map(|seconds| amount / seconds)
}

/// The sum of sizes belongs to all ended calls or to those that succeeded, as their number shows. Otherwise
/// the time that goes with the bytes is not known.
fn bytes_per_second(series: &SeriesSnapshot) -> Option<f64> {
    let sizes = series.field(Field::SizeBytes)?;
    let succeeded = series.latency.sum() as f64;
    let ns = if sizes.count == series.outcomes.ended() {
        succeeded + series.failed_latency.sum() as f64
    } else if sizes.count == series.outcomes.ok {
        succeeded
    } else {
        return None;
    };
    over(sizes.sum, Some(ns / 1e9))
}

fn labels(group: &[&SeriesSnapshot]) -> BTreeMap<Label, BTreeSet<String>> {
    let mut labels: BTreeMap<Label, BTreeSet<String>> = BTreeMap::new();
    for (&label, text) in group.iter().flat_map(|series| &series.labels) {
        labels.entry(label).or_default().insert(text.clone());
    }
    labels
}

fn functions(group: &[&SeriesSnapshot]) -> Vec<SiteSnapshot> {
    let mut functions: Vec<SiteSnapshot> = Vec::new();
    for site in group.iter().filter_map(|series| series.site.as_ref()) {
        if !functions.contains(site) {
            functions.push(site.clone());
        }
    }
    functions
}
