use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::grouping::{by_label, merged};
use crate::event::{Field, FieldKind, Label};
use crate::snapshot::{CurvePoint, FieldSnapshot, SeriesSnapshot};

/// The course of one number over epochs or steps.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CurveMetrics {
    /// How many numbers were recorded, those that are not finite among them.
    pub count: u64,
    /// The first; none if it is not finite.
    pub first: Option<f64>,
    /// The last; none if it is not finite.
    pub last: Option<f64>,
    /// The smallest finite one.
    pub min: Option<f64>,
    /// The largest finite one.
    pub max: Option<f64>,
    /// Mean of the finite ones.
    pub mean: Option<f64>,
    /// How many were NaN or infinite.
    pub not_finite: u64,
    /// Epoch or step of the first that was not finite, where the curve still has it.
    pub first_not_finite_at: Option<f64>,
    /// The points in order of `x`, thinned where there were many.
    pub points: Vec<CurvePoint>,
}

impl CurveMetrics {
    pub(super) fn new(numbers: &FieldSnapshot) -> Self {
        let finite = |value: Option<f64>| value.filter(|value| value.is_finite());
        Self {
            count: numbers.count,
            first: finite(numbers.first()),
            last: finite(numbers.last()),
            min: numbers.min,
            max: numbers.max,
            mean: finite(numbers.mean()),
            not_finite: numbers.not_finite,
            first_not_finite_at: numbers
                .curve
                .iter()
                .find(|point| !point.y.is_finite())
                .map(|point| point.x),
            points: numbers.curve.clone(),
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
            let name = match (field, metric) {
                (Field::Metric, Some(metric)) => metric,
                _ => field.name(),
            };
            curves
                .entry(format!("{prefix}{name}"))
                .and_modify(|curve| curve.merge(numbers, FieldKind::Real))
                .or_insert_with(|| numbers.clone());
        }
    }
}
