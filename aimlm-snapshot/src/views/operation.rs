use std::collections::BTreeMap;

use aimlm_vocabulary::Stage;
use serde::{Deserialize, Serialize};

use super::{CallMetrics, Views};

/// A plain operation.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OperationMetrics {
    /// Its name.
    pub operation: String,
    /// Every call.
    pub calls: CallMetrics,
}

impl Views<'_> {
    /// Every plain operation.
    #[must_use]
    pub fn operations(&self) -> BTreeMap<String, OperationMetrics> {
        self.each(Stage::Operation, |operation, calls| OperationMetrics {
            operation,
            calls,
        })
    }

    /// One plain operation; none if it never ran.
    #[must_use]
    pub fn operation(&self, name: &str) -> Option<OperationMetrics> {
        Some(OperationMetrics {
            operation: name.to_owned(),
            calls: self.calls(Stage::Operation, name)?,
        })
    }
}
