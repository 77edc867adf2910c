use aimlm_format::{counted, duration_apart, quoted};
use aimlm_snapshot::{CallMetrics, TaskMetrics};
use aimlm_vocabulary::Stage;

use crate::case::Case;
use crate::rule::{Matter, WeighedFinding, rule};
use crate::threshold::{DefaultBounds, Threshold};
use crate::{Evidence, Finding, FindingKind, Target};

rule! {
    /// A distributed task spends long on coordination: the mean of its runs, of recorded phases or of what its other phases
    /// leave over, is over its threshold.
    CoordinationOverhead "coordination_overhead" {
        matter: Matter::Time,
        thresholds: [MEAN],
        evidence: &[
            ("mean", "coordination of a run"),
            ("total", "coordination of all runs"),
            ("runs", "runs that ended"),
        ],
        check: check,
        example: snapshot([
            Series::new(Stage::DistributedTask, "gradients").ok(20.0, &[]),
            Series::new(Stage::DistributedTask, "gradients")
                .label(Label::Phase, "coordination")
                .ok(3.0, &[])
                .ok(4.0, &[]),
        ]),
    }
}

static MEAN: Threshold = Threshold {
    key: "coordination_overhead_seconds",
    measures: "mean coordination overhead of a run of a distributed task",
    unit: "s",
    bounds: DefaultBounds::Over {
        medium: 5.0,
        high: 10.0,
    },
    for_models: false,
    source: "the system that aimlm re-creates",
};

fn check(case: &Case<'_>) -> Vec<WeighedFinding> {
    let tasks = case.overview.distributed.tasks.values();
    tasks
        .filter_map(|task| {
            let overhead = task.coordination?;
            let crossed = case.crossed(&MEAN, &task.task_id, overhead.mean_seconds)?;
            let message = format!(
                "The task {} spends {} of a run on coordination on average.",
                quoted(&task.task_id),
                duration_apart(overhead.mean_seconds, crossed.bound).0,
            );
            let target = Target::of(Stage::DistributedTask, &task.task_id);
            Some(
                Finding::new(
                    FindingKind::CoordinationOverhead,
                    crossed.severity,
                    target,
                    message,
                )
                .shown_by(vec![
                    crossed.evidence("mean"),
                    Evidence::new("total", overhead.total_seconds, "s"),
                    Evidence::new("runs", overhead.count as f64, "{run}"),
                ])
                .advising(advice(task))
                .weighing(overhead.total_seconds),
            )
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
