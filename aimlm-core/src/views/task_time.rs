use std::collections::BTreeMap;

use super::grouping::Group;
use super::{CallMetrics, CoordinationOverhead, CoordinationSource};
use crate::snapshot::{BusyTime, SeriesSnapshot};

/// When a distributed task and its phases were in flight.
pub(super) struct TaskTime {
    runs: BusyTime,
    phases: BTreeMap<String, BusyTime>,
    pub(super) all_phases: BusyTime,
    /// Runs and phases: a run that has not ended is known by its phases alone.
    task: BusyTime,
}

impl TaskTime {
    pub(super) fn new(runs: &[&SeriesSnapshot], phases: &BTreeMap<Option<&str>, Group<'_>>) -> Self {
        let runs = union(runs.iter().map(|series| &series.busy));
        let phases: BTreeMap<String, BusyTime> = phases
            .iter()
            .map(|(phase, group)| {
                let busy = union(group.iter().map(|series| &series.busy));
                (phase.unwrap_or_default().to_owned(), busy)
            })
            .collect();
        let all_phases = union(phases.values());
        Self {
            task: union([&runs, &all_phases]),
            runs,
            phases,
            all_phases,
        }
    }

    /// The share of each phase that ran within recorded runs.
    pub(super) fn shares(&self) -> BTreeMap<String, f64> {
        let phases = self.phases.iter();
        phases
            .filter_map(|(phase, busy)| Some((phase.clone(), self.share(busy)?)))
            .collect()
    }

    /// A part of the time of the task; none without recorded runs.
    pub(super) fn share(&self, part: &BusyTime) -> Option<f64> {
        let whole = self.runs.seconds().and(self.task.seconds())?;
        (whole > 0.0).then(|| part.seconds().unwrap_or(0.0) / whole)
    }

    pub(super) fn coordination(
        &self,
        runs: Option<&CallMetrics>,
        phases: &BTreeMap<String, CallMetrics>,
    ) -> Option<CoordinationOverhead> {
        if let Some(phase) = phases.get("coordination") {
            let count = runs.map_or(phase.latency.count, |runs| runs.counts.started);
            let seconds = self.phases.get("coordination").and_then(BusyTime::seconds)?;
            let total = if self.runs_overlap(runs) {
                phase.seconds()
            } else {
                seconds
            };
            return CoordinationOverhead::new(count, total, CoordinationSource::Phase);
        }
        let runs = runs.filter(|_| !phases.is_empty())?;
        let total = if self.runs_overlap(Some(runs)) {
            // Whose phase is whose is not known; sums are right unless phases overlapped too.
            runs.seconds() - phases.values().map(CallMetrics::seconds).sum::<f64>()
        } else {
            self.task.seconds()? - self.all_phases.seconds().unwrap_or(0.0)
        };
        let ended = runs.counts.started.saturating_sub(runs.counts.in_flight);
        CoordinationOverhead::new(ended, total, CoordinationSource::Remainder)
    }

    /// Whether several runs were in flight at once.
    fn runs_overlap(&self, runs: Option<&CallMetrics>) -> bool {
        let by_the_clock = self.runs.seconds().unwrap_or(0.0);
        runs.is_some_and(|runs| runs.seconds() > by_the_clock * 1.01)
    }
}

fn union<'a>(times: impl IntoIterator<Item = &'a BusyTime>) -> BusyTime {
    times.into_iter().fold(BusyTime::default(), |mut union, time| {
        union.merge(time);
        union
    })
}
