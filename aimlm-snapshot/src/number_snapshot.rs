use std::cmp::Ordering;

use aimlm_vocabulary::{Number, NumberKind};
use serde::{Deserialize, Serialize};

use crate::extremes::merge_with;
use crate::{BusyTime, CurvePoint, Distribution, curve_point, nan_as_null};

/// In a second.
pub(crate) const NANOSECONDS: f64 = 1e9;
/// Where sums of whole numbers stay.
const LARGEST: f64 = u64::MAX as f64;

/// The numbers that the calls of a series carried under one field.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct NumberSnapshot {
    /// How they add up. Counts and times are whole numbers, times in nanoseconds.
    #[serde(skip_serializing_if = "is_real")]
    pub kind: NumberKind,
    /// How many calls carried one.
    pub count: u64,
    /// Sum; exact for whole numbers up to 2^53. That of whole numbers stays at 2^64 where it would be more. Of levels it
    /// means nothing but for their mean. `null` in JSON where it is not finite, and NaN when that is read.
    #[serde(with = "nan_as_null")]
    pub sum: f64,
    /// The sum of whole numbers to the last digit; it stays at the largest integer of 64 bits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
    /// Which values there were, of times in nanoseconds, of amounts of work, and of counts of the program's own: of these
    /// each up to 127 by itself, larger ones rounded down by 3 % at most. None of what adds up otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub values: Option<Distribution>,
    /// Smallest number; none if there was only NaN.
    pub min: Option<f64>,
    /// Largest number; none if there was only NaN.
    pub max: Option<f64>,
    /// The points in order of `x`. Of an `x` that was recorded again the later number counts, once. Thinned where it
    /// grows long, but the first number that is not finite stays. Empty for whole numbers. Levels stand in order of time,
    /// each at the moment at which its call began.
    pub curve: Vec<CurvePoint>,
    /// Whether no point was left out of it.
    pub curve_is_whole: bool,
    /// Whether a number did not say where it stands, so that its `x` is an ordinal: of [these](CurvePoint::is_ordinal) two
    /// of one `x` are two, and they stand in the order in which they were recorded, those of merged snapshots too.
    pub in_order_of_arrival: bool,
    /// Numbers that were not finite. They are in the curve and nowhere else.
    pub not_finite: u64,
    /// `x` of the first of these in the curve, which keeps it; of epochs with steps of their own the step in its epoch.
    pub first_not_finite: Option<f64>,
    /// When at least one of the calls was in flight that carried one; empty for numbers that have no rate.
    pub busy: BusyTime,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_real(kind: &NumberKind) -> bool {
    *kind == NumberKind::Real
}

impl NumberSnapshot {
    /// Mean of the finite numbers; none if there are none, nor of a sum that stays at 2^64 or is beyond
    /// the largest number.
    #[must_use]
    pub fn mean(&self) -> Option<f64> {
        let finite = self.count.saturating_sub(self.not_finite);
        (finite > 0 && self.sum != LARGEST && self.sum.is_finite()).then(|| self.sum / finite as f64)
    }

    /// How numbers of this name add up: those that the vocabulary does not know as they did where they were recorded.
    pub(crate) fn kind_of(&self, number: Number) -> NumberKind {
        match (self.kind, self.total) {
            _ if number.is_known() => number.kind(),
            // Files of before had counts alone beside real numbers, and did not say so.
            (NumberKind::Real, Some(_)) => NumberKind::Count,
            (kind, _) => kind,
        }
    }

    /// Adds numbers of one name. Where they are of two kinds they are real numbers from then on, times in seconds.
    pub(crate) fn add(&mut self, other: &Self, number: Number) {
        let (ours, theirs) = (self.kind_of(number), other.kind_of(number));
        if ours == theirs {
            return self.merge(other, ours);
        }
        self.make_real(ours);
        let mut other = other.clone();
        other.make_real(theirs);
        self.merge(&other, NumberKind::Real);
    }

    fn make_real(&mut self, from: NumberKind) {
        if from == NumberKind::Time {
            self.sum /= NANOSECONDS;
            self.min = self.min.map(|min| min / NANOSECONDS);
            self.max = self.max.map(|max| max / NANOSECONDS);
        }
        self.curve_is_whole &= !from.is_whole();
        (self.kind, self.total, self.values) = (NumberKind::Real, None, None);
    }

    /// The sum of counts, as exact as it is known.
    pub(crate) fn total(&self) -> u64 {
        self.total.unwrap_or(self.sum as u64)
    }

    /// First number of the curve, in order of `x`.
    #[must_use]
    pub fn first(&self) -> Option<f64> {
        self.curve.first().map(|point| point.y)
    }

    /// Last number of the curve, in order of `x`.
    #[must_use]
    pub fn last(&self) -> Option<f64> {
        self.curve.last().map(|point| point.y)
    }

    /// Gives the ordinals their places among those of `other`: as many further on as came before. Of two recorded at once
    /// `other` has the `first`, if not even their numbers tell them apart.
    fn among(&self, other: &Self, first: bool) -> Vec<CurvePoint> {
        let theirs: Vec<_> = other.curve.iter().filter(|point| point.is_ordinal).collect();
        let mut passed = 0;
        let placed = |point: &CurvePoint| {
            if !point.is_ordinal {
                return *point;
            }
            let comes_first = |theirs: &CurvePoint| match theirs.by_time(point) {
                Ordering::Equal => first,
                order => order.is_lt(),
            };
            passed += theirs[passed..]
                .iter()
                .take_while(|theirs| comes_first(theirs))
                .count();
            // Those that were thinned away are before the next as well.
            let before = theirs[..passed].last().map_or(0.0, |last| last.x + 1.0);
            CurvePoint {
                x: point.x + before,
                ..*point
            }
        };
        self.curve.iter().map(placed).collect()
    }

    /// Adds numbers of this kind, which is theirs.
    pub(crate) fn merge(&mut self, other: &Self, kind: NumberKind) {
        // Of a window that does not know its extremes, nobody knows those of both.
        let is_known = |numbers: &Self| numbers.min.is_some() || numbers.count <= numbers.not_finite;
        let are_known = is_known(self) && is_known(other);
        self.min = merge_with(self.min, other.min, f64::min).filter(|_| are_known);
        self.max = merge_with(self.max, other.max, f64::max).filter(|_| are_known);
        let theirs = other.among(self, true);
        self.curve = self.among(other, false);
        self.count = self.count.saturating_add(other.count);
        self.sum += other.sum;
        self.total = self.total.zip(other.total).map(|(a, b)| a.saturating_add(b));
        self.values = match (self.values.take(), &other.values) {
            (Some(mut ours), Some(theirs)) => {
                ours.merge(theirs);
                Some(ours)
            }
            // Of those that one does not know, nobody knows both.
            _ => None,
        };
        self.kind = kind;
        if kind.is_whole() {
            self.sum = self.sum.min(LARGEST);
        }
        self.not_finite = self.not_finite.saturating_add(other.not_finite);
        self.first_not_finite = self.first_not_finite.or(other.first_not_finite);
        self.busy.merge(&other.busy);
        self.curve_is_whole &= other.curve_is_whole;
        self.in_order_of_arrival |= other.in_order_of_arrival;
        self.curve.extend_from_slice(&theirs);
        self.sort_curve();
    }

    /// Leaves out points of a curve that has grown long by merging.
    pub(crate) fn thin_curve(&mut self) {
        if curve_point::thin(&mut self.curve) {
            self.curve_is_whole = false;
        }
    }

    /// Without curve and the places of busy time.
    pub(crate) fn keep_counters(&mut self) {
        self.curve_is_whole &= self.curve.is_empty();
        self.curve = Vec::new();
        self.values = None;
        self.busy = self.busy.summary();
    }

    /// Puts the points in order, and leaves of those of one place the last.
    pub fn sort_curve(&mut self) {
        // Threads bring their numbers a ring at a time.
        let ordinals = || self.curve.iter().filter(|point| point.is_ordinal);
        let mut by_time: Vec<_> = ordinals().copied().collect();
        let mut places: Vec<_> = ordinals().map(|point| point.x).collect();
        by_time.sort_by(CurvePoint::by_time);
        places.sort_by(f64::total_cmp);
        let ordinals = self.curve.iter_mut().filter(|point| point.is_ordinal);
        for ((point, recorded), x) in ordinals.zip(by_time).zip(places) {
            *point = CurvePoint { x, ..recorded };
        }
        self.curve.sort_by(CurvePoint::by_place);
        self.curve.dedup_by(|later, kept| {
            let is_said = !later.is_ordinal && !kept.is_ordinal;
            let again = is_said && later.x == kept.x && later.epoch == kept.epoch;
            if again {
                *kept = *later;
            }
            again
        });
        let first = self.curve.iter().find(|point| !point.y.is_finite());
        self.first_not_finite = first.map(|point| point.x).or(self.first_not_finite);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// So many numbers without a place, each at its second, of which the curve keeps every so manieth and the last.
    fn arrived(seconds: std::ops::Range<u32>, each: usize) -> NumberSnapshot {
        let all: Vec<u32> = seconds.collect();
        let last = all.len().saturating_sub(1);
        let kept = all
            .iter()
            .enumerate()
            .filter(|(nth, _)| nth % each == 0 || *nth == last);
        NumberSnapshot {
            kind: NumberKind::Real,
            count: all.len() as u64,
            sum: 0.0,
            total: None,
            values: None,
            min: None,
            max: None,
            curve: kept
                .map(|(nth, &at)| CurvePoint {
                    x: nth as f64,
                    y: f64::from(at),
                    at_ns: i64::from(at),
                    epoch: None,
                    is_ordinal: true,
                })
                .collect(),
            curve_is_whole: each == 1,
            in_order_of_arrival: true,
            not_finite: 0,
            first_not_finite: None,
            busy: BusyTime::default(),
        }
    }

    fn merged(parts: &[&NumberSnapshot]) -> NumberSnapshot {
        let mut whole = parts[0].clone();
        parts[1..]
            .iter()
            .for_each(|part| whole.merge(part, NumberKind::Real));
        whole
    }

    #[test]
    fn the_last_of_merged_windows_is_the_last_recorded() {
        let (first, second, third) = (
            arrived(0..2000, 4),
            arrived(2000..2003, 1),
            arrived(2003..2103, 7),
        );
        for parts in [
            [&first, &second, &third],
            [&third, &first, &second],
            [&second, &third, &first],
        ] {
            let whole = merged(&parts);
            assert_eq!(whole.last(), Some(2102.0));
            assert!(
                whole.curve.iter().all(|point| point.x == point.y),
                "{:?}",
                whole.curve
            );
        }
    }

    #[test]
    fn what_arrived_side_by_side_stands_in_order_of_time() {
        let whole = arrived(0..40, 1);
        let (mut odd, mut even) = (whole.clone(), whole.clone());
        for (part, rest) in [(&mut even, 0), (&mut odd, 1)] {
            part.curve.retain(|point| point.at_ns % 2 == i64::from(rest));
            part.curve
                .iter_mut()
                .enumerate()
                .for_each(|(nth, point)| point.x = nth as f64);
            part.count = 20;
        }
        assert_eq!(merged(&[&odd, &even]).curve, whole.curve);
        assert_eq!(merged(&[&even, &odd]).curve, whole.curve);
    }

    proptest! {
        /// Whatever said its place and whatever did not.
        #[test]
        fn parts_merge_in_any_order(parts in prop::collection::vec(prop::collection::vec((0..2000_u32, prop::option::of(0..6_u32)), 0..12), 3)) {
            let parts = parts.iter().enumerate().map(|(of, numbers)| {
                let mut numbers = numbers.clone();
                numbers.sort_unstable();
                let points = numbers.iter().enumerate().map(|(nth, &(at, place))| CurvePoint {
                    x: place.map_or(nth as f64, f64::from),
                    y: (of * 100 + nth) as f64,
                    at_ns: i64::from(at),
                    epoch: None,
                    is_ordinal: place.is_none(),
                });
                let mut part = NumberSnapshot { curve: points.collect(), ..arrived(0..0, 1) };
                part.count = part.curve.len() as u64;
                part.in_order_of_arrival = part.curve.iter().any(|point| point.is_ordinal);
                part.sort_curve();
                part
            });
            let [a, b, c]: &[NumberSnapshot; 3] = &parts.collect::<Vec<_>>().try_into().unwrap();
            let whole = merged(&[a, b, c]).curve;
            for order in [[a, c, b], [b, a, c], [b, c, a], [c, a, b], [c, b, a]] {
                prop_assert_eq!(&merged(&order).curve, &whole);
            }
            prop_assert_eq!(&merged(&[a, &merged(&[b, c])]).curve, &whole);
            prop_assert_eq!(&merged(&[&merged(&[c, a]), b]).curve, &whole);
        }
    }
}
