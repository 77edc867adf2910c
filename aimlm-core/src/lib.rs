//! The recording path, aggregates and reports of aimlm.

mod aggregate;
mod config;
mod error;
mod event;
mod metrics;
mod probe;
mod site;
mod snapshot;
#[doc(hidden)]
pub mod support;
pub use aggregate::*;
pub use config::*;
pub use error::Error;
pub use event::*;
pub use metrics::Metrics;
pub use snapshot::*;
