use std::collections::BTreeMap;

use aimlm_vocabulary::{Label, Number, Stage};
use serde::{Deserialize, Serialize};

use super::grouping::{by_label, merged};
use super::task_time::TaskTime;
use super::{CallMetrics, CoordinationOverhead, NumberStats, Views};
use crate::SeriesSnapshot;

/// Distributed training as a whole.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DistributedMetrics {
    /// Tasks by name.
    pub tasks: BTreeMap<String, TaskMetrics>,
    /// Coordination overhead of all tasks for which it is known.
    pub coordination: Option<CoordinationOverhead>,
    /// Exchange of data, by operation.
    pub communication: BTreeMap<String, CallMetrics>,
    /// Synchronisation of state, by operation.
    pub synchronization: BTreeMap<String, CallMetrics>,
    /// Workers by name.
    pub workers: BTreeMap<String, WorkerMetrics>,
    /// Workers that took part in tasks.
    pub worker_counts: Option<NumberStats>,
}

/// One distributed task.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TaskMetrics {
    /// The task.
    pub task_id: String,
    /// Whole runs of it.
    pub calls: Option<CallMetrics>,
    /// Its parts: `coordination`, `distribution`, `compute`, `aggregation`, ….
    pub phases: BTreeMap<String, CallMetrics>,
    /// For each phase, time with it in flight over time with the task in flight, 0 to 1. The task is in flight
    /// while a run or a phase of it is, so that runs that failed are in it too. Empty while a run or a phase is in
    /// flight: when that began is not recorded.
    #[serde(default)]
    pub phase_shares: BTreeMap<String, f64>,
    /// The same share of all phases together. It is less than their sum where phases ran side by side or
    /// within each other.
    #[serde(default)]
    pub all_phases_share: Option<f64>,
    /// Time that the runs that ended spent on coordination; not known while runs side by side are in flight.
    pub coordination: Option<CoordinationOverhead>,
}

/// One worker or rank.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct WorkerMetrics {
    /// The worker.
    pub worker_id: String,
    /// Share of time that it was busy, 0 to 1, as recorded.
    pub utilization: NumberStats,
}

impl Views<'_> {
    /// Distributed training as a whole.
    #[must_use]
    pub fn distributed(&self) -> DistributedMetrics {
        let groups = self.by_subject(Stage::DistributedTask, None);
        let tasks: BTreeMap<String, TaskMetrics> = groups
            .iter()
            .map(|(id, group)| ((*id).to_owned(), self.task_of(id, group)))
            .collect();
        let known = tasks.values().filter_map(|task| task.coordination);
        DistributedMetrics {
            coordination: known.map(Some).reduce(|a, b| a?.and(b?)).flatten(),
            tasks,
            communication: self.each(Stage::Communication, |_, calls| calls),
            synchronization: self.each(Stage::Synchronization, |_, calls| calls),
            workers: self.workers(),
            worker_counts: self.worker_counts(),
        }
    }

    /// One distributed task; none if it never ran.
    #[must_use]
    pub fn task(&self, task_id: &str) -> Option<TaskMetrics> {
        let group: Vec<_> = self.snapshot.subject(Stage::DistributedTask, task_id).collect();
        (!group.is_empty()).then(|| self.task_of(task_id, &group))
    }

    fn task_of(&self, task_id: &str, group: &[&SeriesSnapshot]) -> TaskMetrics {
        let mut groups = by_label(group, Label::Phase);
        let whole = groups.remove(&None).unwrap_or_default();
        let time = TaskTime::new(&whole, &groups);
        let calls = CallMetrics::new(&whole, self);
        let phases = self.by_text(&groups);
        let is_known = group.iter().all(|series| series.in_flight == 0);
        TaskMetrics {
            task_id: task_id.to_owned(),
            phase_shares: if is_known { time.shares() } else { BTreeMap::new() },
            all_phases_share: time
                .share(&time.all_phases)
                .filter(|_| is_known && !phases.is_empty()),
            coordination: time.coordination(calls.as_ref(), &phases),
            calls,
            phases,
        }
    }

    fn worker_counts(&self) -> Option<NumberStats> {
        let tasks = self.snapshot.stage(Stage::DistributedTask);
        let whole: Vec<_> = tasks
            .filter(|series| series.label(Label::Phase).is_none())
            .collect();
        NumberStats::new(merged(&whole)?.as_ref(), &whole, Number::NumWorkers)
    }

    fn workers(&self) -> BTreeMap<String, WorkerMetrics> {
        let groups = self.by_subject(Stage::WorkerUtilization, None).into_iter();
        groups
            .filter_map(|(worker, group)| {
                let metrics = WorkerMetrics {
                    worker_id: worker.to_owned(),
                    utilization: NumberStats::new(merged(&group)?.as_ref(), &group, Number::Utilization)?,
                };
                Some((worker.to_owned(), metrics))
            })
            .collect()
    }
}
