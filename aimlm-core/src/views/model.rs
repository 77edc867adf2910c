use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{CallMetrics, NumberStats, Views};
use crate::event::{Field, Label, Stage};

/// How a model came into memory, and how its checkpoints were written and read.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ModelMetrics {
    /// The model.
    pub model_id: String,
    /// Reading it from its source.
    pub load: Option<CallMetrics>,
    /// Making it ready on a device.
    pub initialization: Option<CallMetrics>,
    /// Writing checkpoints.
    pub checkpoint_save: Option<CallMetrics>,
    /// Reading checkpoints.
    pub checkpoint_load: Option<CallMetrics>,
}

/// The requests that a model answered.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct InferenceMetrics {
    /// The model.
    pub model_id: String,
    /// Every request.
    pub calls: CallMetrics,
}

impl ModelMetrics {
    const STAGES: [Stage; 4] = [
        Stage::ModelLoad,
        Stage::ModelInitialization,
        Stage::CheckpointSave,
        Stage::CheckpointLoad,
    ];

    /// The framework or frameworks that it was loaded with.
    #[must_use]
    pub fn framework(&self) -> Option<String> {
        self.load.as_ref()?.label(Label::Framework)
    }

    /// Size of the model as last loaded, in bytes; the largest known where the last is not.
    #[must_use]
    pub fn size_bytes(&self) -> Option<f64> {
        let size = self.load.as_ref()?.number(Field::SizeBytes)?;
        size.last.or(size.max)
    }
}

impl InferenceMetrics {
    /// Requests answered together.
    #[must_use]
    pub fn batch_size(&self) -> Option<&NumberStats> {
        self.calls.number(Field::BatchSize)
    }

    /// Tokens of the prompts.
    #[must_use]
    pub fn tokens_in(&self) -> Option<&NumberStats> {
        self.calls.number(Field::TokensIn)
    }

    /// Tokens generated.
    #[must_use]
    pub fn tokens_out(&self) -> Option<&NumberStats> {
        self.calls.number(Field::TokensOut)
    }
}

impl Views<'_> {
    /// Every model that was loaded, initialised or checkpointed.
    #[must_use]
    pub fn models(&self) -> BTreeMap<String, ModelMetrics> {
        let stages = ModelMetrics::STAGES.iter();
        let ids: BTreeSet<&str> = stages
            .flat_map(|&stage| self.snapshot.stage(stage))
            .map(|series| series.subject.as_str())
            .collect();
        ids.iter()
            .filter_map(|id| Some(((*id).to_owned(), self.model(id)?)))
            .collect()
    }

    /// One model; none if it was neither loaded nor initialised nor checkpointed.
    #[must_use]
    pub fn model(&self, model_id: &str) -> Option<ModelMetrics> {
        let [load, initialization, checkpoint_save, checkpoint_load] =
            ModelMetrics::STAGES.map(|stage| self.calls(stage, model_id));
        let known = [&load, &initialization, &checkpoint_save, &checkpoint_load]
            .iter()
            .any(|calls| calls.is_some());
        known.then(|| ModelMetrics {
            model_id: model_id.to_owned(),
            load,
            initialization,
            checkpoint_save,
            checkpoint_load,
        })
    }

    /// Every model that answered requests.
    #[must_use]
    pub fn inference(&self) -> BTreeMap<String, InferenceMetrics> {
        self.each(Stage::Inference, |model_id, calls| InferenceMetrics {
            model_id,
            calls,
        })
    }

    /// The requests to one model; none if there were none.
    #[must_use]
    pub fn inference_of(&self, model_id: &str) -> Option<InferenceMetrics> {
        Some(InferenceMetrics {
            model_id: model_id.to_owned(),
            calls: self.calls(Stage::Inference, model_id)?,
        })
    }

    /// The calls of one stage on one subject.
    pub(super) fn calls(&self, stage: Stage, subject: &str) -> Option<CallMetrics> {
        let group: Vec<_> = self.snapshot.subject(stage, subject).collect();
        CallMetrics::new(&group, self.percentiles)
    }

    /// The calls of one stage, subject by subject.
    pub(super) fn each<T>(
        &self,
        stage: Stage,
        make: impl Fn(String, CallMetrics) -> T,
    ) -> BTreeMap<String, T> {
        let groups = self.by_subject(stage, None).into_iter();
        groups
            .filter_map(|(subject, group)| {
                let calls = CallMetrics::new(&group, self.percentiles)?;
                Some((subject.to_owned(), make(subject.to_owned(), calls)))
            })
            .collect()
    }
}
