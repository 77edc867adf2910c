//! The recording path, aggregates and reports of aimlm.

mod aggregate;
mod config;
mod error;
mod event;
mod snapshot;
pub use aggregate::*;
pub use config::*;
pub use error::Error;
pub use event::*;
pub use snapshot::*;
