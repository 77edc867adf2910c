use std::collections::{BTreeMap, BTreeSet};

use aimlm_vocabulary::{Label, Number, Outcome, Stage};
use serde::{Deserialize, Serialize};

use super::{CallMetrics, NumberStats, Views};
use crate::SeriesSnapshot;

/// How a model came into memory, and how its checkpoints were written and read.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
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
#[non_exhaustive]
pub struct InferenceMetrics {
    /// The model.
    pub model_id: String,
    /// Every request.
    pub calls: CallMetrics,
    /// Seconds for each token generated: time in the requests that succeeded and said how many they generated,
    /// over their tokens. Of all of them where every one said it; otherwise of those that the history has.
    #[serde(default)]
    pub seconds_per_output_token: Option<f64>,
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
        let size = self.load.as_ref()?.number(Number::SizeBytes)?;
        size.last.or(size.max)
    }
}

impl InferenceMetrics {
    /// Requests answered together.
    #[must_use]
    pub fn batch_size(&self) -> Option<&NumberStats> {
        self.calls.number(Number::BatchSize)
    }

    /// Tokens of the prompts.
    #[must_use]
    pub fn tokens_in(&self) -> Option<&NumberStats> {
        self.calls.number(Number::TokensIn)
    }

    /// Tokens generated.
    #[must_use]
    pub fn tokens_out(&self) -> Option<&NumberStats> {
        self.calls.number(Number::TokensOut)
    }
}

fn seconds_per_output_token(calls: &CallMetrics, group: &[&SeriesSnapshot]) -> Option<f64> {
    let tokens = calls.number(Number::TokensOut)?;
    let (seconds, tokens) = if tokens.count == calls.counts.ok {
        (calls.latency.total_seconds, tokens.total)
    } else {
        let kept = group.iter().flat_map(|series| series.history.calls());
        let said = kept.filter(|call| call.outcome == Outcome::Ok);
        let said = said.filter_map(|call| Some((call.seconds(), call.value(Number::TokensOut)?)));
        said.fold((0.0, 0.0), |sum, call| (sum.0 + call.0, sum.1 + call.1))
    };
    (tokens > 0.0).then(|| seconds / tokens)
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
        let groups = self.by_subject(Stage::Inference, None).into_iter();
        groups
            .filter_map(|(id, group)| Some((id.to_owned(), self.requests(id, &group)?)))
            .collect()
    }

    /// The requests to one model; none if there were none.
    #[must_use]
    pub fn inference_of(&self, model_id: &str) -> Option<InferenceMetrics> {
        let group: Vec<_> = self.snapshot.subject(Stage::Inference, model_id).collect();
        self.requests(model_id, &group)
    }

    fn requests(&self, model_id: &str, group: &[&SeriesSnapshot]) -> Option<InferenceMetrics> {
        let calls = CallMetrics::new(group, self)?;
        Some(InferenceMetrics {
            model_id: model_id.to_owned(),
            seconds_per_output_token: seconds_per_output_token(&calls, group),
            calls,
        })
    }

    /// The calls of one stage on one subject.
    pub(super) fn calls(&self, stage: Stage, subject: &str) -> Option<CallMetrics> {
        let group: Vec<_> = self.snapshot.subject(stage, subject).collect();
        CallMetrics::new(&group, self)
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
                let calls = CallMetrics::new(&group, self)?;
                Some((subject.to_owned(), make(subject.to_owned(), calls)))
            })
            .collect()
    }
}
