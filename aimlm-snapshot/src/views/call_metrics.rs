use std::collections::BTreeMap;

use aimlm_vocabulary::{Label, Number};
use serde::{Deserialize, Serialize};

use super::Views;
use super::grouping::merged;
use super::{LatencyStats, NumberStats};
use crate::{BusyTime, MemorySnapshot, RateSnapshot, SeriesSnapshot, SiteSnapshot};

/// Calls by how they ended: `started = ok + error + panicked + cancelled + other + in_flight`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
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
    /// Calls that ended in a way that only a later version knows, which recorded them.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub other: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
const fn is_zero(n: &u64) -> bool {
    *n == 0
}

/// What there is to know about the calls of one stage on one subject, all label sets together.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CallMetrics {
    /// Calls by outcome.
    pub counts: CallCounts,
    /// Durations of the calls that succeeded.
    pub latency: LatencyStats,
    /// Durations of the calls that did not; none if every one succeeded. Without percentiles.
    pub failed_latency: Option<LatencyStats>,
    /// Seconds with at least one call in flight, however it ended; calls that have not ended are not in it yet.
    pub busy_seconds: Option<f64>,
    /// Seconds from the first start to the last end.
    pub span_seconds: Option<f64>,
    /// When the last call ended, in nanoseconds since the Unix epoch.
    #[serde(default)]
    pub last_end_ns: Option<i64>,
    /// Calls that ended, however they did, for each busy second; none from fewer than two.
    pub calls_per_second: Option<f64>,
    /// The same calls for each second of the span.
    pub calls_per_second_of_span: Option<f64>,
    /// Items processed, where calls said how many they had.
    pub throughput: Option<Throughput>,
    /// How fast each kind of amount was processed that calls said: items, samples, tokens, bytes.
    #[serde(default)]
    pub rates: BTreeMap<Number, Throughput>,
    /// The numbers that successful calls carried.
    pub numbers: BTreeMap<Number, NumberStats>,
    /// The numbers that calls carried which did not succeed.
    #[serde(default)]
    pub failed_numbers: BTreeMap<Number, NumberStats>,
    /// Resident memory of the whole process while calls were in flight: a sample, not the cost of a call.
    pub sampled_memory: Option<MemorySnapshot>,
    /// Errors by kind, where kinds were named.
    pub error_kinds: BTreeMap<String, u64>,
    /// Every text of every label: those of calls that succeeded first, each in order.
    pub labels: BTreeMap<Label, Vec<String>>,
    /// The annotated functions that recorded.
    pub functions: Vec<SiteSnapshot>,
}

/// An amount of work, and how fast it was done: of the calls that succeeded and said how much they did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Throughput {
    /// The field that says how much.
    pub items: Number,
    /// Calls that succeeded and said it.
    pub calls: u64,
    /// What they did in all, exact.
    pub total: u64,
    /// Seconds with at least one of these calls in flight.
    pub busy_seconds: Option<f64>,
    /// What was done in each of these seconds, concurrent calls taken together; none from fewer than two calls.
    pub per_second: Option<f64>,
    /// The same for each second from the first start of these calls to their last end.
    pub per_second_of_span: Option<f64>,
    /// The rates of single calls, where the field counts the items of the stage.
    pub per_call: Option<RateStats>,
}

/// Items a second of single calls: items of a call over its duration.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
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
    pub(super) fn new(group: &[&SeriesSnapshot], views: &Views<'_>) -> Option<Self> {
        let percentiles = views.percentiles;
        let mut series = merged(group)?;
        if let Some(subject) = views.snapshot.subject_of(group) {
            subject.put_into(series.to_mut());
        }
        let counts = CallCounts::new(&series);
        let ended = series.outcomes.ended();
        let numbers = series.fields.keys();
        let failed = series.failed_fields.keys();
        Some(Self {
            counts,
            latency: LatencyStats::new(&series, percentiles),
            failed_latency: LatencyStats::of_distribution(&series.failed_latency),
            busy_seconds: series.busy.seconds(),
            span_seconds: series.busy.span_seconds(),
            last_end_ns: series.last_end_ns,
            calls_per_second: per_second(ended, ended, series.busy.seconds()),
            calls_per_second_of_span: per_second(ended, ended, series.busy.span_seconds()),
            throughput: series.rate.as_ref().map(Throughput::of_items),
            rates: rates(&series),
            numbers: numbers
                .filter_map(|&field| Some((field, NumberStats::new(&series, group, field)?)))
                .collect(),
            failed_numbers: failed
                .filter_map(|&field| Some((field, NumberStats::of_failed(&series, field)?)))
                .collect(),
            sampled_memory: series.memory.clone(),
            error_kinds: series.error_kinds.clone(),
            labels: labels(group),
            functions: functions(group),
        })
    }

    /// How fast an amount was processed, by the clock; none if fewer than two successful calls said it.
    #[must_use]
    pub fn per_second(&self, field: Number) -> Option<f64> {
        self.rates.get(&field)?.per_second
    }

    /// The numbers that successful calls carried under a field.
    #[must_use]
    pub fn number(&self, field: Number) -> Option<&NumberStats> {
        self.numbers.get(&field)
    }

    /// Seconds in calls that ended, however they did.
    pub fn seconds(&self) -> f64 {
        let failed = self
            .failed_latency
            .as_ref()
            .map_or(0.0, |failed| failed.total_seconds);
        self.latency.total_seconds + failed
    }

    /// Errors by kind, the most frequent first.
    pub fn frequent_kinds(&self) -> Vec<(&str, u64)> {
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
        Some(self.labels.get(&label)?.join(", "))
    }
}

impl CallCounts {
    pub(super) fn new(series: &SeriesSnapshot) -> Self {
        Self {
            started: series.started,
            in_flight: series.in_flight,
            ok: series.outcomes.ok,
            error: series.outcomes.error,
            panicked: series.outcomes.panicked,
            cancelled: series.outcomes.cancelled,
            other: series.outcomes.other,
        }
    }

    /// Adds those of other series.
    pub fn add(&mut self, other: Self) {
        for (sum, n) in [
            (&mut self.started, other.started),
            (&mut self.in_flight, other.in_flight),
            (&mut self.ok, other.ok),
            (&mut self.error, other.error),
            (&mut self.panicked, other.panicked),
            (&mut self.cancelled, other.cancelled),
            (&mut self.other, other.other),
        ] {
            *sum = sum.saturating_add(n);
        }
    }

    /// Calls that returned an error or unwound. Cancelled calls are no failures: nobody waited for them.
    #[must_use]
    pub const fn failed(&self) -> u64 {
        self.error.saturating_add(self.panicked)
    }
}

impl Throughput {
    fn of_items(rate: &RateSnapshot) -> Self {
        let known = |value: Option<f64>| value.filter(|value| rate.count > 0 && value.is_finite());
        let per_call = RateStats {
            count: rate.count,
            mean: known(rate.mean()),
            min: known(rate.min),
            max: known(rate.max),
        };
        Self {
            per_call: Some(per_call),
            ..Self::new(rate.items, rate.calls, rate.total_items, &rate.busy)
        }
    }

    fn new(items: Number, calls: u64, total: u64, busy: &BusyTime) -> Self {
        Self {
            items,
            calls,
            total,
            busy_seconds: busy.seconds(),
            per_second: per_second(total, calls, busy.seconds()),
            per_second_of_span: per_second(total, calls, busy.span_seconds()),
            per_call: None,
        }
    }
}

/// One call alone says how long it took, not how often such calls come.
fn per_second(amount: u64, calls: u64, seconds: Option<f64>) -> Option<f64> {
    let seconds = seconds.filter(|&seconds| seconds > 0.0 && calls > 1)?;
    Some(amount as f64 / seconds)
}

fn rates(series: &SeriesSnapshot) -> BTreeMap<Number, Throughput> {
    let amounts = series
        .fields
        .iter()
        .filter(|(field, numbers)| field.is_amount() && numbers.count > 0);
    amounts
        .map(|(&field, numbers)| {
            let rate = Throughput::new(field, numbers.count, numbers.total(), &numbers.busy);
            (field, rate)
        })
        .collect()
}

/// Where there is room for one text it is one that worked.
fn labels(group: &[&SeriesSnapshot]) -> BTreeMap<Label, Vec<String>> {
    let mut labels: BTreeMap<Label, BTreeMap<&str, bool>> = BTreeMap::new();
    for series in group {
        let worked = series.outcomes.ok > 0 || series.samples > 0;
        for (&label, text) in &series.labels {
            *labels.entry(label).or_default().entry(text).or_default() |= worked;
        }
    }
    let in_order = |texts: BTreeMap<&str, bool>| {
        let (worked, others): (Vec<_>, Vec<_>) = texts.into_iter().partition(|&(_, worked)| worked);
        let texts = worked.into_iter().chain(others);
        texts.map(|(text, _)| text.to_owned()).collect()
    };
    let labels = labels.into_iter();
    labels.map(|(label, texts)| (label, in_order(texts))).collect()
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
