use aimlm_vocabulary::{Number, NumberKind, Outcome};
use serde::{Deserialize, Serialize};

use crate::number_snapshot::NANOSECONDS;
use crate::rank::Share;
use crate::{CurvePoint, Distribution, NumberSnapshot, SeriesSnapshot};

/// The numbers that calls or samples carried under one field, in the unit of the field: times in seconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct NumberStats {
    /// How they add up.
    #[serde(default)]
    pub kind: NumberKind,
    /// How many calls or samples carried one.
    pub count: u64,
    /// Sum of the finite numbers; of levels it means nothing.
    #[serde(with = "crate::nan_as_null")]
    pub total: f64,
    /// Their mean.
    pub mean: Option<f64>,
    /// The smallest.
    pub min: Option<f64>,
    /// The largest.
    pub max: Option<f64>,
    /// The 50th percentile by nearest rank, of times, amounts of work, and counts of the program's own: exact while the
    /// history has every call. Otherwise times are within 0.4 %, counts exact up to 127 and above rounded down by 3 % at most.
    #[serde(default)]
    pub median: Option<f64>,
    /// The same of the 95th.
    #[serde(default)]
    pub p95: Option<f64>,
    /// Of levels their mean over time: each holds from when its call began until the next call that said one began; none
    /// where their curve is thinned, and from fewer than two moments.
    #[serde(default)]
    pub mean_over_time: Option<f64>,
    /// The last, where it is known: real numbers and levels keep their course, others only while the history has it.
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
        let ranked = exact(series, field, numbers);
        let at = |percentile: f64| match (&ranked, &numbers.values) {
            (Some(ranked), _) => {
                let rank = Share::of_percentile(percentile)?.rank(ranked.len() as u64);
                ranked.get(rank as usize - 1).copied()
            }
            (None, Some(values)) => percentile_of(numbers.kind, values, percentile),
            (None, None) => None,
        };
        (numbers.count > 0)
            .then(|| Self {
                median: at(50.0),
                p95: at(95.0),
                last: numbers.last().or_else(recent).filter(|last| last.is_finite()),
                ..Self::of_field(numbers)
            })
            .map(|stats| stats.of_kind(numbers.kind_of(field), &numbers.curve))
    }

    /// Of the calls that did not succeed.
    pub(super) fn of_failed(series: &SeriesSnapshot, field: Number) -> Option<Self> {
        let numbers = series.failed_fields.get(&field)?;
        (numbers.count > 0).then(|| Self::of_field(numbers).of_kind(numbers.kind_of(field), &numbers.curve))
    }

    fn of_field(numbers: &NumberSnapshot) -> Self {
        Self {
            kind: numbers.kind,
            count: numbers.count,
            total: numbers.sum,
            mean: numbers.mean(),
            min: numbers.min,
            max: numbers.max,
            median: numbers
                .values
                .as_ref()
                .and_then(|values| percentile_of(numbers.kind, values, 50.0)),
            p95: numbers
                .values
                .as_ref()
                .and_then(|values| percentile_of(numbers.kind, values, 95.0)),
            mean_over_time: None,
            last: None,
        }
    }

    /// In the unit of the views, and with what only this kind has.
    fn of_kind(self, kind: NumberKind, curve: &[CurvePoint]) -> Self {
        // Of a thinned curve nobody knows how long what was left out held: levels that come in bursts would all seem high.
        let is_whole = kind == NumberKind::Level && curve.len() as u64 == self.count;
        let mean_over_time = is_whole.then(|| mean_over_time(curve)).flatten();
        let stats = Self {
            kind,
            mean_over_time,
            ..self
        };
        if kind != NumberKind::Time {
            return stats;
        }
        let seconds = |value: Option<f64>| value.map(|ns| ns / NANOSECONDS);
        Self {
            total: self.total / NANOSECONDS,
            mean: seconds(self.mean),
            min: seconds(self.min),
            max: seconds(self.max),
            median: seconds(self.median),
            p95: seconds(self.p95),
            last: seconds(self.last),
            ..stats
        }
    }
}

/// Each point holds until the next one that was recorded; one that is not finite holds nothing.
fn mean_over_time(curve: &[CurvePoint]) -> Option<f64> {
    let mut points = curve.to_vec();
    points.sort_by(CurvePoint::by_time);
    let held = points.windows(2).map(|pair| {
        let ns = pair[1].at_ns.abs_diff(pair[0].at_ns) as f64;
        (pair[0].y, ns)
    });
    let held = held.filter(|(level, _)| level.is_finite());
    let (sum, time) = held.fold((0.0, 0.0), |(sum, time), (level, ns)| {
        (sum + level * ns, time + ns)
    });
    (time > 0.0 && sum.is_finite()).then(|| sum / time)
}

/// Every amount that successful calls said, in order, while the history has every call.
fn exact(series: &SeriesSnapshot, field: Number, numbers: &NumberSnapshot) -> Option<Vec<f64>> {
    let is_whole = series.history.complete && numbers.values.is_some() && series.samples == 0;
    let succeeded = is_whole.then(|| series.history.succeeded())?;
    let mut values: Vec<f64> = succeeded.filter_map(|call| call.value(field)).collect();
    values.sort_unstable_by(f64::total_cmp);
    (values.len() as u64 == numbers.count).then_some(values)
}

/// Of counts a bucket stands for its smallest value.
fn percentile_of(kind: NumberKind, values: &Distribution, percentile: f64) -> Option<f64> {
    let value = match kind {
        NumberKind::Time => values.percentile(percentile),
        _ => values.percentile_floor(percentile),
    };
    value.map(|value| value as f64)
}
