use aimlm_config::{Severities, Thresholds};
use aimlm_snapshot::{CallMetrics, Named, Overview};
use aimlm_vocabulary::{Number, Stage};

use super::finding::severity_above;
use super::{Evidence, Finding, FindingKind, Target};
use aimlm_format::subject_in_words;
use aimlm_format::{duration_apart, quoted};

/// What a rule about the mean duration of a stage's calls says.
struct Rule {
    kind: FindingKind,
    stage: Stage,
    bounds: fn(&Thresholds, &str) -> Severities,
    /// After the subject's name and before the duration, and after it.
    verb: (&'static str, &'static str),
    action: fn(&CallMetrics) -> String,
}

/// Every stage whose calls are judged by their mean alone.
const RULES: [Rule; 9] = [
    Rule {
        kind: FindingKind::SlowModelLoad,
        stage: Stage::ModelLoad,
        bounds: Thresholds::model_load_seconds,
        verb: ("takes", " to load"),
        action: loaded_again,
    },
    Rule {
        kind: FindingKind::SlowModelInitialization,
        stage: Stage::ModelInitialization,
        bounds: Thresholds::model_initialization_seconds,
        verb: ("takes", " to initialise"),
        action: |_| String::new(),
    },
    Rule {
        kind: FindingKind::SlowDatasetLoad,
        stage: Stage::DatasetLoad,
        bounds: |thresholds, _| thresholds.dataset_load_seconds,
        verb: ("takes", " to load"),
        action: loaded_again,
    },
    Rule {
        kind: FindingKind::SlowPreprocessing,
        stage: Stage::DatasetPreprocessing,
        bounds: |thresholds, _| thresholds.dataset_preprocessing_seconds,
        verb: ("takes", ""),
        action: |calls| match calls.latency.count {
            0..=1 => String::new(),
            times => format!("It ran {times} times: keep what it makes."),
        },
    },
    Rule {
        kind: FindingKind::SlowDataLoading,
        stage: Stage::DataLoading,
        bounds: |thresholds, _| thresholds.data_loading_seconds,
        verb: ("takes", " to fetch"),
        action: |_| String::new(),
    },
    Rule {
        kind: FindingKind::SlowCheckpointSave,
        stage: Stage::CheckpointSave,
        bounds: |thresholds, _| thresholds.checkpoint_save_seconds,
        verb: ("takes", " to write to a checkpoint"),
        action: |_| String::new(),
    },
    Rule {
        kind: FindingKind::SlowCheckpointLoad,
        stage: Stage::CheckpointLoad,
        bounds: |thresholds, _| thresholds.checkpoint_load_seconds,
        verb: ("takes", " to read from a checkpoint"),
        action: |_| String::new(),
    },
    Rule {
        kind: FindingKind::SlowCommunication,
        stage: Stage::Communication,
        bounds: |thresholds, _| thresholds.communication_seconds,
        verb: ("takes", ""),
        action: |_| String::new(),
    },
    Rule {
        kind: FindingKind::SlowSynchronization,
        stage: Stage::Synchronization,
        bounds: |thresholds, _| thresholds.synchronization_seconds,
        verb: ("takes", ""),
        action: |_| String::new(),
    },
];

/// Calls of which the mean is over the threshold of their stage.
pub(super) fn slow_stages(overview: &Overview, thresholds: &Thresholds) -> Vec<Finding> {
    let calls = overview.calls().into_iter();
    calls
        .filter_map(|named| {
            let rule = RULES.iter().find(|rule| rule.stage == named.stage)?;
            rule.check(named, thresholds)
        })
        .collect()
}

impl Rule {
    fn check(&self, named: Named<'_>, thresholds: &Thresholds) -> Option<Finding> {
        let calls = named.calls;
        let mean = calls.latency.mean?;
        let (severity, bound) = severity_above(mean, (self.bounds)(thresholds, named.subject))?;
        let noun = subject_in_words(self.stage);
        let subject = match named.part {
            Some(part) => format!(
                "operation {} on the {noun} {}",
                quoted(part),
                quoted(named.subject)
            ),
            None => format!("{noun} {}", quoted(named.subject)),
        };
        Some(Finding {
            kind: self.kind,
            severity,
            target: Target::of(self.stage, named.subject).part(named.part),
            message: format!(
                "The {subject} {} {}{} on average.",
                self.verb.0,
                duration_apart(mean, bound).0,
                self.verb.1
            ),
            evidence: mean_and_slowest(calls, mean, bound),
            details: Vec::new(),
            action: (self.action)(calls),
        })
    }
}

/// What shows that a mean is over its bound.
pub(super) fn mean_and_slowest(calls: &CallMetrics, mean: f64, bound: f64) -> Vec<Evidence> {
    let mut evidence = vec![
        Evidence::new("mean", mean, "s").against(bound),
        Evidence::new("calls", calls.latency.count as f64, "{call}"),
    ];
    evidence.extend(calls.latency.max.map(|max| Evidence::new("slowest", max, "s")));
    evidence.extend(
        calls
            .number(Number::SizeBytes)
            .and_then(|size| size.mean)
            .map(|mean| Evidence::new("mean size", mean, "By")),
    );
    evidence
}

fn loaded_again(calls: &CallMetrics) -> String {
    match calls.latency.count {
        0..=1 => String::new(),
        times => format!("It was loaded {times} times: keep what was loaded."),
    }
}
