use std::collections::{BTreeMap, BTreeSet};

use aimlm_vocabulary::Stage;
use serde::{Deserialize, Serialize};

use super::curve_metrics::add_curves;
use super::{CallMetrics, CurveMetrics, EpochMetrics, Progress, Views};

/// How a model was trained.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TrainingMetrics {
    /// The model.
    pub model_id: String,
    /// Passes over the training set.
    pub epochs: Option<CallMetrics>,
    /// Every epoch that succeeded, of the last `history_size`.
    #[serde(default)]
    pub by_epoch: Vec<EpochMetrics>,
    /// Optimizer steps.
    pub steps: Option<CallMetrics>,
    /// Evaluations on held-out data.
    pub validation: Option<CallMetrics>,
    /// Loss, accuracy, learning rate and free metrics by name. What was recorded by epoch, as training
    /// statistics or by the call of an epoch, has its own name (`loss`); what steps carried begins with
    /// `step_`, what validations carried with `validation_`. A free metric that has the name of another curve
    /// is one curve with it, its points in order of `x`.
    pub curves: BTreeMap<String, CurveMetrics>,
}

impl TrainingMetrics {
    const STAGES: [Stage; 4] = [
        Stage::TrainingEpoch,
        Stage::TrainingStep,
        Stage::Validation,
        Stage::TrainingStats,
    ];

    /// Samples of the epochs that said how many they had, for each second that one of these epochs ran; of the steps
    /// where fewer than two did, and none where fewer than two of those did.
    #[must_use]
    pub fn samples_per_second(&self) -> Option<f64> {
        let rate = |calls: &Option<CallMetrics>| calls.as_ref()?.throughput.as_ref()?.per_second;
        rate(&self.epochs).or_else(|| rate(&self.steps))
    }
}

impl Views<'_> {
    /// Every model that was trained or validated.
    #[must_use]
    pub fn training(&self) -> BTreeMap<String, TrainingMetrics> {
        let stages = TrainingMetrics::STAGES.iter();
        let ids: BTreeSet<&str> = stages
            .flat_map(|&stage| self.snapshot.stage(stage))
            .map(|series| series.subject.as_str())
            .collect();
        ids.iter()
            .filter_map(|id| Some(((*id).to_owned(), self.training_of(id)?)))
            .collect()
    }

    /// The training of one model; none if there was none.
    #[must_use]
    pub fn training_of(&self, model_id: &str) -> Option<TrainingMetrics> {
        let [epochs, steps, validation, stats] =
            TrainingMetrics::STAGES.map(|stage| self.snapshot.subject(stage, model_id).collect::<Vec<_>>());
        if [&epochs, &steps, &validation, &stats]
            .iter()
            .all(|group| group.is_empty())
        {
            return None;
        }
        // One merge, so that a number recorded both ways is one curve.
        let by_epoch: Vec<_> = stats.iter().chain(&epochs).copied().collect();
        let mut curves = BTreeMap::new();
        add_curves(&mut curves, &by_epoch, "", Progress::Epoch);
        add_curves(&mut curves, &steps, "step_", Progress::Step);
        add_curves(&mut curves, &validation, "validation_", Progress::Epoch);
        Some(TrainingMetrics {
            model_id: model_id.to_owned(),
            epochs: CallMetrics::new(&epochs, self),
            by_epoch: EpochMetrics::all(&epochs),
            steps: CallMetrics::new(&steps, self),
            validation: CallMetrics::new(&validation, self),
            curves: curves
                .iter()
                .map(|(name, numbers)| (name.clone(), CurveMetrics::new(numbers)))
                .collect(),
        })
    }
}
