use aimlm_snapshot::{EngineSnapshot, Overview};

use crate::Thresholds;
use crate::threshold::Threshold;
use crate::thresholds::Crossed;

/// What rules look at.
#[derive(Clone, Copy)]
pub(crate) struct Case<'a> {
    pub(crate) overview: &'a Overview,
    pub(crate) engine: &'a EngineSnapshot,
    pub(crate) thresholds: &'a Thresholds,
}

impl Case<'_> {
    /// The bound that a number about a subject crosses, if any.
    pub(crate) fn crossed(
        &self,
        threshold: &'static Threshold,
        subject: &str,
        value: f64,
    ) -> Option<Crossed> {
        self.thresholds.crossed(threshold, subject, value)
    }
}
