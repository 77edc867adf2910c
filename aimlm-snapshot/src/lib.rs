//! What [aimlm](https://docs.rs/aimlm) recorded, as plain data: serialisable, mergeable, free of atomics and threads.
//! Use it through that crate; on its own it is for programs that read what another one recorded.
//!
//! [`Snapshot`] holds everything that an instance knows at one moment, [`Snapshot::views`] asks it by the words of a
//! model's life.

#![forbid(unsafe_code)]

mod buckets;
mod busy;
mod call;
mod call_columns;
mod check;
mod column;
mod curve_point;
mod detail;
mod distribution;
mod engine;
mod extremes;
mod run_file;
#[cfg(feature = "hdrhistogram")]
mod hdr;
mod history;
mod memory;
mod merging;
pub mod nan_as_null;
mod number_snapshot;
mod program;
mod rank;
mod rate;
mod reading;
mod schema_1;
mod series;
mod since;
#[cfg(test)]
mod since_tests;
mod snapshot;
mod source;
#[cfg(test)]
mod source_tests;
mod subject;
mod subject_label_sets;
#[cfg(test)]
mod tests;
mod unique;
mod views;

pub use aimlm_vocabulary::{Error, Label, Number, NumberKind, Outcome, Outcomes, Stage};
pub use buckets::Buckets;
pub use busy::{BusySpan, BusyTime};
pub use call::CallRecord;
pub use call_columns::{CallRecords, Calls, End};
pub use curve_point::CurvePoint;
pub use detail::Detail;
pub use distribution::{Distribution, PAGE, PAGES, bucket_of};
pub use engine::EngineSnapshot;
pub use history::History;
pub use memory::MemorySnapshot;
pub use number_snapshot::NumberSnapshot;
pub use program::ProgramSnapshot;
pub use rate::RateSnapshot;
pub use series::{SeriesSnapshot, SiteSnapshot};
pub use snapshot::{SCHEMA_VERSION, Snapshot};
pub use source::Source;
pub use subject::SubjectBusy;
#[cfg(any(test, feature = "fixture"))]
pub use views::fixture;
pub use views::{
    CallCounts, CallMetrics, CoordinationOverhead, CoordinationSource, CurveMetrics, DataLoadingMetrics,
    DatasetMetrics, DistributedMetrics, EpochMetrics, InferenceMetrics, LatencyStats, MOST_SAMPLES,
    ModelMetrics, Named, NumberStats, OperationMetrics, Overview, Percentile, Progress, RateStats,
    SlowestCalls, SourceMetrics, TaskMetrics, Throughput, TrainingMetrics, Views, WorkerMetrics,
    percentile_name, samples_needed,
};
