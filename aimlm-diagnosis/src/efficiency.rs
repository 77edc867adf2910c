use std::collections::BTreeMap;

use aimlm_snapshot::Snapshot;
use serde::{Deserialize, Serialize};

use crate::threshold::{DefaultBounds, Threshold};
use crate::{Severity, Thresholds};

/// Training rates up to which the rating is medium, or low.
pub(crate) static RATE: Threshold = Threshold {
    key: "training_samples_per_second",
    measures: "training rate",
    unit: "{sample}/s",
    bounds: DefaultBounds::UpTo {
        medium: 1000.0,
        high: 100.0,
    },
    for_models: true,
    source: "the system that aimlm re-creates",
};

/// How fast a model trains.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TrainingEfficiency {
    /// Samples of the epochs for each second that one of them ran; of the steps where fewer than two epochs said how many
    /// samples they had.
    #[serde(with = "aimlm_snapshot::nan_as_null")]
    pub samples_per_second: f64,
    /// The rate against the thresholds `training_samples_per_second`.
    pub efficiency_rating: EfficiencyRating,
}

/// A training rate against its thresholds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum EfficiencyRating {
    /// At most the lower bound.
    Low,
    /// At most the upper bound.
    Medium,
    /// Over both.
    High,
}

impl TrainingEfficiency {
    /// A rate of a model, rated.
    #[must_use]
    pub fn rated(model: &str, samples_per_second: f64, thresholds: &Thresholds) -> Self {
        let crossed = thresholds.crossed(&RATE, model, samples_per_second);
        Self {
            samples_per_second,
            efficiency_rating: match crossed.map(|crossed| crossed.severity) {
                Some(Severity::High) => EfficiencyRating::Low,
                Some(Severity::Medium) => EfficiencyRating::Medium,
                None => EfficiencyRating::High,
            },
        }
    }
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
            let rated = TrainingEfficiency::rated(&id, rate, thresholds);
            (id, rated)
        })
        .collect()
}
