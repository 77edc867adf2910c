use std::collections::BTreeMap;

use aimlm_vocabulary::{Label, Number, Outcomes, Stage};
use serde::{Deserialize, Serialize};

use crate::extremes::merge_with;
use crate::{BusyTime, Calls, Distribution, History, MemorySnapshot, NumberSnapshot, RateSnapshot, unique};

/// Calls that merged histories keep, unless one of them brings more: as many as a process does that is not told another
/// `history_size`.
const MOST_CALLS: usize = 1000;

/// Everything about one series: the calls of one stage on one subject with one set of labels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
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
    pub carried: u64,
    /// How many of these at the beginning of which window, as a number that no other window has.
    #[serde(
        skip_serializing_if = "BTreeMap::is_empty",
        deserialize_with = "unique::deserialize"
    )]
    pub carried_at: BTreeMap<u64, u64>,
    /// Calls that started and have not ended.
    pub in_flight: u64,
    /// How many of these at the end of which window, by the number of the one that took its place. Where both windows
    /// are merged, these calls count once.
    #[serde(
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
    /// Start of the first call, in nanoseconds since the Unix epoch.
    pub first_start_ns: Option<i64>,
    /// End of the last call, in nanoseconds since the Unix epoch.
    pub last_end_ns: Option<i64>,
    /// When at least one call was in flight, however it ended. For all label sets of a subject together, see
    /// [`Snapshot::subjects`](super::Snapshot::subjects).
    pub busy: BusyTime,
    /// Items a second, call by call; the stage says which field counts the items.
    pub rate: Option<RateSnapshot>,
    /// The numbers that successful calls and samples carried.
    #[serde(deserialize_with = "unique::deserialize")]
    pub fields: BTreeMap<Number, NumberSnapshot>,
    /// The numbers that calls carried which did not succeed.
    #[serde(deserialize_with = "unique::deserialize")]
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
    /// Number of the window that this is of, which no other window has; 0 of merged ones, and where it is not known.
    #[serde(skip_serializing_if = "is_zero")]
    pub window: u64,
    /// Memory that the series held where it was recorded, in bytes: histograms, history, curves.
    pub bytes: u64,
    /// Whether calls were being added all the time that this was read, so that some are in one of its numbers and not yet
    /// in another.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub unsettled: bool,
}

impl Default for SeriesSnapshot {
    fn default() -> Self {
        Self::new(
            Stage::of_name("unknown").unwrap_or(Stage::Operation),
            String::new(),
        )
    }
}

impl SeriesSnapshot {
    /// Of a stage and a subject, without calls yet.
    #[must_use]
    pub fn new(stage: Stage, subject: String) -> Self {
        Self {
            stage,
            subject,
            labels: BTreeMap::new(),
            site: None,
            started: 0,
            carried: 0,
            carried_at: BTreeMap::new(),
            in_flight: 0,
            left_at: BTreeMap::new(),
            outcomes: Outcomes::default(),
            latency: Distribution::default(),
            failed_latency: Distribution::default(),
            first_start_ns: None,
            last_end_ns: None,
            busy: BusyTime::default(),
            rate: None,
            fields: BTreeMap::new(),
            failed_fields: BTreeMap::new(),
            samples: 0,
            memory: None,
            error_kinds: BTreeMap::new(),
            history: History::default(),
            window: 0,
            bytes: 0,
            unsettled: false,
        }
    }

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
        self.first_start_ns = merge_with(self.first_start_ns, other.first_start_ns, Ord::min);
        self.last_end_ns = merge_with(self.last_end_ns, other.last_end_ns, Ord::max);
        merge_option(&mut self.rate, other.rate.as_ref(), RateSnapshot::merge);
        merge_fields(&mut self.fields, &other.fields);
        merge_fields(&mut self.failed_fields, &other.failed_fields);
        self.samples = self.samples.saturating_add(other.samples);
        merge_option(&mut self.memory, other.memory.as_ref(), MemorySnapshot::merge);
        add_all(&mut self.error_kinds, &other.error_kinds);
        self.history.merge(&other.history);
        self.bytes = self.bytes.saturating_add(other.bytes);
        if self.window != other.window {
            self.window = 0;
        }
        self.unsettled |= other.unsettled;
    }

    /// As [`merge`](Self::merge), and histories and curves keep their size.
    pub(crate) fn merge_bounded(&mut self, other: &Self) {
        let most = self.history.len().max(other.history.len()).max(MOST_CALLS);
        self.merge(other);
        self.history.keep_last(most);
        for numbers in self.fields.values_mut().chain(self.failed_fields.values_mut()) {
            numbers.thin_curve();
        }
    }

    /// Counts, sums and extremes stay: see [`Detail::Counters`](crate::Detail::Counters).
    pub(crate) fn keep_counters(&mut self) {
        self.latency = self.latency.summary();
        self.failed_latency = self.failed_latency.summary();
        self.busy = self.busy.summary();
        self.rate.iter_mut().for_each(RateSnapshot::keep_counters);
        for numbers in self.fields.values_mut().chain(self.failed_fields.values_mut()) {
            numbers.keep_counters();
        }
        self.memory.iter_mut().for_each(MemorySnapshot::keep_counters);
        self.history = History::new(self.outcomes.ended() == 0, false, Calls::default());
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
            .and_modify(|ours| ours.add(theirs, *field))
            .or_insert_with(|| theirs.clone());
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
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct SiteSnapshot {
    /// Module path and name.
    pub function: String,
    /// Source file.
    pub file: String,
    /// Line in it.
    pub line: u32,
}

impl SiteSnapshot {
    /// Module path and name, source file, and line in it.
    #[must_use]
    pub const fn new(function: String, file: String, line: u32) -> Self {
        Self { function, file, line }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
const fn is_zero(n: &u64) -> bool {
    *n == 0
}
