use serde::{Deserialize, Serialize};

use super::nan_as_null;
use crate::event::{Field, Outcome};

/// The last calls of a series, oldest first; at most `history_size` of each process.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct History {
    /// Whether every call that ended is here, so that statistics over it are exact.
    pub complete: bool,
    /// The calls, in the order in which they were folded: in each thread the order of their ends.
    pub calls: Vec<CallRecord>,
}

/// One call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CallRecord {
    /// When it started, in seconds since the Unix epoch.
    #[serde(with = "nan_as_null")]
    pub start: f64,
    /// How long it took, in nanoseconds.
    pub duration_ns: u64,
    /// How it ended.
    pub outcome: Outcome,
    /// The numbers it carried.
    #[serde(default, skip_serializing_if = "Vec::is_empty", with = "nan_as_null::pairs")]
    pub values: Vec<(Field, f64)>,
}

impl CallRecord {
    /// How long it took, in seconds.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        self.duration_ns as f64 / 1e9
    }

    /// The order of two calls in time; of calls that started together the shorter is first.
    pub(crate) fn by_start(&self, other: &Self) -> std::cmp::Ordering {
        let order = self.start.total_cmp(&other.start);
        order.then(self.duration_ns.cmp(&other.duration_ns))
    }

    /// The number it carried under a field.
    #[must_use]
    pub fn value(&self, field: Field) -> Option<f64> {
        self.values
            .iter()
            .find(|(name, _)| *name == field)
            .map(|&(_, value)| value)
    }
}

impl History {
    /// The calls that succeeded.
    pub fn succeeded(&self) -> impl Iterator<Item = &CallRecord> {
        self.calls.iter().filter(|call| call.outcome == Outcome::Ok)
    }

    pub(super) fn merge(&mut self, other: &Self) {
        self.complete &= other.complete;
        self.calls.extend_from_slice(&other.calls);
        self.calls.sort_unstable_by(CallRecord::by_start);
    }
}
