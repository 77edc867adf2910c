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

impl Overview {
    /// The calls of every stage and subject, label sets together: stage, subject, calls. Parts of a
    /// distributed task stand beside the whole.
    pub(crate) fn calls(&self) -> Vec<(Stage, &str, &CallMetrics)> {
        let mut all = Vec::new();
        let mut add = |stage, subject, calls| all.push((stage, subject, calls));
        for (id, model) in &self.models {
            model
                .load
                .iter()
                .for_each(|calls| add(Stage::ModelLoad, id.as_str(), calls));
            let initialization = model.initialization.iter();
            initialization.for_each(|calls| add(Stage::ModelInitialization, id, calls));
            model
                .checkpoint_save
                .iter()
                .for_each(|calls| add(Stage::CheckpointSave, id, calls));
            model
                .checkpoint_load
                .iter()
                .for_each(|calls| add(Stage::CheckpointLoad, id, calls));
        }
        for (id, model) in &self.inference {
            add(Stage::Inference, id, &model.calls);
        }
        for (id, training) in &self.training {
            training
                .epochs
                .iter()
                .for_each(|calls| add(Stage::TrainingEpoch, id, calls));
            training
                .steps
                .iter()
                .for_each(|calls| add(Stage::TrainingStep, id, calls));
            training
                .validation
                .iter()
                .for_each(|calls| add(Stage::Validation, id, calls));
        }
        for (id, dataset) in &self.datasets {
            dataset
                .load
                .iter()
                .for_each(|calls| add(Stage::DatasetLoad, id, calls));
            let preprocessing = dataset.preprocessing.values();
            preprocessing.for_each(|calls| add(Stage::DatasetPreprocessing, id, calls));
        }
        for (id, loading) in &self.data_loading {
            add(Stage::DataLoading, id, &loading.calls);
        }
        for (id, task) in &self.distributed.tasks {
            let parts = task.calls.iter().chain(task.phases.values());
            parts.for_each(|calls| add(Stage::DistributedTask, id, calls));
        }
        for (id, calls) in &self.distributed.communication {
            add(Stage::Communication, id, calls);
        }
        for (id, calls) in &self.distributed.synchronization {
            add(Stage::Synchronization, id, calls);
        }
        for (id, operation) in &self.operations {
            add(Stage::Operation, id, &operation.calls);
        }
        all
    }
}
