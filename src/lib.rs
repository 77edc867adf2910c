//! Instrumentation for machine-learning programs.
pub use aimlm_core::*;
