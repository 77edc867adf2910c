use aimlm_format::{count, counted, percent};
use aimlm_vocabulary::Stage;

use crate::case::Case;
use crate::rule::{Matter, WeighedFinding, rule};
use crate::threshold::{DefaultBounds, Threshold};
use crate::{Evidence, Finding, FindingKind, Severity, Target};

rule! {
    /// Workers have little to do: their mean utilisation is under the threshold. All of them are one finding.
    UnderusedWorkers "underused_workers" {
        matter: Matter::Time,
        thresholds: [MEAN],
        evidence: &[
            ("…", "mean utilisation of the worker of this name"),
        ],
        check: check,
        example: snapshot([("rank-0", 0.9), ("rank-1", 0.2), ("rank-2", 0.3)].map(|(worker, ratio)| {
            Series::new(Stage::WorkerUtilization, worker).sample(Number::Utilization, 0.0, ratio)
        })),
    }
}

static MEAN: Threshold = Threshold {
    key: "worker_utilization",
    measures: "mean utilisation of a worker",
    unit: "1",
    bounds: DefaultBounds::Under(0.5),
    for_models: false,
    source: "the system that aimlm re-creates",
};

fn check(case: &Case<'_>) -> Vec<WeighedFinding> {
    let workers = &case.overview.distributed.workers;
    let evidence: Vec<Evidence> = workers
        .values()
        .filter_map(|worker| {
            let crossed = case.crossed(&MEAN, &worker.worker_id, worker.utilization.mean?)?;
            Some(crossed.evidence(&worker.worker_id))
        })
        .collect();
    let Some(first) = evidence.first() else {
        return Vec::new();
    };
    let target = match evidence.len() {
        1 => Target::of(Stage::WorkerUtilization, &first.name),
        _ => Target::of_all(Stage::WorkerUtilization),
    };
    let message = format!(
        "{} of {} {} busy for less than {} of the time.",
        count(evidence.len() as u64),
        counted(workers.len() as u64, "worker"),
        if evidence.len() == 1 { "is" } else { "are" },
        percent(case.thresholds.value(MEAN.bound(Severity::Medium))),
    );
    let action = advice(evidence.len(), workers.len());
    vec![
        Finding::new(FindingKind::UnderusedWorkers, Severity::Medium, target, message)
            .shown_by(evidence)
            .advising(action)
            .weighing(0.0),
    ]
}

const fn advice(underused: usize, workers: usize) -> &'static str {
    match workers - underused {
        0 if workers > 1 => "None has enough to do: fewer workers could do the same work.",
        0 => "",
        _ => "The others are busy: share the work out more evenly.",
    }
}
