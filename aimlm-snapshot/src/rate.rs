use aimlm_vocabulary::Number;
use serde::{Deserialize, Serialize};

use crate::extremes::merge_with;
use crate::{BusyTime, nan_as_null};

/// Items a second of single calls: the number of items of a call over its duration.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct RateSnapshot {
    /// The field that counts the items.
    pub items: Number,
    /// All items, exact.
    pub total_items: u64,
    /// Calls that said how many items they had and succeeded.
    pub calls: u64,
    /// When at least one of these calls was in flight.
    pub busy: BusyTime,
    /// Calls that said how many items they had, succeeded and took a measurable time: those that have a rate.
    pub count: u64,
    /// Sum of the calls' rates, for their mean.
    #[serde(with = "nan_as_null")]
    pub sum: f64,
    /// Slowest call, in items a second; none if no call has a rate.
    pub min: Option<f64>,
    /// Fastest call, in items a second; none if no call has a rate.
    pub max: Option<f64>,
}

impl Default for RateSnapshot {
    fn default() -> Self {
        Self {
            items: Number::Items,
            total_items: 0,
            calls: 0,
            busy: BusyTime::default(),
            count: 0,
            sum: 0.0,
            min: None,
            max: None,
        }
    }
}

impl RateSnapshot {
    /// Mean of the calls' rates, in items a second; none if no call has one.
    #[must_use]
    pub fn mean(&self) -> Option<f64> {
        (self.count > 0).then(|| self.sum / self.count as f64)
    }

    /// Without the places of its busy time.
    pub(crate) fn keep_counters(&mut self) {
        self.busy = self.busy.summary();
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        // Of a window that does not know its extremes, nobody knows those of both.
        let is_known = |rate: &Self| rate.min.is_some() || rate.count == 0;
        let are_known = is_known(self) && is_known(other);
        self.total_items = self.total_items.saturating_add(other.total_items);
        self.calls = self.calls.saturating_add(other.calls);
        self.busy.merge(&other.busy);
        self.count = self.count.saturating_add(other.count);
        self.sum += other.sum;
        self.min = merge_with(self.min, other.min, f64::min).filter(|_| are_known);
        self.max = merge_with(self.max, other.max, f64::max).filter(|_| are_known);
    }
}
