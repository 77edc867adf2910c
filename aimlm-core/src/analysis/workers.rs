use super::{Evidence, Finding, FindingKind, Severity, Target, percent};
use crate::config::Thresholds;
use crate::event::Stage;
use crate::views::Overview;

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
        },
        message: format!(
            "{} of {} workers {} busy for less than {} of the time.",
            evidence.len(),
            workers.len(),
            if evidence.len() == 1 { "is" } else { "are" },
            percent(bound),
        ),
        evidence,
        action: "Give them larger or more even shares of the work, or use fewer workers.".to_owned(),
    })
}
