use aimlm_vocabulary::{Number, Outcome};
use serde::{Deserialize, Serialize};

use crate::{NumberSnapshot, SeriesSnapshot};

/// The numbers that calls or samples carried under one field, in the unit of the field.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct NumberStats {
    /// How many calls or samples carried one.
    pub count: u64,
    /// Sum of the finite numbers.
    #[serde(with = "crate::nan_as_null")]
    pub total: f64,
    /// Their mean.
    pub mean: Option<f64>,
    /// The smallest.
    pub min: Option<f64>,
    /// The largest.
    pub max: Option<f64>,
    /// The last, where it is known: real numbers keep their course, counts only while the history has it.
    pub last: Option<f64>,
}

impl NumberStats {
    /// Of the series of a group, which are merged in `series`. The last number is that of the call that ended last,
    /// in whichever of them.
    pub(super) fn new(series: &SeriesSnapshot, group: &[&SeriesSnapshot], field: Number) -> Option<Self> {
        let numbers = series.field(field)?;
        let last_of = |series: &&SeriesSnapshot| {
            let calls = series.history.calls().rev();
            let mut succeeded = calls.filter(|call| call.outcome == Outcome::Ok);
            succeeded.find_map(|call| Some((call.end_ns(), call.value(field)?)))
        };
        let recent = || {
            let last = group.iter().filter_map(last_of);
            last.max_by_key(|&(end_ns, _)| end_ns).map(|(_, value)| value)
        };
        (numbers.count > 0).then(|| Self {
            last: numbers.last().or_else(recent).filter(|last| last.is_finite()),
            ..Self::of_field(numbers)
        })
    }

    /// Of the calls that did not succeed.
    pub(super) fn of_failed(series: &SeriesSnapshot, field: Number) -> Option<Self> {
        let numbers = series.failed_fields.get(&field)?;
        (numbers.count > 0).then(|| Self::of_field(numbers))
    }

    fn of_field(numbers: &NumberSnapshot) -> Self {
        Self {
            count: numbers.count,
            total: numbers.sum,
            mean: numbers.mean(),
            min: numbers.min,
            max: numbers.max,
            last: None,
        }
    }
}
