use std::marker::PhantomData;
use std::time::Duration;

use super::{Guard, Metrics};
use crate::event::{Field, Label, Outcome, Stage};
use crate::probe::{Call, SeriesId, record};
use crate::series::KeyRef;

/// A call about to be made: say what is known of it, then start it, run it or record it.
///
/// The methods for numbers and texts are those of the stage; a data set has no batch size.
#[derive(Debug, Clone)]
#[must_use = "nothing is recorded before `start`, `run` or `record`"]
pub struct Track<'a, S> {
    metrics: &'a Metrics,
    subject: &'a str,
    labels: Vec<(Label, &'a str)>,
    values: Vec<(Field, u64)>,
    track_memory: bool,
    stage: PhantomData<S>,
}

/// The stages, as types: each has the numbers and texts that make sense for it.
pub mod stage {
    use crate::event::Stage;

    /// A stage as a type.
    pub trait Kind: sealed::Sealed {
        /// The same, as a value.
        const STAGE: Stage;
    }

    mod sealed {
        pub trait Sealed {}
    }

    macro_rules! kinds {
        ($($kind:ident)+) => {
            $(
                #[doc = concat!("[`Stage::", stringify!($kind), "`].")]
                #[derive(Debug, Clone, Copy)]
                pub struct $kind;

                impl sealed::Sealed for $kind {}

                impl Kind for $kind {
                    const STAGE: Stage = Stage::$kind;
                }
            )+
        };
    }

    kinds! {
        ModelLoad ModelInitialization Inference TrainingEpoch TrainingStep Validation DatasetLoad
        DatasetPreprocessing DataLoading CheckpointSave CheckpointLoad DistributedTask Communication
        Synchronization Operation
    }
}

macro_rules! numbers {
    ($($stage:ident: $($method:ident = $field:ident($doc:literal)),+;)+) => {
        $(impl Track<'_, stage::$stage> {
            $(numbers!(@$method $field $doc);)+
        })+
    };
    (@$method:ident $field:ident $doc:literal) => {
        #[doc = $doc]
        pub fn $method(self, $method: u64) -> Self {
            // The largest number stands for none.
            self.with(Field::$field, $method.min(u64::MAX - 1))
        }
    };
}

macro_rules! texts {
    ($($stage:ident: $($method:ident = $label:ident($doc:literal)),+;)+) => {
        $(impl<'a> Track<'a, stage::$stage> {
            $(
                #[doc = $doc]
                pub fn $method(mut self, $method: &'a str) -> Self {
                    self.labels.retain(|(own, _)| *own != Label::$label);
                    self.labels.push((Label::$label, $method));
                    self
                }
            )+
        })+
    };
}

numbers! {
    ModelLoad: size_bytes = SizeBytes("Size of the model, in bytes.");
    Inference: batch_size = BatchSize("How many requests are answered together."),
        tokens_in = TokensIn("Tokens of the prompt."),
        tokens_out = TokensOut("Tokens generated.");
    TrainingEpoch: epoch = Epoch("Number of the epoch."), num_samples = NumSamples("Samples of the epoch.");
    TrainingStep: epoch = Epoch("Number of the epoch."), step = Step("Number of the step."),
        batch_size = BatchSize("Rows trained on."), num_samples = NumSamples("Samples trained on, where they are not rows."), tokens_in = TokensIn("Tokens trained on.");
    Validation: epoch = Epoch("Number of the epoch."), num_samples = NumSamples("Samples evaluated.");
    DatasetLoad: size_bytes = SizeBytes("Size of the data set, in bytes."),
        num_samples = NumSamples("Samples loaded.");
    DatasetPreprocessing: size_bytes = SizeBytes("Bytes transformed."),
        num_samples = NumSamples("Samples transformed.");
    DataLoading: size_bytes = SizeBytes("Bytes fetched.");
    CheckpointSave: size_bytes = SizeBytes("Bytes written."), epoch = Epoch("Number of the epoch."),
        step = Step("Number of the step.");
    CheckpointLoad: size_bytes = SizeBytes("Bytes read."), epoch = Epoch("Number of the epoch."),
        step = Step("Number of the step.");
    DistributedTask: num_workers = NumWorkers("Workers that take part.");
    Communication: size_bytes = SizeBytes("Bytes sent or received."),
        num_workers = NumWorkers("Workers that take part.");
    Synchronization: size_bytes = SizeBytes("Bytes synchronised.");
    Operation: items = Items("Things processed."), size_bytes = SizeBytes("Bytes processed.");
}

texts! {
    ModelLoad: source = Source("Where it is loaded from."), framework = Framework("Its framework."),
        format = Format("The format of its file."), device = Device("Where it will run.");
    ModelInitialization: device = Device("Where it will run."), framework = Framework("Its framework.");
    Inference: device = Device("Where it runs.");
    TrainingEpoch: device = Device("Where it runs.");
    TrainingStep: device = Device("Where it runs.");
    Validation: dataset = Dataset("What it is evaluated on."), device = Device("Where it runs.");
    DatasetLoad: source = Source("Where it is loaded from."), format = Format("Its format.");
    DatasetPreprocessing: operation = Operation("What is done to it.");
    CheckpointSave: format = Format("The format of the file.");
    CheckpointLoad: format = Format("The format of the file.");
    DistributedTask: phase = Phase("The part of the task that this is.");
    Communication: worker = Worker("The worker or rank.");
}

impl<'a, S: stage::Kind> Track<'a, S> {
    #[inline]
    pub(super) const fn new(metrics: &'a Metrics, subject: &'a str) -> Self {
        Self {
            metrics,
            subject,
            labels: Vec::new(),
            values: Vec::new(),
            track_memory: false,
            stage: PhantomData,
        }
    }

    #[inline]
    fn with(mut self, field: Field, bits: u64) -> Self {
        match self.values.iter_mut().find(|(own, _)| *own == field) {
            Some(value) => value.1 = bits,
            None => self.values.push((field, bits)),
        }
        self
    }

    /// Samples resident memory while calls of this series are in flight.
    pub const fn track_memory(mut self) -> Self {
        self.track_memory = true;
        self
    }

    /// The series, if anything is to be recorded.
    #[inline]
    fn series(&self) -> Option<SeriesId> {
        let namespace = self.metrics.instance.namespace();
        if !namespace.is_enabled() {
            return None;
        }
        let key = KeyRef {
            stage: S::STAGE,
            subject: self.subject,
            labels: &self.labels,
        };
        let series = namespace
            .series_at_hand(&key, self.track_memory)
            .or_else(|| namespace.series(&key, None, self.track_memory));
        // The first call reads the configuration, which may say that nothing is to be recorded.
        series.filter(|_| namespace.is_enabled()).and_then(SeriesId::new)
    }

    /// Starts the call. It ends when the guard is dropped.
    #[inline]
    pub fn start(self) -> Guard {
        let keep = || self.metrics.instance.clone();
        Guard::new(
            self.series()
                .map(|series| Call::begin(series, self.values, keep())),
        )
    }

    /// Runs the call: `body` may add numbers to it. It ends as a success when `body` returns, and as a panic
    /// when it unwinds.
    #[inline]
    pub fn run<T>(self, body: impl FnOnce(&mut Guard) -> T) -> T {
        let mut guard = self.start();
        body(&mut guard)
    }

    /// Runs the call: `Err` makes it an error.
    ///
    /// # Errors
    ///
    /// What `body` returns.
    #[inline]
    pub fn try_run<T, E>(self, body: impl FnOnce(&mut Guard) -> Result<T, E>) -> Result<T, E> {
        let mut guard = self.start();
        let result = body(&mut guard);
        guard.finish_with(result)
    }

    /// Records a success that took `duration` and ended just now.
    pub fn record(self, duration: Duration) {
        self.record_as(Outcome::Ok, duration);
    }

    /// Records a call that took `duration` and ended just now.
    pub fn record_as(self, outcome: Outcome, duration: Duration) {
        if let Some(series) = self.series() {
            record(series, outcome, duration, &self.values);
        }
    }
}

macro_rules! tracks {
    ($($(#[$doc:meta])* $method:ident($subject:ident) -> $stage:ident;)+) => {
        impl Metrics {
            $(
                $(#[$doc])*
                #[inline]
                pub fn $method<'a>(&'a self, $subject: &'a str) -> Track<'a, stage::$stage> {
                    Track::new(self, $subject)
                }
            )+
        }
    };
}

tracks! {
    /// Tracks a model being read into memory.
    track_model_load(model) -> ModelLoad;
    /// Tracks a loaded model being made ready.
    track_model_initialization(model) -> ModelInitialization;
    /// Tracks an inference.
    track_inference(model) -> Inference;
    /// Tracks an epoch.
    track_training_epoch(model) -> TrainingEpoch;
    /// Tracks an optimizer step.
    track_training_step(model) -> TrainingStep;
    /// Tracks an evaluation on held-out data.
    track_validation(model) -> Validation;
    /// Tracks a data set being loaded.
    track_dataset_load(dataset) -> DatasetLoad;
    /// Tracks a data set being transformed.
    track_dataset_preprocessing(dataset) -> DatasetPreprocessing;
    /// Tracks a checkpoint being written.
    track_checkpoint_save(model) -> CheckpointSave;
    /// Tracks a checkpoint being read.
    track_checkpoint_load(model) -> CheckpointLoad;
    /// Tracks a distributed training task, or, with a `phase`, a part of one: `coordination`, `distribution`,
    /// `compute`, `aggregation` or any other.
    track_distributed_task(task) -> DistributedTask;
    /// Tracks workers exchanging data.
    track_communication(operation) -> Communication;
    /// Tracks anything else.
    track_operation(operation) -> Operation;
}

const _: () = assert!(
    Stage::ALL.len() == 18,
    "a new stage needs a `track_` or `record_` method"
);
