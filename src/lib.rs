//! Instrumentation for machine-learning programs.
pub use aimlm_core::*;
pub use aimlm_macros::*;

/// What the code that the attributes emit calls; not for use by hand.
#[doc(hidden)]
pub mod __private {
    pub use aimlm_core::support::*;
}
