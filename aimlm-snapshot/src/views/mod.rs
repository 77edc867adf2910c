//! Typed retrieval: what a snapshot says about models, data sets, tasks and operations.
//!
//! A [`Views`] reads a [`Snapshot`] with the percentiles wanted and gives one plain, serialisable struct for
//! each subject. Series of one subject that differ only in their labels are merged, and the labels listed.
//! Durations are seconds, sizes bytes. What was not recorded is `None`, never 0.

mod call_metrics;
mod coordination;
mod curve_metrics;
mod dataset;
mod distributed;
mod epochs;
#[cfg(any(test, feature = "fixture"))]
pub mod fixture;
mod grouping;
mod latency;
mod model;
mod number_stats;
mod operation;
mod other_stages;
mod overview;
mod percentile;
mod slowest;
mod source_metrics;
mod task_time;
mod training;

use std::collections::BTreeMap;

pub use call_metrics::{CallCounts, CallMetrics, RateStats, Throughput};
pub use coordination::{CoordinationOverhead, CoordinationSource};
pub use curve_metrics::{CurveMetrics, Progress};
pub use dataset::{DataLoadingMetrics, DatasetMetrics};
pub use distributed::{DistributedMetrics, TaskMetrics, WorkerMetrics};
pub use epochs::EpochMetrics;
pub use latency::{LatencyStats, Percentile};
pub use model::{InferenceMetrics, ModelMetrics};
pub use number_stats::NumberStats;
pub use operation::OperationMetrics;
pub use overview::{Named, Overview};
pub use percentile::{MOST_SAMPLES, percentile_name, samples_needed};
pub use slowest::SlowestCalls;
pub use source_metrics::SourceMetrics;
pub use training::TrainingMetrics;

use crate::Snapshot;

/// The percentiles of a snapshot that does not say them.
const USUAL_PERCENTILES: &[f64] = &[50.0, 90.0, 95.0, 99.0];

/// Typed retrieval from one snapshot, with the percentiles that latencies should have.
///
/// ```
/// # fn show(snapshot: &aimlm::Snapshot) {
/// let views = snapshot.views(&[50.0, 99.9]);
/// if let Some(minilm) = views.inference_of("minilm") {
///     println!("{:?} s in the mean", minilm.calls.latency.mean_seconds);
/// }
/// for (id, model) in views.models() {
///     println!("{id}: {:?}", model.load);
/// }
/// # }
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Views<'a> {
    snapshot: &'a Snapshot,
    percentiles: &'a [f64],
}

impl Snapshot {
    /// Typed retrieval with these percentiles, each over 0 and under 100.
    #[must_use]
    pub const fn views<'a>(&'a self, percentiles: &'a [f64]) -> Views<'a> {
        Views {
            snapshot: self,
            percentiles,
        }
    }

    fn usual_percentiles(&self) -> &[f64] {
        if self.percentiles.is_empty() {
            USUAL_PERCENTILES
        } else {
            &self.percentiles
        }
    }
}

// Each view straight from a snapshot, with its own percentiles.
macro_rules! usual {
    ($($(#[$doc:meta])* $all:ident -> $map:ty; $(#[$one_doc:meta])* $one:ident -> $single:ty;)+) => {
        impl Snapshot {
            $(
                $(#[$doc])*
                #[must_use]
                pub fn $all(&self) -> $map {
                    self.views(self.usual_percentiles()).$all()
                }

                $(#[$one_doc])*
                #[must_use]
                pub fn $one(&self, id: &str) -> Option<$single> {
                    self.views(self.usual_percentiles()).$one(id)
                }
            )+
        }
    };
}

usual! {
    /// Every model that was loaded, initialised or checkpointed; see [`Views::models`].
    models -> BTreeMap<String, ModelMetrics>;
    /// One model; see [`Views::model`].
    model -> ModelMetrics;
    /// Every model that answered requests; see [`Views::inference`].
    inference -> BTreeMap<String, InferenceMetrics>;
    /// The requests to one model; see [`Views::inference_of`].
    inference_of -> InferenceMetrics;
    /// Every model that was trained or validated; see [`Views::training`].
    training -> BTreeMap<String, TrainingMetrics>;
    /// The training of one model; see [`Views::training_of`].
    training_of -> TrainingMetrics;
    /// Every data set; see [`Views::datasets`].
    datasets -> BTreeMap<String, DatasetMetrics>;
    /// One data set; see [`Views::dataset`].
    dataset -> DatasetMetrics;
    /// Batches and shards fetched, by kind of data; see [`Views::data_loading`].
    data_loading -> BTreeMap<String, DataLoadingMetrics>;
    /// Batches and shards of one kind of data; see [`Views::data_loading_of`].
    data_loading_of -> DataLoadingMetrics;
    /// Distributed training as a whole; see [`Views::distributed`].
    distributed -> DistributedMetrics;
    /// One distributed task; see [`Views::task`].
    task -> TaskMetrics;
    /// Every plain operation; see [`Views::operations`].
    operations -> BTreeMap<String, OperationMetrics>;
    /// One plain operation; see [`Views::operation`].
    operation -> OperationMetrics;
}

impl Views<'_> {
    /// Everything at once.
    #[must_use]
    pub fn overview(&self) -> Overview {
        Overview {
            sources: self.sources(),
            models: self.models(),
            inference: self.inference(),
            training: self.training(),
            datasets: self.datasets(),
            data_loading: self.data_loading(),
            distributed: self.distributed(),
            operations: self.operations(),
            others: self.other_stages(),
        }
    }
}

#[cfg(test)]
mod tests;
