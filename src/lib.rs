//! Instrumentation for programs that serve or train models: one attribute above a function, and what it does is
//! counted, timed and explained.
//!
//! ```
//! use aimlm::{Metrics, track_inference, track_training_epoch};
//!
//! #[track_inference(model = "mlp", batch_size = rows.len())]
//! fn classify(rows: &[f32]) -> Result<Vec<u8>, String> {
//!     rows.iter().map(|row| if row.is_finite() { Ok(*row as u8) } else { Err("not a number".into()) }).collect()
//! }
//!
//! struct Epoch {
//!     loss: f64,
//! }
//!
//! #[track_training_epoch(model = "mlp", epoch = number, num_samples = 1440_u32, loss = |epoch| epoch.loss)]
//! fn train_epoch(number: usize) -> Epoch {
//!     Epoch { loss: 1.0 / (number + 1) as f64 }
//! }
//!
//! for number in 0..3 {
//!     train_epoch(number);
//! }
//! assert!(classify(&[1.0, 2.0]).is_ok());
//! assert!(classify(&[f32::NAN]).is_err());
//!
//! let report = Metrics::global().report();
//! let mlp = &report.metrics.inference["mlp"].calls;
//! assert_eq!((mlp.counts.started, mlp.counts.ok, mlp.counts.error), (2, 1, 1));
//! assert_eq!(report.metrics.training["mlp"].curves["loss"].points.len(), 3);
//! println!("{}", report.to_markdown());
//! ```
//!
//! # Where to go
//!
//! - **Attributes**, one for each stage of a model's life: [`macro@track_inference`], [`macro@track_training_step`], …, and
//!   [`macro@track_operation`] for anything else. They are [listed below](#attributes); each lists its arguments.
//! - **In bulk**: [`macro@track`] annotates every function of an `impl` block or module, [`macro@skip`] leaves one out.
//! - **At the end**: [`macro@main`] writes the report when the program ends.
//! - **By hand**: [`Metrics`] has a `track_…` method for each stage, which gives a [`Guard`] or runs a closure, and
//!   `record_…` methods for what was timed elsewhere.
//! - **Results**: [`Metrics::snapshot`] gives everything as plain data and typed views of it;
//!   [`Metrics::report`] adds findings and renders Markdown, text and JSON; [`Metrics::export`] writes a file.
//! - **Settings**: [`Config`], from a file, the environment (`AIMLM_…`) and a builder.
//!
//! # Guarantees
//!
//! For every series, started = ok + error + panicked + cancelled + in flight, under any load. A report sees every
//! call that returned before it was asked for, from every thread. Memory is bounded by the configuration. An annotated
//! call never blocks, and costs about what two readings of the processor's counter cost.
//!
//! # Features
//!
//! | feature | default | what |
//! |---|---|---|
//! | `enabled` | yes | the attributes instrument; without it each function is emitted as written |
//! | `sysinfo` | yes | resident memory, sampled on the collector's thread |
//! | `gzip` | yes | run files packed as gzip does |
//! | `hdrhistogram` | yes | latency distributions to and from histograms of that crate |
//! | `hdr-v2` | no | latency distributions to and from HdrHistogram's V2 format |

#![forbid(unsafe_code)]

mod metrics;
mod reporter;

pub use aimlm_config::{Config, ConfigBuilder};
pub use aimlm_core::probe::{Count, OwnValue, Real, Text, TextRef, Time};
pub use aimlm_core::series::Description;
pub use aimlm_diagnosis::{
    Bound, DefaultBounds, EfficiencyRating, Evidence, Finding, FindingKind, Matter, Rule, Severity, Target,
    Threshold, Thresholds, TrainingEfficiency, analyze, rules, training_efficiency,
};
pub use aimlm_macros::{main, skip, track};
pub use aimlm_report::{Report, ReportFormat};
pub use aimlm_snapshot::{
    BusySpan, BusyTime, CallCounts, CallMetrics, CallRecord, CallRecords, CoordinationOverhead,
    CoordinationSource, CurveMetrics, CurvePoint, DataLoadingMetrics, DatasetMetrics, Detail,
    DistributedMetrics, Distribution, EngineSnapshot, EpochMetrics, History, InferenceMetrics, LatencyStats,
    MemorySnapshot, ModelMetrics, NumberSnapshot, NumberStats, OperationMetrics, Overview, Percentile,
    ProgramSnapshot, Progress, RateSnapshot, RateStats, SCHEMA_VERSION, SeriesSnapshot, SiteSnapshot,
    SlowestCalls, Snapshot, Source, SourceMetrics, SubjectBusy, TaskMetrics, Throughput, TrainingMetrics,
    Views, WorkerMetrics, samples_needed,
};
pub use aimlm_vocabulary::{Error, Label, Number, NumberKind, Outcome, Outcomes, Stage};
pub use metrics::{Guard, Metrics, Track, TrainingStats, git_revision, stage};
pub use reporter::RepeatedReport;

/// An attribute for each stage that has calls.
macro_rules! attributes {
    ($(
        $(#[$doc:meta])*
        $variant:ident $name:ident of $noun:ident {
            $(call $call:ident($($subject:tt)*) $tracks:literal $times:literal;)?
            labels { $($labels:tt)* }
            counts { $($counts:tt)* }
            reals { $($reals:tt)* }
            $(times { $($times_of:tt)* })?
            $(levels { $($levels:tt)* })?
            items [$($items:ident),*];
            $($by_epoch:ident;)?
        }
    )+) => {
        $($(pub use aimlm_macros::$call;)?)+
    };
}

aimlm_vocabulary::for_each_stage!(attributes);

/// What the code that the attributes emit calls; not for use by hand.
#[doc(hidden)]
pub mod __private {
    pub use core::convert::Infallible;
    pub use core::module_path;
    pub use core::option::Option;
    pub use core::option::Option::{None, Some};
    pub use core::result::Result::{Err, Ok};
    pub use std::boxed::Box;

    pub use aimlm_core::clock::mock_clock;
    pub use aimlm_core::collector::before_each_round;
    pub use aimlm_core::event::{Label, Outcome, Payload, Stage};
    pub use aimlm_core::probe::*;
    pub use aimlm_core::series::Instance as Keep;
    pub use aimlm_core::site::Site;
    pub use aimlm_report::{assert_file, assert_name};

    pub use crate::metrics::{Metrics, begun, kept, lent};
    pub use crate::reporter::{REPORTER, ReportAtEnd, report_at_end};
}

/// The README's examples run as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
