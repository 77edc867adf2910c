//! The numbers that calls and samples brought, and the memory meanwhile: from what was read to plain data.

use std::collections::BTreeMap;

use aimlm_snapshot::{BusyTime, CurvePoint, MemorySnapshot, NumberSnapshot, RateSnapshot};

use super::Clock;
use crate::event::Number;
use crate::recent::{MemoryReading, Point};
use crate::totals::ItemRates;
use crate::window::NumberReading;

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
        debug_assert!(!field.kind().is_whole() || reading.curve.is_empty());
        let points = reading.curve.iter();
        let (min, max) = in_order(reading.min.zip(reading.max));
        let mut snapshot = NumberSnapshot::default();
        snapshot.kind = field.kind();
        snapshot.count = reading.count;
        // Of one reading: a fold may be between two.
        snapshot.sum = reading.total.map_or(reading.sum, |total| total as f64);
        snapshot.total = reading.total;
        snapshot.values = reading.values;
        (snapshot.min, snapshot.max) = (min, max);
        snapshot.curve = points.map(|point| self.point(point)).collect();
        snapshot.curve_is_whole = reading.curve_is_whole;
        snapshot.in_order_of_arrival = reading.in_order_of_arrival;
        snapshot.not_finite = reading.not_finite.min(reading.count);
        snapshot.busy = busy;
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
    pub(super) fn rate(items: Number, rates: ItemRates, busy: BusyTime) -> Option<RateSnapshot> {
        let (min, max) = in_order((rates.count > 0).then_some((rates.min, rates.max)));
        let mut rate = RateSnapshot::default();
        rate.items = items;
        rate.total_items = rates.items;
        rate.calls = rates.calls;
        rate.busy = busy;
        rate.count = rates.count;
        rate.sum = rates.sum;
        (rate.min, rate.max) = (min, max);
        (rates.calls > 0).then_some(rate)
    }

    /// None before the first sample is there whole.
    pub(super) fn memory(&self, reading: MemoryReading) -> Option<MemorySnapshot> {
        let recent = reading.recent.iter();
        let mut memory = MemorySnapshot::default();
        memory.samples = reading.count;
        memory.min_bytes = reading.min;
        memory.mean_bytes = reading.sum as f64 / reading.count.max(1) as f64;
        memory.max_bytes = reading.max;
        memory.last_bytes = recent.clone().next_back().map_or(reading.max, |last| last.bytes);
        memory.recent_bytes = recent.clone().map(|sample| sample.bytes).collect();
        memory.recent_at_ns = recent
            .clone()
            .map(|sample| self.wall.nanoseconds(sample.at))
            .collect();
        memory.recent_changes = recent.map(|sample| sample.change).collect();
        memory.changes = reading.changes;
        memory.change_bytes = reading.changed;
        (reading.min <= reading.max).then_some(memory)
    }

    fn point(&self, point: &Point) -> CurvePoint {
        let mut curve_point = CurvePoint::new(point.x, point.y, self.wall.nanoseconds(point.recorded));
        curve_point.epoch = point.epoch;
        curve_point.is_ordinal = point.is_ordinal;
        curve_point
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
        let rates = |items| ItemRates {
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
