use aimlm_vocabulary::{Number, Outcome};
use serde::{Deserialize, Serialize};

use super::grouping::merged;
use crate::SeriesSnapshot;

/// One epoch that succeeded, of those that the history still has.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct EpochMetrics {
    /// Its number; where the call did not say one, its place among the epochs that succeeded, from 0.
    #[serde(with = "crate::nan_as_null")]
    pub epoch: f64,
    /// How long it took, in seconds.
    #[serde(with = "crate::nan_as_null")]
    pub seconds: f64,
    /// Samples trained on, where the call said how many.
    pub samples: Option<f64>,
}

impl EpochMetrics {
    /// The epochs in order of their numbers, as curves are, and of one number in the order in which they began; where one
    /// did not say its number, all in that order.
    pub(super) fn all(group: &[&SeriesSnapshot]) -> Vec<Self> {
        let Some(series) = merged(group) else {
            return Vec::new();
        };
        let succeeded = || {
            let calls = series.history.calls();
            calls.filter(|call| call.outcome == Outcome::Ok)
        };
        let say_number = succeeded().all(|call| call.value(Number::Epoch).is_some());
        let forgotten = series.outcomes.ok.saturating_sub(succeeded().count() as u64);
        let mut epochs: Vec<Self> = succeeded()
            .zip(forgotten..)
            .map(|(call, place)| Self {
                epoch: call.value(Number::Epoch).unwrap_or(place as f64),
                seconds: call.seconds(),
                samples: call.value(Number::NumSamples),
            })
            .collect();
        // A recorded epoch ends when it is recorded: of two, the longer began before the shorter.
        if say_number {
            epochs.sort_by(|a, b| a.epoch.total_cmp(&b.epoch));
        }
        epochs
    }
}
