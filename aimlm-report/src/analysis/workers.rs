use aimlm_config::Thresholds;
use aimlm_snapshot::Overview;
use aimlm_vocabulary::Stage;

use super::{Evidence, Finding, FindingKind, Severity, Target};
use aimlm_format::{count, counted, percent};

/// Workers that are busy for less than their threshold, all in one finding.
pub(super) fn underused_workers(overview: &Overview, thresholds: &Thresholds) -> Option<Finding> {
    let workers = &overview.distributed.workers;
    let bound = thresholds.worker_utilization;
    let evidence: Vec<Evidence> = workers
        .values()
        .filter_map(|worker| {
            let mean = worker.utilization.mean.filter(|&mean| mean < bound)?;
            Some(Evidence::new(&worker.worker_id, mean, "1").against(bound))
        })
        .collect();
    (!evidence.is_empty()).then(|| Finding {
        kind: FindingKind::UnderusedWorkers,
        severity: Severity::Medium,
        target: Target {
            stage: Some(Stage::WorkerUtilization),
            subject: (evidence.len() == 1).then(|| evidence[0].name.clone()),
            part: None,
        },
        message: format!(
            "{} of {} {} busy for less than {} of the time.",
            count(evidence.len() as u64),
            counted(workers.len() as u64, "worker"),
            if evidence.len() == 1 { "is" } else { "are" },
            percent(bound),
        ),
        action: advice(evidence.len(), workers.len()),
        evidence,
        details: Vec::new(),
    })
}

fn advice(underused: usize, workers: usize) -> String {
    match workers - underused {
        0 if workers > 1 => "None has enough to do: fewer workers could do the same work.".to_owned(),
        0 => String::new(),
        _ => "The others are busy: share the work out more evenly.".to_owned(),
    }
}
