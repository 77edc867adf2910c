//! The recording path, aggregates and reports of [aimlm](https://docs.rs/aimlm). Use it through that crate,
//! which adds the attributes; everything here is reachable from there.
//!
//! # The journey of one call
//!
//! ```text
//!  annotated call                                             report
//!       │ two clock reads, two 16-byte records                   ▲
//!       ▼                                                        │ pure
//!  ring of the thread ──── full: the thread folds it ──┐     analysis, views
//!       │                                              │         ▲
//!       └── quiet: the collector sweeps it ──────────┐ │         │ plain data
//!                                                    ▼ ▼         │
//!                       lock-free aggregates of each series ── snapshot
//! ```
//!
//! # Rooms
//!
//! A module imports only from those above it; a test checks that. `probe`, where a record begins to flow, stands low:
//! a process's first call starts what follows from it.
//!
//! | room | what |
//! |---|---|
//! | `error`, `config` | what can be refused, and settings |
//! | `sync` | the only door to atomics and locks: std's, or loom's |
//! | `clock` | ticks, nanoseconds, wall clock |
//! | `event` | the record of a call; its words are those of `aimlm-vocabulary` |
//! | `aggregate` | counters, histograms, history, curves; folding records into them |
//! | `site` | the static of one annotated function |
//! | `series` | from stage, subject and labels to a number; the limit on how many |
//! | `buffer` | the ring of each thread, thread exit, fork |
//! | `console` | standard output and standard error, without their locks |
//! | `collector` | the background thread |
//! | `snapshot` | plain data; atomics stop here |
//! | `views` | typed retrieval |
//! | `analysis` | findings |
//! | `report` | Markdown, text, JSON |
//! | `reporter` | the report that comes by itself: at the end, every so often; files |
//! | `probe` | around a call: what begins it, ends it, carries its numbers |
//! | `metrics` | what users hold |

mod error;
mod config;
mod sync;
mod clock;
mod event;
mod aggregate;
mod site;
mod series;
mod buffer;
mod console;
mod collector;
mod snapshot;
mod views;
mod analysis;
mod report;
mod reporter;
mod probe;
mod metrics;
#[doc(hidden)]
pub mod support;

pub use aggregate::Distribution;
pub use analysis::*;
pub use config::{Config, ConfigBuilder, ModelSeverities, ModelThresholds, Severities, Thresholds};
pub use error::Error;
pub use event::{Field, FieldKind, Label, Outcome, Outcomes, Stage};
pub use metrics::{Guard, Metrics, Track, TrainingStats, stage};
pub use probe::{Count, Real, Text, TextRef};
pub use report::*;
pub use reporter::{RepeatedReport, ReportFormat};
pub use snapshot::*;
pub use views::*;
