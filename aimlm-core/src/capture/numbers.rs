//! The numbers that calls and samples brought, and the memory meanwhile: from what was read to plain data.

use std::collections::BTreeMap;

use aimlm_snapshot::{BusyTime, CurvePoint, MemorySnapshot, NumberSnapshot, RateSnapshot};

use super::Clock;
use crate::aggregate::{MemoryReading, NumberReading, Point, Rates};
use crate::event::{Number, NumberKind};

impl Clock {
    pub(super) fn fields(
        &self,
        readings: Vec<(Number, NumberReading)>,
        busy: impl Fn(Number) -> BusyTime,
    ) -> BTreeMap<Number, NumberSnapshot> {
        let readings = readings.into_iter();
        readings
            .map(|(field, reading)| (field, self.field(field, reading, busy(field))))
            .collect()
    }

    fn field(&self, field: Number, reading: NumberReading, busy: BusyTime) -> NumberSnapshot {
        debug_assert!(field.kind() == NumberKind::Real || reading.curve.is_empty());
        let points = reading.curve.iter();
        let (min, max) = in_order(reading.min.zip(reading.max));
        let mut snapshot = NumberSnapshot {
            count: reading.count,
            // Of one reading: a fold may be between two.
            sum: reading.total.map_or(reading.sum, |total| total as f64),
            total: reading.total,
            min,
            max,
            curve: points.map(|point| self.point(point)).collect(),
            curve_is_whole: reading.curve_is_whole,
            in_order_of_arrival: reading.in_order_of_arrival,
            not_finite: reading.not_finite.min(reading.count),
            first_not_finite: None,
            busy,
        };
        // What was thinned away is seen all the same.
        if let Some(first) = reading.first_not_finite
            && !reading.curve_is_whole
            && !reading.curve.iter().any(|point| point.is_same(&first))
        {
            snapshot.curve.push(self.point(&first));
        }
        snapshot.sort_curve();
        snapshot
    }

    /// None if no call said that it had items. Calls of no measurable duration have items but no rate.
    pub(super) fn rate(items: Number, rates: Rates, busy: BusyTime) -> Option<RateSnapshot> {
        let (min, max) = in_order((rates.count > 0).then_some((rates.min, rates.max)));
        (rates.calls > 0).then_some(RateSnapshot {
            items,
            total_items: rates.items,
            calls: rates.calls,
            busy,
            count: rates.count,
            sum: rates.sum,
            min,
            max,
        })
    }

    /// None before the first sample is there whole.
    pub(super) fn memory(&self, reading: MemoryReading) -> Option<MemorySnapshot> {
        (reading.min <= reading.max).then(|| MemorySnapshot {
            samples: reading.count,
            min_bytes: reading.min,
            mean_bytes: reading.sum as f64 / reading.count.max(1) as f64,
            max_bytes: reading.max,
            last_bytes: reading.recent.last().map_or(reading.max, |last| last.bytes),
            recent_bytes: reading.recent.iter().map(|sample| sample.bytes).collect(),
            recent_at: reading
                .recent
                .iter()
                .map(|sample| self.wall.seconds(sample.at))
                .collect(),
            recent_changes: reading.recent.iter().map(|sample| sample.change).collect(),
            changes: reading.changes,
            change_bytes: reading.changed,
        })
    }

    fn point(&self, point: &Point) -> CurvePoint {
        CurvePoint {
            x: point.x,
            y: point.y,
            epoch: point.epoch,
            is_ordinal: point.is_ordinal,
            at: self.wall.seconds(point.recorded),
        }
    }
}

/// The smallest and the largest number; none before the first is in both.
fn in_order<T: PartialOrd>(extremes: Option<(T, T)>) -> (Option<T>, Option<T>) {
    extremes.filter(|(min, max)| min <= max).unzip()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_of_calls_without_duration_are_kept() {
        let rates = |items| Rates {
            items,
            calls: items.min(1),
            count: 0,
            sum: 0.0,
            min: f64::INFINITY,
            max: 0.0,
        };
        let rate = Clock::rate(Number::Items, rates(5), BusyTime::default()).expect("there are items");
        assert_eq!((rate.total_items, rate.count), (5, 0));
        assert_eq!((rate.min, rate.max, rate.mean()), (None, None, None));
        assert!(Clock::rate(Number::Items, rates(0), BusyTime::default()).is_none());
    }
}
