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
//! let report = Metrics::global().comprehensive_report();
//! let mlp = &report.metrics.inference["mlp"].calls;
//! assert_eq!((mlp.counts.started, mlp.counts.ok, mlp.counts.error), (2, 1, 1));
//! assert_eq!(report.metrics.training["mlp"].curves["loss"].points.len(), 3);
//! println!("{}", report.to_markdown());
//! ```
//!
//! # Where to go
//!
//! - **Attributes**, one for each stage of a model's life: [`macro@track_model_load`],
//!   [`macro@track_model_initialization`], [`macro@track_inference`], [`macro@track_training_epoch`],
//!   [`macro@track_training_step`], [`macro@track_validation`], [`macro@track_dataset_load`],
//!   [`macro@track_dataset_preprocessing`], [`macro@track_data_loading`], [`macro@track_checkpoint_save`], [`macro@track_checkpoint_load`],
//!   [`macro@track_distributed_task`], [`macro@track_communication`], [`macro@track_sync_operation`], and [`macro@track_operation`] for anything else.
//!   Each lists its arguments.
//! - **In bulk**: [`macro@track`] annotates every function of an `impl` block or module, [`macro@skip`] leaves one out.
//! - **At the end**: [`macro@main`] writes the report when the program ends.
//! - **By hand**: [`Metrics`] has a `track_…` method for each stage, which gives a [`Guard`] or runs a closure, and
//!   `record_…` methods for what was timed elsewhere.
//! - **Results**: [`Metrics::snapshot`] gives everything as plain data and typed views of it;
//!   [`Metrics::comprehensive_report`] adds findings and renders Markdown, text and JSON; [`Metrics::export`] writes
//!   a file.
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
//! | `hdr-v2` | no | latency distributions to and from HdrHistogram's V2 format |

pub use aimlm_core::*;
pub use aimlm_macros::*;

/// What the code that the attributes emit calls; not for use by hand.
#[doc(hidden)]
pub mod __private {
    pub use aimlm_core::support::*;
}

/// The README's examples run as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
