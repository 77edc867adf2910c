use core::fmt;

use serde::{Deserialize, Serialize};

use super::Field;

macro_rules! stages {
    ($($(#[$doc:meta])* $variant:ident = $name:literal of $subject:literal),+ $(,)?) => {
        /// What an instrumented function does in the life of a model.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[non_exhaustive]
        pub enum Stage {
            $($(#[$doc])* $variant,)+
        }

        impl Stage {
            /// Every stage, in report order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stage's name in reports and exports, `snake_case`.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// What the subject of this stage names: `"model"`, `"dataset"`, `"task"`, ….
            #[must_use]
            pub const fn subject_noun(self) -> &'static str {
                match self { $(Self::$variant => $subject),+ }
            }
        }
    };
}

stages! {
    /// A model is read from its source into memory.
    ModelLoad = "model_load" of "model",
    /// A loaded model is made ready on a device.
    ModelInitialization = "model_initialization" of "model",
    /// A model answers a request.
    Inference = "inference" of "model",
    /// One pass over the training set.
    TrainingEpoch = "training_epoch" of "model",
    /// One optimizer step.
    TrainingStep = "training_step" of "model",
    /// An evaluation on held-out data.
    Validation = "validation" of "model",
    /// Loss, learning rate and other statistics recorded by epoch.
    TrainingStats = "training_stats" of "model",
    /// A data set is read from its source.
    DatasetLoad = "dataset_load" of "dataset",
    /// A data set is transformed; the label `operation` says how.
    DatasetPreprocessing = "dataset_preprocessing" of "dataset",
    /// A batch or shard of data is fetched; the subject is the kind of data.
    DataLoading = "data_loading" of "data_type",
    /// A checkpoint is written.
    CheckpointSave = "checkpoint_save" of "model",
    /// A checkpoint is read.
    CheckpointLoad = "checkpoint_load" of "model",
    /// A distributed training task; the label `phase` names a part of one.
    DistributedTask = "distributed_task" of "task",
    /// Workers exchange data.
    Communication = "communication" of "operation",
    /// Workers synchronise state.
    Synchronization = "synchronization" of "operation",
    /// How busy a worker was, recorded as a ratio.
    WorkerUtilization = "worker_utilization" of "worker",
    /// Anything else.
    Operation = "operation" of "operation",
    /// Calls whose series would have exceeded the cardinality limit.
    Overflow = "overflow" of "overflow",
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Stage {
    /// Whether its calls or samples come once an epoch.
    pub(crate) const fn is_by_epoch(self) -> bool {
        matches!(self, Self::TrainingEpoch | Self::TrainingStats | Self::Validation)
    }

    /// The fields that count what a call of this stage processes. What counts is the first of them that a call carries,
    /// never both.
    pub(crate) const fn items(self) -> [Option<Field>; 2] {
        match self {
            Self::Inference => [Some(Field::BatchSize), None],
            // Rows are samples, unless the call knows better.
            Self::TrainingStep => [Some(Field::NumSamples), Some(Field::BatchSize)],
            Self::TrainingEpoch | Self::Validation | Self::DatasetLoad | Self::DatasetPreprocessing => {
                [Some(Field::NumSamples), None]
            }
            Self::ModelLoad
            | Self::DataLoading
            | Self::CheckpointSave
            | Self::CheckpointLoad
            | Self::Communication
            | Self::Synchronization => [Some(Field::SizeBytes), None],
            Self::Operation => [Some(Field::Items), None],
            Self::ModelInitialization
            | Self::TrainingStats
            | Self::DistributedTask
            | Self::WorkerUtilization
            | Self::Overflow => [None; 2],
        }
    }
}
