use serde::{Deserialize, Serialize};

use super::{BusyTime, nan_as_null};
use crate::event::FieldKind;

/// Where sums of counts stay.
const LARGEST: f64 = u64::MAX as f64;

/// The numbers that the calls of a series carried under one field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FieldSnapshot {
    /// How many calls carried one.
    pub count: u64,
    /// Sum; exact for counts up to 2^53. That of counts stays at 2^64 where it would be more. `null` in JSON where it is
    /// not finite, and NaN when that is read.
    #[serde(with = "nan_as_null")]
    pub sum: f64,
    /// The sum of counts to the last digit; it stays at the largest integer of 64 bits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
    /// Smallest number; none if there was only NaN.
    pub min: Option<f64>,
    /// Largest number; none if there was only NaN.
    pub max: Option<f64>,
    /// The points in order of `x`. Of an `x` that was recorded again the later number counts, once. Thinned where it
    /// grows long, but the first number that is not finite stays. Empty for counts.
    pub curve: Vec<CurvePoint>,
    /// Whether no point was left out of it.
    #[serde(default)]
    pub curve_is_whole: bool,
    /// Whether a number did not say where it stands, so that `x` is an ordinal: then two of one `x` are two.
    #[serde(default)]
    pub in_order_of_arrival: bool,
    /// Numbers that were not finite. They are in the curve and nowhere else.
    pub not_finite: u64,
    /// `x` of the first of these in the curve, which keeps it; of epochs with steps of their own the step in its epoch.
    #[serde(default)]
    pub first_not_finite: Option<f64>,
    /// When at least one of the calls was in flight that carried one; empty for numbers that have no rate.
    #[serde(default)]
    pub busy: BusyTime,
}

/// One point of a training curve.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CurvePoint {
    /// Epoch or step where the call or sample named one, otherwise its ordinal, from 0.
    #[serde(with = "nan_as_null")]
    pub x: f64,
    /// The number; `null` in JSON where it is not finite.
    #[serde(with = "nan_as_null")]
    pub y: f64,
    /// When it was recorded, in seconds since the Unix epoch.
    #[serde(default, with = "nan_as_null")]
    pub at: f64,
    /// The epoch, where `x` is the step and the call named both. Steps may begin anew with each epoch: points stand in
    /// order of epoch, then of `x`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epoch: Option<f64>,
}

impl FieldSnapshot {
    /// Mean of the finite numbers; none if there are none, nor of a sum that stays at 2^64.
    #[must_use]
    pub fn mean(&self) -> Option<f64> {
        let finite = self.count.saturating_sub(self.not_finite);
        (finite > 0 && self.sum != LARGEST).then(|| self.sum / finite as f64)
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

    /// Adds numbers of the same kind.
    pub(crate) fn merge(&mut self, other: &Self, kind: FieldKind) {
        let pick = |ours: Option<f64>, theirs: Option<f64>, pick: fn(f64, f64) -> f64| match (ours, theirs) {
            (Some(ours), Some(theirs)) => Some(pick(ours, theirs)),
            (ours, theirs) => ours.or(theirs),
        };
        self.min = pick(self.min, other.min, f64::min);
        self.max = pick(self.max, other.max, f64::max);
        self.count = self.count.saturating_add(other.count);
        self.sum += other.sum;
        self.total = self.total.zip(other.total).map(|(a, b)| a.saturating_add(b));
        if kind == FieldKind::Count {
            self.sum = self.sum.min(LARGEST);
        }
        self.not_finite = self.not_finite.saturating_add(other.not_finite);
        self.first_not_finite = self.first_not_finite.or(other.first_not_finite);
        self.busy.merge(&other.busy);
        self.curve_is_whole &= other.curve_is_whole;
        self.in_order_of_arrival |= other.in_order_of_arrival;
        self.curve.extend_from_slice(&other.curve);
        self.sort_curve();
    }

    /// Puts the points in order, and leaves of those of one place the last.
    pub(crate) fn sort_curve(&mut self) {
        let epoch = |point: &CurvePoint| point.epoch.unwrap_or(f64::NEG_INFINITY);
        let order = |a: &CurvePoint, b: &CurvePoint| {
            let by_time = a.at.total_cmp(&b.at).then(a.y.total_cmp(&b.y));
            let by_x = a.x.total_cmp(&b.x).then(by_time);
            epoch(a).total_cmp(&epoch(b)).then(by_x)
        };
        self.curve.sort_by(order);
        if !self.in_order_of_arrival {
            self.curve.dedup_by(|later, kept| {
                let again = later.x == kept.x && later.epoch == kept.epoch;
                if again {
                    *kept = *later;
                }
                again
            });
        }
        let first = self.curve.iter().find(|point| !point.y.is_finite());
        self.first_not_finite = first.map(|point| point.x).or(self.first_not_finite);
    }
}
