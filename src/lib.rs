//! Instrumentation for machine-learning programs.
pub use aimlm_core::*;
#[doc(hidden)]
pub mod __private {
    pub use aimlm_core::support::*;
}
