use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    CallMetrics, DataLoadingMetrics, DatasetMetrics, DistributedMetrics, InferenceMetrics, ModelMetrics,
    OperationMetrics, TrainingMetrics,
};
use crate::event::Stage;

/// Every view of one snapshot.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Overview {
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
}

/// Calls with the stage and subject that they belong to.
type Named<'a> = (Stage, &'a str, &'a CallMetrics);

impl Overview {
    /// The calls of every stage and subject, label sets together. Parts of a distributed task stand beside
    /// the whole.
    pub(crate) fn calls(&self) -> Vec<Named<'_>> {
        let mut all = Vec::new();
        self.add_models(&mut all);
        self.add_training(&mut all);
        self.add_data(&mut all);
        self.add_distributed(&mut all);
        for (id, operation) in &self.operations {
            all.push((Stage::Operation, id, &operation.calls));
        }
        all
    }

    fn add_models<'a>(&'a self, all: &mut Vec<Named<'a>>) {
        for (id, model) in &self.models {
            add(all, Stage::ModelLoad, id, &model.load);
            add(all, Stage::ModelInitialization, id, &model.initialization);
            add(all, Stage::CheckpointSave, id, &model.checkpoint_save);
            add(all, Stage::CheckpointLoad, id, &model.checkpoint_load);
        }
        for (id, model) in &self.inference {
            all.push((Stage::Inference, id, &model.calls));
        }
    }

    fn add_training<'a>(&'a self, all: &mut Vec<Named<'a>>) {
        for (id, training) in &self.training {
            add(all, Stage::TrainingEpoch, id, &training.epochs);
            add(all, Stage::TrainingStep, id, &training.steps);
            add(all, Stage::Validation, id, &training.validation);
        }
    }

    fn add_data<'a>(&'a self, all: &mut Vec<Named<'a>>) {
        for (id, dataset) in &self.datasets {
            add(all, Stage::DatasetLoad, id, &dataset.load);
            add(
                all,
                Stage::DatasetPreprocessing,
                id,
                dataset.preprocessing.values(),
            );
        }
        for (id, loading) in &self.data_loading {
            all.push((Stage::DataLoading, id, &loading.calls));
        }
    }

    fn add_distributed<'a>(&'a self, all: &mut Vec<Named<'a>>) {
        for (id, task) in &self.distributed.tasks {
            add(all, Stage::DistributedTask, id, &task.calls);
            add(all, Stage::DistributedTask, id, task.phases.values());
        }
        for (id, calls) in &self.distributed.communication {
            all.push((Stage::Communication, id, calls));
        }
        for (id, calls) in &self.distributed.synchronization {
            all.push((Stage::Synchronization, id, calls));
        }
    }
}

fn add<'a>(
    all: &mut Vec<Named<'a>>,
    stage: Stage,
    subject: &'a str,
    calls: impl IntoIterator<Item = &'a CallMetrics>,
) {
    all.extend(calls.into_iter().map(|calls| (stage, subject, calls)));
}
