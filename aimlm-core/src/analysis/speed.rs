use super::finding::severity_above;
use super::{Evidence, Finding, FindingKind, Target, duration, quoted};
use crate::config::{Severities, Thresholds};
use crate::event::Stage;
use crate::views::{CallMetrics, Overview};

/// What a rule about a mean duration says.
struct SlowRule {
    kind: FindingKind,
    stage: Stage,
    bounds: Severities,
    /// After the subject's name: "takes … to load".
    verb: (&'static str, &'static str),
    action: &'static str,
}

impl SlowRule {
    fn check(&self, subject: &str, calls: &CallMetrics) -> Option<Finding> {
        let mean = calls.latency.mean?;
        let (severity, bound) = severity_above(mean, self.bounds)?;
        let mut evidence = vec![
            Evidence::new("mean", mean, "s").against(bound),
            Evidence::new("calls", calls.latency.count as f64, "{call}"),
        ];
        evidence.extend(calls.latency.max.map(|max| Evidence::new("slowest", max, "s")));
        Some(Finding {
            kind: self.kind,
            severity,
            target: Target::of(self.stage, subject),
            message: format!(
                "The {} {} {} {}{} on average.",
                self.stage.subject_noun(),
                quoted(subject),
                self.verb.0,
                duration(mean),
                self.verb.1,
            ),
            evidence,
            action: self.action.to_owned(),
        })
    }
}

/// Mean model load over its threshold.
pub(super) fn slow_model_loads(overview: &Overview, thresholds: &Thresholds) -> Vec<Finding> {
    let rule = SlowRule {
        kind: FindingKind::SlowModelLoad,
        stage: Stage::ModelLoad,
        bounds: thresholds.model_load_seconds,
        verb: ("takes", " to load"),
        action: "Load it once and keep it; map the file into memory; ship smaller or quantised weights.",
    };
    let models = overview.models.values();
    models
        .filter_map(|model| rule.check(&model.model_id, model.load.as_ref()?))
        .collect()
}

/// Mean inference latency over its threshold.
pub(super) fn slow_inference(overview: &Overview, thresholds: &Thresholds) -> Vec<Finding> {
    let rule = SlowRule {
        kind: FindingKind::SlowInference,
        stage: Stage::Inference,
        bounds: thresholds.inference_latency_seconds,
        verb: ("answers after", ""),
        action: "Batch requests, use a smaller or quantised model, or move it to a faster device.",
    };
    let models = overview.inference.values();
    models
        .filter_map(|model| rule.check(&model.model_id, &model.calls))
        .collect()
}

/// Mean data set load over its threshold.
pub(super) fn slow_dataset_loads(overview: &Overview, thresholds: &Thresholds) -> Vec<Finding> {
    let rule = SlowRule {
        kind: FindingKind::SlowDatasetLoad,
        stage: Stage::DatasetLoad,
        bounds: thresholds.dataset_load_seconds,
        verb: ("takes", " to load"),
        action: "Cache it in the form that training reads, choose a format that loads by column or by mapping, \
                 or read shards while training runs.",
    };
    let datasets = overview.datasets.values();
    datasets
        .filter_map(|dataset| rule.check(&dataset.dataset_id, dataset.load.as_ref()?))
        .collect()
}

/// Mean coordination overhead of a task over its threshold.
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
                    "The task {} spends {} on coordination on average.",
                    quoted(&task.task_id),
                    duration(overhead.mean),
                ),
                evidence: vec![
                    Evidence::new("mean", overhead.mean, "s").against(bound),
                    Evidence::new("total", overhead.total, "s"),
                    Evidence::new("times", overhead.count as f64, "{time}"),
                ],
                action:
                    "Send fewer and larger pieces of work, or let workers fetch the next piece while they \
                         compute."
                        .to_owned(),
            })
        })
        .collect()
}
