use aimlm_config::Thresholds;
use aimlm_snapshot::{CallMetrics, Overview, TaskMetrics};
use aimlm_vocabulary::Stage;

use super::finding::severity_above;
use super::{Evidence, Finding, FindingKind, Target};
use aimlm_format::{counted, duration_apart, quoted};

/// Mean coordination overhead of a task's runs over its threshold.
pub(super) fn coordination_overhead(overview: &Overview, thresholds: &Thresholds) -> Vec<Finding> {
    let tasks = overview.distributed.tasks.values();
    tasks
        .filter_map(|task| {
            let overhead = task.coordination?;
            let bounds = thresholds.coordination_overhead_seconds;
            let (severity, bound) = severity_above(overhead.mean, bounds)?;
            Some(Finding {
                kind: FindingKind::CoordinationOverhead,
                severity,
                target: Target::of(Stage::DistributedTask, &task.task_id),
                message: format!(
                    "The task {} spends {} of a run on coordination on average.",
                    quoted(&task.task_id),
                    duration_apart(overhead.mean, bound).0,
                ),
                evidence: vec![
                    Evidence::new("mean", overhead.mean, "s").against(bound),
                    Evidence::new("total", overhead.total, "s"),
                    Evidence::new("runs", overhead.count as f64, "{run}"),
                ],
                details: Vec::new(),
                action: advice(task),
            })
        })
        .collect()
}

/// Work handed out again and again within a run is in small pieces. Calls and runs are those that started: a run in
/// flight has calls that ended.
fn advice(task: &TaskMetrics) -> String {
    let started = |calls: &CallMetrics| calls.counts.started;
    let phase = task.phases.get("coordination").map_or(0, started);
    let runs = task.calls.as_ref().map_or(phase, started);
    let times = phase / runs.max(1);
    if times > 1 {
        format!(
            "A run coordinates {}: send fewer and larger pieces of work.",
            counted(times, "time")
        )
    } else {
        String::new()
    }
}
