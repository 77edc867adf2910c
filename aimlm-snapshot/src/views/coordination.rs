use serde::{Deserialize, Serialize};

/// Time that a task spent on coordination instead of work, by the clock, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CoordinationOverhead {
    /// Runs that `total` is the sum of, which are those that ended; calls of the phase where no run was recorded.
    pub count: u64,
    /// All of it. Phases side by side or within each other count once; of runs side by side each counts.
    #[serde(with = "crate::nan_as_null")]
    pub total_seconds: f64,
    /// For each run.
    #[serde(with = "crate::nan_as_null")]
    pub mean_seconds: f64,
    /// Where it comes from.
    pub source: CoordinationSource,
}

/// Where a coordination overhead comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum CoordinationSource {
    /// A phase named `coordination` was recorded.
    Phase,
    /// Time of the runs that ended less that of their phases. Not known without phases.
    Remainder,
    /// Some tasks one way, some the other.
    Mixed,
}

impl CoordinationOverhead {
    pub(super) fn new(count: u64, total: f64, source: CoordinationSource) -> Option<Self> {
        (count > 0 && total >= 0.0).then(|| Self {
            count,
            total_seconds: total,
            mean_seconds: total / count as f64,
            source,
        })
    }

    pub(super) fn and(self, other: Self) -> Option<Self> {
        let source = if self.source == other.source {
            self.source
        } else {
            CoordinationSource::Mixed
        };
        Self::new(
            self.count.saturating_add(other.count),
            self.total_seconds + other.total_seconds,
            source,
        )
    }
}
