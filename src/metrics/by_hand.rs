use std::time::Duration;

use aimlm_core::event::{Label, Payload, Stage};
use aimlm_core::probe::{ABSENT, Count, Real, is_still_on, sample, set};
use aimlm_core::reporter;
use aimlm_core::ring;
use aimlm_core::series::KeyRef;

use super::Metrics;
use crate::reporter::REPORTER;

macro_rules! records {
    ($($(#[$doc:meta])* $method:ident($subject:ident) = $track:ident;)+) => {
        impl Metrics {
            $(
                $(#[$doc])*
                /// It took `duration` and ended just now; for more about it, use
                #[doc = concat!("[`", stringify!($track), "`](Self::", stringify!($track), ") and [`Track::record`](super::Track::record).")]
                pub fn $method(&self, $subject: &str, duration: Duration) {
                    self.$track($subject).record(duration);
                }
            )+
        }
    };
}

records! {
    /// Records a model load.
    record_model_load(model) = track_model_load;
    /// Records a model initialisation.
    record_model_initialization(model) = track_model_initialization;
    /// Records an inference.
    record_inference(model) = track_inference;
    /// Records an epoch.
    record_training_epoch(model) = track_training_epoch;
    /// Records an optimizer step.
    record_training_step(model) = track_training_step;
    /// Records an evaluation on held-out data.
    record_validation(model) = track_validation;
    /// Records a data set load.
    record_dataset_load(dataset) = track_dataset_load;
    /// Records a preprocessing operation.
    record_dataset_preprocessing(dataset) = track_dataset_preprocessing;
    /// Records a distributed training task.
    record_distributed_task(task) = track_distributed_task;
    /// Records the time that workers exchanged data.
    record_communication(operation) = track_communication;
    /// Records anything else.
    record_operation(operation) = track_operation;
}

impl Metrics {
    /// Records that `bytes` of data of a kind were fetched in `duration`.
    pub fn record_data_loading(&self, data_type: &str, bytes: impl Count, duration: Duration) {
        self.track_data_loading(data_type)
            .size_bytes(bytes)
            .record(duration);
    }

    /// Records that a checkpoint of `bytes` was written in `duration`.
    pub fn record_checkpoint_save(&self, model: &str, bytes: impl Count, duration: Duration) {
        self.track_checkpoint_save(model)
            .size_bytes(bytes)
            .record(duration);
    }

    /// Records that a checkpoint of `bytes` was read in `duration`.
    pub fn record_checkpoint_load(&self, model: &str, bytes: impl Count, duration: Duration) {
        self.track_checkpoint_load(model)
            .size_bytes(bytes)
            .record(duration);
    }

    /// Records that workers synchronised `bytes` of state in `duration`.
    pub fn record_sync_operation(&self, operation: &str, bytes: impl Count, duration: Duration) {
        self.track_sync_operation(operation)
            .size_bytes(bytes)
            .record(duration);
    }

    /// Records how busy a worker was, 0 to 1. A ratio outside is held to these bounds; NaN is left out.
    pub fn record_worker_utilization(&self, worker: &str, utilization: f64) {
        if !utilization.is_nan() {
            let value = (Payload::Utilization, utilization.clamp(0.0, 1.0).to_bits());
            self.record_sample(Stage::WorkerUtilization, worker, &[], &[value]);
        }
    }

    /// Records statistics of a model's training at an epoch.
    ///
    /// ```
    /// let metrics = aimlm::Metrics::default_instance();
    /// metrics.record_training_stats("mlp", 3).loss(0.31).metric("val_accuracy", 0.94).record();
    ///
    /// let training = &metrics.report().metrics.training["mlp"];
    /// assert_eq!(training.curves["loss"].last, Some(0.31));
    /// assert_eq!(training.curves["val_accuracy"].last, Some(0.94));
    /// ```
    pub fn record_training_stats<'a>(&'a self, model: &'a str, epoch: impl Count) -> TrainingStats<'a> {
        TrainingStats {
            metrics: self,
            model,
            epoch: epoch.count(),
            fields: Vec::new(),
            free: Vec::new(),
        }
    }

    fn record_sample(
        &self,
        stage: Stage,
        subject: &str,
        labels: &[(Label, &str)],
        values: &[(Payload, u64)],
    ) {
        let namespace = self.instance.namespace();
        if !namespace.is_enabled() {
            return;
        }
        ring::watch_forks();
        reporter::introduce(&REPORTER);
        if let Some(series) = namespace.series(
            &KeyRef {
                stage,
                subject,
                labels,
            },
            None,
            false,
        ) && is_still_on(namespace)
        {
            sample(series, values);
        }
    }
}

/// Statistics of a model's training at one epoch, about to be recorded.
#[derive(Debug, Clone)]
#[must_use = "nothing is recorded before `record`"]
pub struct TrainingStats<'a> {
    metrics: &'a Metrics,
    model: &'a str,
    // `ABSENT` where it is none.
    epoch: u64,
    fields: Vec<(Payload, u64)>,
    free: Vec<(&'a str, u64)>,
}

impl<'a> TrainingStats<'a> {
    fn with(mut self, what: Payload, value: impl Real) -> Self {
        set(&mut self.fields, what, value.real());
        self
    }

    /// The loss.
    pub fn loss(self, loss: impl Real) -> Self {
        self.with(Payload::Loss, loss)
    }

    /// The accuracy, 0 to 1.
    pub fn accuracy(self, accuracy: impl Real) -> Self {
        self.with(Payload::Accuracy, accuracy)
    }

    /// The learning rate.
    pub fn learning_rate(self, rate: impl Real) -> Self {
        self.with(Payload::LearningRate, rate)
    }

    /// The norm of the gradient.
    pub fn gradient_norm(self, norm: impl Real) -> Self {
        self.with(Payload::GradientNorm, norm)
    }

    /// A statistic of any name, such as `val_accuracy`. Each name of each model is a series.
    pub fn metric(self, name: &'a str, value: impl Real) -> Self {
        self.metrics([(name, value)])
    }

    /// Statistics of any names.
    pub fn metrics(mut self, metrics: impl IntoIterator<Item = (&'a str, impl Real)>) -> Self {
        let metrics = metrics.into_iter();
        self.free
            .extend(metrics.map(|(name, value)| (name, value.real())));
        self
    }

    /// Records them. Values that are not finite are kept and counted as such.
    pub fn record(self) {
        let epoch = (self.epoch != ABSENT).then_some((Payload::Epoch, self.epoch));
        if !self.fields.is_empty() {
            let values: Vec<_> = epoch.into_iter().chain(self.fields).collect();
            self.metrics
                .record_sample(Stage::TrainingStats, self.model, &[], &values);
        }
        for (name, bits) in self.free.into_iter().filter(|&(_, bits)| bits != ABSENT) {
            let labels = [(Label::Metric, name)];
            let values: Vec<_> = epoch.into_iter().chain([(Payload::Metric, bits)]).collect();
            self.metrics
                .record_sample(Stage::TrainingStats, self.model, &labels, &values);
        }
    }
}
