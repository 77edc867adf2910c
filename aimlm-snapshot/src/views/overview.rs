use std::collections::BTreeMap;

use aimlm_vocabulary::Stage;
use serde::{Deserialize, Serialize};

use super::{
    CallMetrics, DataLoadingMetrics, DatasetMetrics, DistributedMetrics, InferenceMetrics, ModelMetrics,
    OperationMetrics, SourceMetrics, TrainingMetrics,
};

/// Every view of one snapshot.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Overview {
    /// The processes that recorded, in the order of their ranks.
    #[serde(default)]
    pub sources: Vec<SourceMetrics>,
    /// Loading, initialisation and checkpoints, by model.
    pub models: BTreeMap<String, ModelMetrics>,
    /// Answered requests, by model.
    pub inference: BTreeMap<String, InferenceMetrics>,
    /// Epochs, steps, validation and curves, by model.
    pub training: BTreeMap<String, TrainingMetrics>,
    /// Loading and preprocessing, by data set.
    pub datasets: BTreeMap<String, DatasetMetrics>,
    /// Batches and shards fetched, by kind of data.
    pub data_loading: BTreeMap<String, DataLoadingMetrics>,
    /// Tasks, communication and workers.
    pub distributed: DistributedMetrics,
    /// Plain operations, by name.
    pub operations: BTreeMap<String, OperationMetrics>,
    /// Calls of stages without a view of their own, by stage and subject: those of another version of aimlm, too.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub others: BTreeMap<Stage, BTreeMap<String, CallMetrics>>,
}

/// Calls with what they belong to.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Named<'a> {
    /// Its stage.
    pub stage: Stage,
    /// The model, data set, task or operation.
    pub subject: &'a str,
    /// The phase of a task, or the operation on a data set.
    pub part: Option<&'a str>,
    /// The calls.
    pub calls: &'a CallMetrics,
}

impl Overview {
    /// The calls of every stage and subject, label sets together. Parts of a distributed task stand beside
    /// the whole.
    pub fn calls(&self) -> Vec<Named<'_>> {
        let mut all = Vec::new();
        self.add_models(&mut all);
        self.add_training(&mut all);
        self.add_data(&mut all);
        self.add_distributed(&mut all);
        for (id, operation) in &self.operations {
            add(&mut all, Stage::Operation, id, Some(&operation.calls));
        }
        for (stage, subjects) in &self.others {
            for (id, calls) in subjects {
                add(&mut all, *stage, id, Some(calls));
            }
        }
        all
    }

    fn add_models<'a>(&'a self, all: &mut Vec<Named<'a>>) {
        for (id, model) in &self.models {
            add(all, Stage::ModelLoad, id, model.load.as_ref());
            add(all, Stage::ModelInitialization, id, model.initialization.as_ref());
            add(all, Stage::CheckpointSave, id, model.checkpoint_save.as_ref());
            add(all, Stage::CheckpointLoad, id, model.checkpoint_load.as_ref());
        }
        for (id, model) in &self.inference {
            add(all, Stage::Inference, id, Some(&model.calls));
        }
    }

    fn add_training<'a>(&'a self, all: &mut Vec<Named<'a>>) {
        for (id, training) in &self.training {
            add(all, Stage::TrainingEpoch, id, training.epochs.as_ref());
            add(all, Stage::TrainingStep, id, training.steps.as_ref());
            add(all, Stage::Validation, id, training.validation.as_ref());
        }
    }

    fn add_data<'a>(&'a self, all: &mut Vec<Named<'a>>) {
        for (id, dataset) in &self.datasets {
            add(all, Stage::DatasetLoad, id, dataset.load.as_ref());
            add_parts(all, Stage::DatasetPreprocessing, id, &dataset.preprocessing);
        }
        for (id, loading) in &self.data_loading {
            add(all, Stage::DataLoading, id, Some(&loading.calls));
        }
    }

    fn add_distributed<'a>(&'a self, all: &mut Vec<Named<'a>>) {
        for (id, task) in &self.distributed.tasks {
            add(all, Stage::DistributedTask, id, task.calls.as_ref());
            add_parts(all, Stage::DistributedTask, id, &task.phases);
        }
        for (id, calls) in &self.distributed.communication {
            add(all, Stage::Communication, id, Some(calls));
        }
        for (id, calls) in &self.distributed.synchronization {
            add(all, Stage::Synchronization, id, Some(calls));
        }
    }
}

fn add<'a>(all: &mut Vec<Named<'a>>, stage: Stage, subject: &'a str, calls: Option<&'a CallMetrics>) {
    all.extend(calls.map(|calls| Named {
        stage,
        subject,
        part: None,
        calls,
    }));
}

fn add_parts<'a>(
    all: &mut Vec<Named<'a>>,
    stage: Stage,
    subject: &'a str,
    parts: &'a BTreeMap<String, CallMetrics>,
) {
    all.extend(parts.iter().map(|(part, calls)| Named {
        stage,
        subject,
        part: Some(part),
        calls,
    }));
}
