use serde::{Deserialize, Serialize};

/// How the recording itself is doing, for the whole process.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct EngineSnapshot {
    /// Records folded by the threads that wrote them.
    pub folded_by_owner: u64,
    /// Records folded by the collector, a report, or a thread that took over a ring.
    pub folded_by_others: u64,
    /// Records added straight to their series because the ring was full and being swept at that moment.
    pub added_directly: u64,
    /// Rings in existence: the largest number of threads that ever recorded at once.
    pub rings: u64,
    /// Bytes held by the rings.
    pub ring_bytes: u64,
    /// Bytes held by this instance's series: names, histograms, history, curves.
    pub series_bytes: u64,
    /// How many these may be: from then on new series go to the overflow series. 0 where it is not known.
    pub max_series_bytes: u64,
    /// Bytes held by what all instances share: the places that series stand in, and the names of kinds of errors.
    pub shared_bytes: u64,
    /// Series in this snapshot.
    pub series: u64,
    /// Calls that went to the overflow series because the series limit was reached.
    pub overflow_calls: u64,
    /// The annotated function that made most of those calls, as estimated from a sample of about one in 64.
    pub overflow_site: Option<String>,
    /// The subject of most of those calls, as estimated from the same sample.
    pub overflow_subject: Option<String>,
    /// Which part of those calls that subject made up, from 0 to 1: at the least, as far as the sample tells with 99 %
    /// confidence, so that a few calls looked at say 0. Near 0 where all of them are
    /// about as rare.
    pub overflow_subject_share: Option<f64>,
    /// Sweeps of the collector.
    pub collector_sweeps: u64,
    /// Times that the collector was started again after a failure.
    pub collector_restarts: u64,
    /// How long the collector worked, in nanoseconds.
    pub collector_busy_ns: u64,
    /// What recording one call costs on this machine, in nanoseconds: both clock readings included, measured
    /// in a loop soon after the start. None before that.
    pub call_cost_ns: Option<f64>,
    /// Times that the clock was anchored anew.
    pub clock_anchors: u64,
    /// Samples of resident memory that could not be taken.
    pub memory_sample_failures: u64,
    /// Times that the collector's thread could not be started; it is tried again as calls and reports come. Without it
    /// no call is lost, but no resident memory is sampled, and the clock is not anchored.
    pub collector_start_failures: u64,
    /// Faults inside aimlm that were caught and survived.
    pub internal_faults: u64,
    /// Numbers and labels of the program's own that were left out, because their names are too long or too many.
    pub names_left_out: u64,
    /// What of the configuration of the environment was not taken because it is wrong, in one text; none if all was.
    /// The defaults are in force in its place.
    pub configuration_error: Option<String>,
    /// The same, one line each, and what was not taken because it is no setting.
    pub configuration_problems: Vec<String>,
}

impl EngineSnapshot {
    /// The names are those of the one with more calls over the limit; the share is of the calls of both.
    fn merge_overflow(&mut self, other: &Self) {
        let more = if other.overflow_calls > self.overflow_calls {
            other
        } else {
            &*self
        };
        let (site, subject) = (more.overflow_site.clone(), more.overflow_subject.clone());
        let calls = |engine: &Self| {
            let share = engine.overflow_subject_share;
            share
                .filter(|_| engine.overflow_subject == subject)
                .map(|share| share * engine.overflow_calls as f64)
        };
        let calls = [calls(self), calls(other)]
            .into_iter()
            .flatten()
            .reduce(|a, b| a + b);
        let all = self.overflow_calls.saturating_add(other.overflow_calls);
        self.overflow_subject_share = calls.map(|calls| calls / all.max(1) as f64);
        (self.overflow_site, self.overflow_subject) = (site, subject);
        self.overflow_calls = all;
    }

    /// Of windows of the same processes memory does not add up.
    pub(crate) fn merge(&mut self, other: &Self, is_same_process: bool) {
        let add = |ours: u64, theirs: u64| {
            if is_same_process {
                ours.max(theirs)
            } else {
                ours.saturating_add(theirs)
            }
        };
        self.folded_by_owner = self.folded_by_owner.saturating_add(other.folded_by_owner);
        self.folded_by_others = self.folded_by_others.saturating_add(other.folded_by_others);
        self.added_directly = self.added_directly.saturating_add(other.added_directly);
        self.rings = add(self.rings, other.rings);
        self.ring_bytes = add(self.ring_bytes, other.ring_bytes);
        self.series_bytes = add(self.series_bytes, other.series_bytes);
        self.max_series_bytes = add(self.max_series_bytes, other.max_series_bytes);
        self.shared_bytes = add(self.shared_bytes, other.shared_bytes);
        self.merge_overflow(other);
        self.collector_sweeps = self.collector_sweeps.saturating_add(other.collector_sweeps);
        self.collector_restarts = self.collector_restarts.saturating_add(other.collector_restarts);
        self.collector_busy_ns = self.collector_busy_ns.saturating_add(other.collector_busy_ns);
        self.call_cost_ns = match (self.call_cost_ns, other.call_cost_ns) {
            (Some(ours), Some(theirs)) => Some(ours.max(theirs)),
            (ours, theirs) => ours.or(theirs),
        };
        self.clock_anchors = self.clock_anchors.saturating_add(other.clock_anchors);
        self.memory_sample_failures = self
            .memory_sample_failures
            .saturating_add(other.memory_sample_failures);
        self.collector_start_failures = self
            .collector_start_failures
            .saturating_add(other.collector_start_failures);
        self.internal_faults = self.internal_faults.saturating_add(other.internal_faults);
        self.names_left_out = self.names_left_out.saturating_add(other.names_left_out);
        self.configuration_error = self
            .configuration_error
            .take()
            .or_else(|| other.configuration_error.clone());
        for problem in &other.configuration_problems {
            if !self.configuration_problems.contains(problem) {
                self.configuration_problems.push(problem.clone());
            }
        }
    }
}
