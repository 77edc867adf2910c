use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::grouping::{by_label, merged};
use crate::event::{Field, FieldKind, Label};
use crate::snapshot::{CurvePoint, FieldSnapshot, SeriesSnapshot};

/// The course of one number over epochs or steps.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CurveMetrics {
    /// How many numbers were recorded, those that are not finite among them. What was recorded twice for one epoch or
    /// step counts once, where the curve is whole.
    pub count: u64,
    /// The first, in order of `x`; none if it is not finite.
    pub first: Option<f64>,
    /// The last, in order of `x`; none if it is not finite.
    pub last: Option<f64>,
    /// The smallest finite one.
    pub min: Option<f64>,
    /// The largest finite one.
    pub max: Option<f64>,
    /// Mean of the finite ones.
    pub mean: Option<f64>,
    /// How many were NaN or infinite, those of calls that failed among them.
    pub not_finite: u64,
    /// Epoch or step of the first that was not finite: the smallest.
    pub first_not_finite_at: Option<f64>,
    /// The points in order of `x`, thinned where there were many.
    pub points: Vec<CurvePoint>,
}

impl CurveMetrics {
    pub(super) fn new(numbers: &FieldSnapshot) -> Self {
        let finite = |value: Option<f64>| value.filter(|value| value.is_finite());
        let whole = Self {
            count: numbers.count,
            first: finite(numbers.first()),
            last: finite(numbers.last()),
            min: numbers.min,
            max: numbers.max,
            mean: finite(numbers.mean()),
            not_finite: numbers.not_finite,
            first_not_finite_at: numbers.first_not_finite,
            points: numbers.curve.clone(),
        };
        if numbers.curve_is_whole {
            whole.of_points()
        } else {
            whole
        }
    }

    /// Where every point is there, what was recorded twice for one place counts once.
    fn of_points(self) -> Self {
        let numbers = || self.points.iter().map(|point| point.y);
        let finite = || numbers().filter(|y| y.is_finite());
        let (count, counted) = (self.points.len() as u64, finite().count());
        Self {
            count,
            min: finite().reduce(f64::min),
            max: finite().reduce(f64::max),
            mean: (counted > 0).then(|| finite().sum::<f64>() / counted as f64),
            ..self
        }
    }
}

/// Adds the curves of a group: real fields under their own name, free metrics under theirs, each after
/// `prefix`. What has one name is one curve, its points in order of `x`, so that nothing recorded vanishes.
pub(super) fn add_curves(
    curves: &mut BTreeMap<String, FieldSnapshot>,
    group: &[&SeriesSnapshot],
    prefix: &str,
) {
    for (metric, group) in by_label(group, Label::Metric) {
        let Some(series) = merged(&group) else { continue };
        for (field, numbers) in &series.fields {
            if field.kind() != FieldKind::Real || numbers.count == 0 {
                continue;
            }
            curves
                .entry(name(*field, metric, prefix))
                .and_modify(|curve| curve.merge(numbers, FieldKind::Real))
                .or_insert_with(|| numbers.clone());
        }
        add_not_finite(curves, &series, metric, prefix);
    }
}

/// A call that fails because its loss is no number says so in the curve of the loss.
fn add_not_finite(
    curves: &mut BTreeMap<String, FieldSnapshot>,
    series: &SeriesSnapshot,
    metric: Option<&str>,
    prefix: &str,
) {
    for (field, numbers) in &series.failed_fields {
        if numbers.not_finite == 0 {
            continue;
        }
        let not_finite = numbers.curve.iter().filter(|point| !point.y.is_finite());
        let not_finite = FieldSnapshot {
            count: numbers.not_finite,
            sum: 0.0,
            total: None,
            min: None,
            max: None,
            curve: not_finite.copied().collect(),
            ..numbers.clone()
        };
        curves
            .entry(name(*field, metric, prefix))
            .and_modify(|curve| curve.merge(&not_finite, FieldKind::Real))
            .or_insert(not_finite);
    }
}

fn name(field: Field, metric: Option<&str>, prefix: &str) -> String {
    match (field, metric) {
        (Field::Metric, Some(metric)) => format!("{prefix}{metric}"),
        _ => format!("{prefix}{}", field.name()),
    }
}
