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
    /// The calls of stages that this version of aimlm has no words for.
    pub(super) fn others(&self) -> BTreeMap<Stage, BTreeMap<String, CallMetrics>> {
        // In order of their stages: each is met once.
        let all = self.snapshot.series.chunk_by(|a, b| a.stage == b.stage);
        let stages = all.map(|series| series[0].stage);
        stages
            .filter(|stage| !stage.is_known())
            .map(|stage| (stage, self.each(stage, |_, calls| calls)))
            .collect()
    }

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
