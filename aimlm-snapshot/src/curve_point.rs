use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use crate::nan_as_null;

/// Points of a curve that was put together from several, beside those that stand out: as many as one of epochs has at
/// most while it is recorded.
const MOST: usize = 5001;

/// One point of a training curve.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct CurvePoint {
    /// Epoch or step where the call or sample named one, otherwise its ordinal, from 0.
    #[serde(with = "nan_as_null")]
    pub x: f64,
    /// The number; `null` in JSON where it is not finite.
    #[serde(with = "nan_as_null")]
    pub y: f64,
    /// When it was recorded, in nanoseconds since the Unix epoch.
    pub at_ns: i64,
    /// The epoch, where `x` is the step and the call named both. Steps may begin anew with each epoch: points stand in
    /// order of epoch, then of `x`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub epoch: Option<f64>,
    /// Whether nothing said where it stands, so that `x` is its ordinal.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_ordinal: bool,
}

impl CurvePoint {
    /// A number at its place, and when it was recorded, in nanoseconds since the Unix epoch.
    #[must_use]
    pub const fn new(x: f64, y: f64, at_ns: i64) -> Self {
        Self {
            x,
            y,
            at_ns,
            epoch: None,
            is_ordinal: false,
        }
    }

    /// The order of a curve: of points of one place that which was recorded first is first.
    pub(crate) fn by_place(&self, other: &Self) -> Ordering {
        let epoch = |point: &Self| point.epoch.unwrap_or(f64::NEG_INFINITY);
        let by_x = self.x.total_cmp(&other.x);
        // Ordinals apart, so that what said one place stands together.
        let by_x = by_x.then(self.is_ordinal.cmp(&other.is_ordinal));
        let by_x = by_x.then_with(|| self.by_time(other));
        epoch(self).total_cmp(&epoch(other)).then(by_x)
    }

    /// The order in which they were recorded.
    pub(crate) fn by_time(&self, other: &Self) -> Ordering {
        self.at_ns.cmp(&other.at_ns).then(self.y.total_cmp(&other.y))
    }
}

impl CurvePoint {
    /// A number that is the same for all points of one place, and of points of different places has nothing to do with
    /// where they stand.
    fn lot(&self) -> u64 {
        let place = if self.is_ordinal {
            [self.at_ns as u64, self.y.to_bits()]
        } else {
            [
                self.epoch.unwrap_or(f64::NEG_INFINITY).to_bits(),
                self.x.to_bits(),
            ]
        };
        // The finalizer of SplitMix64, which spreads neighbours.
        place.into_iter().fold(0, |lot, word| {
            let mut lot = lot ^ word.wrapping_add(0x9e37_79b9_7f4a_7c15);
            lot = (lot ^ (lot >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            lot = (lot ^ (lot >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            lot ^ (lot >> 31)
        })
    }
}

/// Leaves out points of a curve in order until it is no longer than a curve may be; says whether it did. The first, the
/// last, the smallest, the largest, and the first that is not finite stay. Beside them those are kept that draw the
/// smallest lots: whatever is merged with what, and when, the same.
pub(crate) fn thin(curve: &mut Vec<CurvePoint>) -> bool {
    if curve.len() <= MOST {
        return false;
    }
    let by_y = |a: &(usize, &CurvePoint), b: &(usize, &CurvePoint)| a.1.y.total_cmp(&b.1.y);
    let finite = || curve.iter().enumerate().filter(|(_, point)| point.y.is_finite());
    let outstanding = [
        Some(0),
        Some(curve.len() - 1),
        finite().min_by(by_y).map(|(at, _)| at),
        finite().max_by(by_y).map(|(at, _)| at),
        curve.iter().position(|point| !point.y.is_finite()),
    ];
    let mut lots: Vec<u64> = curve.iter().map(CurvePoint::lot).collect();
    let (_, &mut most, _) = lots.select_nth_unstable(MOST - 1);
    let before = curve.len();
    let mut at = 0;
    curve.retain(|point| {
        at += 1;
        point.lot() <= most || outstanding.contains(&Some(at - 1))
    });
    curve.len() < before
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whatever lots they draw: of many curves half of the points do.
    #[test]
    fn what_stands_out_stays() {
        for nth in 0..20 {
            let points = 2 * MOST;
            let place = |at: usize| (nth * points + at) as f64;
            let y = |at: usize| match at {
                2_000 => -1.0,
                4_000 => 2.0,
                6_000 | 6_001 => f64::NAN,
                _ => 1.0,
            };
            let mut curve: Vec<_> = (0..points)
                .map(|at| CurvePoint::new(place(at), y(at), 0))
                .collect();
            assert!(thin(&mut curve));
            for at in [0, 2_000, 4_000, 6_000, points - 1] {
                assert!(
                    curve.iter().any(|point| point.x == place(at)),
                    "{at} of curve {nth}"
                );
            }
            assert!((MOST..MOST + 6).contains(&curve.len()), "{}", curve.len());
        }
    }

    #[test]
    fn what_is_left_of_a_curve_is_spread_over_it() {
        let point = |at: usize| CurvePoint::new(at as f64, 1.0, 0);
        let mut curve: Vec<_> = (0..4 * MOST).map(point).collect();
        thin(&mut curve);
        for quarter in 0..4 {
            let from = (quarter * MOST) as f64;
            let own = curve
                .iter()
                .filter(|point| (from..from + MOST as f64).contains(&point.x));
            let (own, even) = (own.count(), MOST / 4);
            assert!(own.abs_diff(even) < even / 5, "{own} in quarter {quarter}");
        }
    }
}
