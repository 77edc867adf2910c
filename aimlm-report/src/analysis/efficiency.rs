use std::collections::BTreeMap;

use aimlm_config::Thresholds;
use aimlm_snapshot::Snapshot;
use aimlm_snapshot::{Overview, TrainingMetrics};
use aimlm_vocabulary::{Number, Stage};
use serde::{Deserialize, Serialize};

use super::{Evidence, Finding, FindingKind, Severity, Target};
use aimlm_format::{number_apart, quoted};

/// How fast a model trains.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct TrainingEfficiency {
    /// Samples of the epochs for each second that one of them ran; of the steps where fewer than two epochs said how many
    /// samples they had.
    #[serde(with = "aimlm_snapshot::nan_as_null")]
    pub samples_per_second: f64,
    /// The rate against [`Thresholds::training_samples_per_second`](field@Thresholds::training_samples_per_second).
    pub efficiency_rating: EfficiencyRating,
}

/// A training rate against its thresholds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EfficiencyRating {
    /// At most the lower bound.
    Low,
    /// At most the upper bound.
    Medium,
    /// Over both.
    High,
}

/// How fast each model trains that said how many samples it had.
#[must_use]
pub fn training_efficiency(
    snapshot: &Snapshot,
    thresholds: &Thresholds,
) -> BTreeMap<String, TrainingEfficiency> {
    let trainings = snapshot.views(&[]).training();
    let rates = trainings
        .into_values()
        .filter_map(|training| Some((training.samples_per_second()?, training.model_id)));
    rates
        .map(|(rate, id)| {
            let rated = rated(&id, rate, thresholds);
            (id, rated)
        })
        .collect()
}

pub(crate) fn rated(model: &str, samples_per_second: f64, thresholds: &Thresholds) -> TrainingEfficiency {
    let bounds = thresholds.training_samples_per_second(model);
    TrainingEfficiency {
        samples_per_second,
        efficiency_rating: if samples_per_second <= bounds.high {
            EfficiencyRating::Low
        } else if samples_per_second <= bounds.medium {
            EfficiencyRating::Medium
        } else {
            EfficiencyRating::High
        },
    }
}

/// A training rate rated low.
pub(super) fn slow_training(overview: &Overview, thresholds: &Thresholds) -> Vec<Finding> {
    let trainings = overview.training.values();
    trainings
        .filter_map(|training| {
            let rate = training.samples_per_second()?;
            if rated(&training.model_id, rate, thresholds).efficiency_rating != EfficiencyRating::Low {
                return None;
            }
            let bound = thresholds.training_samples_per_second(&training.model_id).high;
            Some(Finding {
                kind: FindingKind::SlowTraining,
                severity: Severity::Medium,
                target: Target::of(Stage::TrainingEpoch, &training.model_id),
                message: format!(
                    "The model {} trains on {} samples a second.",
                    quoted(&training.model_id),
                    number_apart(rate, bound).0,
                ),
                evidence: vec![Evidence::new("samples a second", rate, "{sample}/s").against(bound)],
                details: Vec::new(),
                action: advice(training),
            })
        })
        .collect()
}

/// What the calls themselves suggest, if anything.
fn advice(training: &TrainingMetrics) -> String {
    let steps = training
        .steps
        .as_ref()
        .and_then(|steps| steps.number(Number::BatchSize));
    match steps.and_then(|batch| batch.max) {
        Some(1.0) => "Every step has one sample: try larger batches.".to_owned(),
        _ => String::new(),
    }
}
