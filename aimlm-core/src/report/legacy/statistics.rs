use serde_json::{Map, Value};

use crate::event::{Field, Stage};
use crate::snapshot::{CallRecord, SeriesSnapshot, Snapshot};
use crate::views::interpolated;

/// The numbers of one statistic, and an object of those of its values that a place asks for.
pub(super) struct Statistics {
    sorted: Vec<f64>,
}

impl Statistics {
    pub(super) fn new(numbers: impl IntoIterator<Item = f64>) -> Self {
        let mut sorted: Vec<f64> = numbers.into_iter().filter(|number| number.is_finite()).collect();
        sorted.sort_unstable_by(f64::total_cmp);
        Self { sorted }
    }

    pub(super) fn total(&self) -> Option<f64> {
        (!self.sorted.is_empty()).then(|| self.sorted.iter().sum())
    }

    pub(super) fn mean(&self) -> Option<f64> {
        self.total().map(|total| total / self.sorted.len() as f64)
    }

    fn percentile(&self, percentile: f64) -> Option<f64> {
        interpolated(self.sorted.len(), percentile, |rank| self.sorted[rank])
    }

    /// An object with these values, `null` where there are no numbers; `count` is then 0.
    pub(super) fn object(&self, names: &[&str]) -> Value {
        let value = |name: &str| -> Value {
            match name {
                "count" => self.sorted.len().into(),
                "mean" => self.mean().into(),
                "total" => self.total().into(),
                "min" => self.sorted.first().copied().into(),
                "max" => self.sorted.last().copied().into(),
                "median" => self.percentile(50.0).into(),
                "p95" => self.percentile(95.0).into(),
                _ => Value::Null,
            }
        };
        let members = names.iter().map(|&name| (name.to_owned(), value(name)));
        Value::Object(members.collect::<Map<_, _>>())
    }
}

/// The calls of one subject that succeeded, in order of their starts.
pub(super) fn calls<'a>(snapshot: &'a Snapshot, stage: Stage, subject: &'a str) -> Vec<CallRecord<'a>> {
    succeeded(snapshot.subject(stage, subject))
}

/// The calls of some series that succeeded, in order of their starts where there is more than one series.
pub(super) fn succeeded<'a>(series: impl Iterator<Item = &'a SeriesSnapshot>) -> Vec<CallRecord<'a>> {
    let mut histories: Vec<Vec<CallRecord<'_>>> = series
        .map(|series| series.history.succeeded().collect())
        .collect();
    if histories.len() == 1 {
        return histories.remove(0);
    }
    let mut calls = histories.concat();
    calls.sort_unstable_by(CallRecord::by_start);
    calls
}

/// Durations in seconds.
pub(super) fn seconds(calls: &[CallRecord<'_>]) -> Statistics {
    Statistics::new(calls.iter().map(|call| call.seconds()))
}

/// The numbers under a field, call by call.
pub(super) fn values(calls: &[CallRecord<'_>], field: Field) -> Vec<f64> {
    calls.iter().filter_map(|call| call.value(field)).collect()
}

/// Items a second, call by call; calls without items or duration have none.
pub(super) fn rates(calls: &[CallRecord<'_>], items: Field) -> Statistics {
    let timed = calls.iter().filter(|call| call.duration_ns > 0);
    Statistics::new(timed.filter_map(|call| Some(call.value(items)? / call.seconds())))
}
