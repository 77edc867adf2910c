use std::collections::BTreeMap;

use super::grouping::Group;
use super::{CallMetrics, CoordinationOverhead, CoordinationSource};
use crate::{BusyTime, SeriesSnapshot};

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

    /// Of the runs that ended, or of the phase's calls where no run was recorded.
    pub(super) fn coordination(
        &self,
        runs: Option<&CallMetrics>,
        phases: &BTreeMap<String, CallMetrics>,
    ) -> Option<CoordinationOverhead> {
        let source = match phases.get("coordination") {
            Some(_) => CoordinationSource::Phase,
            None => CoordinationSource::Remainder,
        };
        let Some(runs) = runs else {
            let phase = phases.get("coordination")?;
            let seconds = self.phases.get("coordination")?.seconds()?;
            return CoordinationOverhead::new(ended(phase), seconds, source);
        };
        let total = match phases.get("coordination") {
            _ if phases.is_empty() => return None,
            // Whose phase is whose is not known of runs side by side: those of one in flight may be among them.
            _ if self.runs_overlap(runs) && runs.counts.in_flight > 0 => return None,
            Some(phase) if self.runs_overlap(runs) => phase.seconds(),
            Some(_) => self.coordination_of(runs)?,
            // The sums are right unless phases overlapped too.
            None if self.runs_overlap(runs) => {
                runs.seconds() - phases.values().map(CallMetrics::seconds).sum::<f64>()
            }
            None => self.task.seconds()? - self.all_phases.seconds().unwrap_or(0.0),
        };
        CoordinationOverhead::new(ended(runs), total, source)
    }

    /// Seconds with the phase of that name in flight; while a run is, within the time of those that ended.
    fn coordination_of(&self, runs: &CallMetrics) -> Option<f64> {
        let phase = self.phases.get("coordination")?;
        let seconds = phase.seconds()?;
        if runs.counts.in_flight == 0 {
            return Some(seconds);
        }
        let either = union([phase, &self.runs]).seconds()?;
        Some((seconds + self.runs.seconds().unwrap_or(0.0) - either).max(0.0))
    }

    /// Whether several runs were in flight at once.
    fn runs_overlap(&self, runs: &CallMetrics) -> bool {
        runs.seconds() > self.runs.seconds().unwrap_or(0.0) * 1.01
    }
}

fn ended(calls: &CallMetrics) -> u64 {
    calls.counts.started.saturating_sub(calls.counts.in_flight)
}

fn union<'a>(times: impl IntoIterator<Item = &'a BusyTime>) -> BusyTime {
    times.into_iter().fold(BusyTime::default(), |mut union, time| {
        union.merge(time);
        union
    })
}
