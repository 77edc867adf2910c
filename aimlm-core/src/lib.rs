//! The recording path, aggregates and reports of aimlm.

mod aggregate;
mod analysis;
mod config;
mod error;
mod event;
mod report;
mod snapshot;
mod views;
pub use aggregate::*;
pub use analysis::*;
pub use config::*;
pub use error::Error;
pub use event::*;
pub use report::*;
pub use snapshot::*;
pub use views::*;
