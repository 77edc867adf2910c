use std::collections::BTreeMap;

use aimlm_vocabulary::{Label, Number, Outcomes, Stage};
use serde::{Deserialize, Serialize};

use super::{BusyTime, History, MemorySnapshot, NumberSnapshot, nan_as_null, unique};
use crate::Distribution;

/// Everything about one series: the calls of one stage on one subject with one set of labels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SeriesSnapshot {
    /// The stage.
    pub stage: Stage,
    /// The model, data set, task or operation.
    pub subject: String,
    /// What else tells this series from its neighbours.
    #[serde(deserialize_with = "unique::deserialize")]
    pub labels: BTreeMap<Label, String>,
    /// The annotated function that first recorded into it; none for the manual API.
    pub site: Option<SiteSnapshot>,
    /// Calls that started, as counted when they did: those that ended and those in flight.
    pub started: u64,
    /// Of these, calls that were in flight already when the window began: an earlier window counts them too.
    #[serde(default)]
    pub carried: u64,
    /// How many of these at the beginning of which window, as a number that no other window has.
    #[serde(
        default,
        skip_serializing_if = "BTreeMap::is_empty",
        deserialize_with = "unique::deserialize"
    )]
    pub carried_at: BTreeMap<u64, u64>,
    /// Calls that started and have not ended.
    pub in_flight: u64,
    /// How many of these at the end of which window, by the number of the one that took its place. Where both windows
    /// are merged, these calls count once.
    #[serde(
        default,
        skip_serializing_if = "BTreeMap::is_empty",
        deserialize_with = "unique::deserialize"
    )]
    pub left_at: BTreeMap<u64, u64>,
    /// Calls that ended, by outcome.
    pub outcomes: Outcomes,
    /// Durations of the calls that succeeded.
    pub latency: Distribution,
    /// Durations of the calls that did not: errors, panics, cancellations.
    pub failed_latency: Distribution,
    /// Start of the first call, in seconds since the Unix epoch.
    pub first_start: Option<f64>,
    /// End of the last call, in seconds since the Unix epoch.
    pub last_end: Option<f64>,
    /// When at least one call was in flight, however it ended. For all label sets of a subject together, see
    /// [`Snapshot::subjects`](super::Snapshot::subjects).
    #[serde(default)]
    pub busy: BusyTime,
    /// Items a second, call by call; the stage says which field counts the items.
    pub rate: Option<RateSnapshot>,
    /// The numbers that successful calls and samples carried.
    #[serde(deserialize_with = "unique::deserialize")]
    pub fields: BTreeMap<Number, NumberSnapshot>,
    /// The numbers that calls carried which did not succeed.
    #[serde(default, deserialize_with = "unique::deserialize")]
    pub failed_fields: BTreeMap<Number, NumberSnapshot>,
    /// Samples without a call: training statistics and utilisation.
    pub samples: u64,
    /// Resident memory of the process while calls were in flight; none unless asked for.
    pub memory: Option<MemorySnapshot>,
    /// Errors by kind, where `error_kind` names them.
    #[serde(deserialize_with = "unique::deserialize")]
    pub error_kinds: BTreeMap<String, u64>,
    /// The last calls, one by one.
    pub history: History,
    /// Whether calls were being added all the time that this was read, so that some are in one of its numbers and not yet
    /// in another.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unsettled: bool,
}

impl SeriesSnapshot {
    /// What tells this series from every other, in the order of [`Snapshot::series`](super::Snapshot::series).
    #[must_use]
    pub fn key(&self) -> (Stage, &str, &BTreeMap<Label, String>) {
        (self.stage, &self.subject, &self.labels)
    }

    /// The text of a label.
    #[must_use]
    pub fn label(&self, label: Label) -> Option<&str> {
        self.labels.get(&label).map(String::as_str)
    }

    /// The numbers that calls carried under a field.
    #[must_use]
    pub fn field(&self, field: Number) -> Option<&NumberSnapshot> {
        self.fields.get(&field)
    }

    /// Adds what another process, window or label set recorded.
    pub fn merge(&mut self, other: &Self) {
        self.site = self.site.take().or_else(|| other.site.clone());
        self.started = self.started.saturating_add(other.started);
        self.carried = self.carried.saturating_add(other.carried);
        self.in_flight = self.in_flight.saturating_add(other.in_flight);
        add_all(&mut self.carried_at, &other.carried_at);
        add_all(&mut self.left_at, &other.left_at);
        self.join_windows();
        self.outcomes.merge(&other.outcomes);
        self.latency.merge(&other.latency);
        self.failed_latency.merge(&other.failed_latency);
        self.busy.merge(&other.busy);
        self.first_start = merge_with(self.first_start, other.first_start, f64::min);
        self.last_end = merge_with(self.last_end, other.last_end, f64::max);
        merge_option(&mut self.rate, other.rate.as_ref(), RateSnapshot::merge);
        merge_fields(&mut self.fields, &other.fields);
        merge_fields(&mut self.failed_fields, &other.failed_fields);
        self.samples = self.samples.saturating_add(other.samples);
        merge_option(&mut self.memory, other.memory.as_ref(), MemorySnapshot::merge);
        add_all(&mut self.error_kinds, &other.error_kinds);
        self.history.merge(&other.history);
        self.unsettled |= other.unsettled;
    }
}

impl SeriesSnapshot {
    /// A call that was in flight where one window ended and the next began is one call.
    fn join_windows(&mut self) {
        let carried_at = &mut self.carried_at;
        let mut joined = 0_u64;
        self.left_at.retain(|bound, left| {
            let Some(carried) = carried_at.get_mut(bound) else {
                return true;
            };
            let both = (*left).min(*carried);
            joined = joined.saturating_add(both);
            (*left, *carried) = (*left - both, *carried - both);
            *left > 0
        });
        carried_at.retain(|_, carried| *carried > 0);
        for calls in [&mut self.started, &mut self.carried, &mut self.in_flight] {
            *calls = calls.saturating_sub(joined);
        }
    }
}

fn add_all<K: Ord + Clone>(ours: &mut BTreeMap<K, u64>, theirs: &BTreeMap<K, u64>) {
    for (key, &n) in theirs {
        let sum = ours.entry(key.clone()).or_default();
        *sum = sum.saturating_add(n);
    }
}

fn merge_fields(ours: &mut BTreeMap<Number, NumberSnapshot>, theirs: &BTreeMap<Number, NumberSnapshot>) {
    for (field, theirs) in theirs {
        ours.entry(*field)
            .and_modify(|ours| ours.merge(theirs, theirs.kind_of(*field)))
            .or_insert_with(|| theirs.clone());
    }
}

fn merge_with(ours: Option<f64>, theirs: Option<f64>, pick: fn(f64, f64) -> f64) -> Option<f64> {
    match (ours, theirs) {
        (Some(ours), Some(theirs)) => Some(pick(ours, theirs)),
        (ours, theirs) => ours.or(theirs),
    }
}

fn merge_option<T: Clone>(ours: &mut Option<T>, theirs: Option<&T>, merge: fn(&mut T, &T)) {
    match (ours, theirs) {
        (Some(ours), Some(theirs)) => merge(ours, theirs),
        (ours @ None, Some(theirs)) => *ours = Some(theirs.clone()),
        (_, None) => {}
    }
}

/// Where an annotated function stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteSnapshot {
    /// Module path and name.
    pub function: String,
    /// Source file.
    pub file: String,
    /// Line in it.
    pub line: u32,
}

/// Items a second of single calls: the number of items of a call over its duration.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RateSnapshot {
    /// The field that counts the items.
    pub items: Number,
    /// All items, exact.
    pub total_items: u64,
    /// Calls that said how many items they had and succeeded.
    #[serde(default)]
    pub calls: u64,
    /// When at least one of these calls was in flight.
    #[serde(default)]
    pub busy: BusyTime,
    /// Calls that said how many items they had, succeeded and took a measurable time: those that have a rate.
    pub count: u64,
    /// Sum of the calls' rates, for their mean.
    #[serde(with = "nan_as_null")]
    pub sum: f64,
    /// Slowest call, in items a second; none if no call has a rate.
    pub min: Option<f64>,
    /// Fastest call, in items a second; none if no call has a rate.
    pub max: Option<f64>,
}

impl RateSnapshot {
    /// Mean of the calls' rates, in items a second; none if no call has one.
    #[must_use]
    pub fn mean(&self) -> Option<f64> {
        (self.count > 0).then(|| self.sum / self.count as f64)
    }

    fn merge(&mut self, other: &Self) {
        self.total_items = self.total_items.saturating_add(other.total_items);
        self.calls = self.calls.saturating_add(other.calls);
        self.busy.merge(&other.busy);
        self.count = self.count.saturating_add(other.count);
        self.sum += other.sum;
        self.min = merge_with(self.min, other.min, f64::min);
        self.max = merge_with(self.max, other.max, f64::max);
    }
}
