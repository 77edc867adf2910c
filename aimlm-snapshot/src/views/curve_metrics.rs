use std::collections::BTreeMap;
use std::fmt;

use aimlm_vocabulary::{Label, Number, NumberKind};
use serde::{Deserialize, Serialize};

use super::grouping::{by_label, merged};
use crate::{CurvePoint, NumberSnapshot, SeriesSnapshot};

/// The course of one number over epochs or steps.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CurveMetrics {
    /// How many numbers were recorded, those that are not finite among them. What was recorded twice for one epoch or
    /// step counts once, where the curve is whole: where no more was recorded, that which was replaced among it, than a
    /// curve has points. Where it is thinned, every number recorded is in this, and in the smallest, largest and mean.
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
    /// How many were NaN or infinite, those of calls that failed among them; one that was recorded again only where the
    /// curve is thinned.
    pub not_finite: u64,
    /// Epoch or step of the first that was not finite: the smallest.
    pub first_not_finite_at: Option<f64>,
    /// What `x` is the number of.
    #[serde(default)]
    pub x_is: Progress,
    /// The points in order of `x`, thinned where there were many.
    pub points: Vec<CurvePoint>,
}

/// What training is counted in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Progress {
    /// Passes over the training set.
    #[default]
    Epoch,
    /// Optimizer steps.
    Step,
}

impl fmt::Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Epoch => "epoch",
            Self::Step => "step",
        })
    }
}

/// What one curve is made of.
#[derive(Default)]
pub(super) struct Course {
    x_is: Progress,
    /// What calls that succeeded and samples said.
    said: Option<NumberSnapshot>,
    /// Of what calls that failed said, what is not finite.
    failed: Option<NumberSnapshot>,
}

impl Course {
    /// The points of both, if there are any.
    fn points(&self) -> Vec<CurvePoint> {
        match (&self.said, &self.failed) {
            (Some(said), Some(failed)) if self.is_placed() => {
                let mut all = said.curve.clone();
                all.extend(failed.curve.iter().map(|point| placed(point, &said.curve)));
                all.sort_by(CurvePoint::by_place);
                all
            }
            (Some(said), Some(failed)) => {
                let mut all = said.clone();
                all.merge(failed, NumberKind::Real);
                all.curve
            }
            (said, failed) => said
                .as_ref()
                .or(failed.as_ref())
                .map_or_else(Vec::new, |numbers| numbers.curve.clone()),
        }
    }

    /// Whether where calls that failed stand is known by the time alone: their ordinals are not those of the others.
    fn is_placed(&self) -> bool {
        let both = [&self.said, &self.failed].into_iter().flatten();
        self.said.is_some()
            && both.clone().count() > 1
            && both.into_iter().any(|numbers| numbers.in_order_of_arrival)
    }

    /// Epoch or step of the first that is not finite.
    fn first_not_finite(&self, said: Option<f64>, points: &[CurvePoint]) -> Option<f64> {
        let failed = self.failed.as_ref().and_then(|failed| failed.first_not_finite);
        if self.is_placed() {
            let mut not_finite = points.iter().filter(|point| !point.y.is_finite());
            return not_finite.next().map(|point| point.x);
        }
        [said, failed].into_iter().flatten().reduce(f64::min)
    }
}

/// A point at the place of the one recorded next among these, or one further on than the last.
fn placed(point: &CurvePoint, among: &[CurvePoint]) -> CurvePoint {
    let by_time = |a: &&CurvePoint, b: &&CurvePoint| a.at_ns.cmp(&b.at_ns);
    let next = among
        .iter()
        .filter(|other| other.at_ns > point.at_ns)
        .min_by(by_time);
    let place = match (next, among.iter().max_by(by_time)) {
        (Some(next), _) => *next,
        (None, Some(last)) => CurvePoint {
            x: last.x + 1.0,
            ..*last
        },
        (None, None) => *point,
    };
    CurvePoint {
        y: point.y,
        at_ns: point.at_ns,
        ..place
    }
}

impl CurveMetrics {
    pub(super) fn new(course: &Course) -> Self {
        let finite = |value: Option<f64>| value.filter(|value| value.is_finite());
        let points = course.points();
        let said = match &course.said {
            Some(said) if said.curve_is_whole => Self::of_points(&said.curve),
            Some(said) => Self {
                count: said.count,
                min: said.min,
                max: said.max,
                mean: finite(said.mean()),
                not_finite: said.not_finite,
                first_not_finite_at: said.first_not_finite,
                ..Self::of_points(&[])
            },
            None => Self::of_points(&[]),
        };
        let failed = course.failed.as_ref();
        let not_finite = failed.map_or(0, |failed| failed.not_finite);
        Self {
            count: said.count.saturating_add(not_finite),
            first: finite(points.first().map(|point| point.y)),
            last: finite(points.last().map(|point| point.y)),
            not_finite: said.not_finite.saturating_add(not_finite),
            first_not_finite_at: course.first_not_finite(said.first_not_finite_at, &points),
            x_is: course.x_is,
            points,
            ..said
        }
    }

    /// Where every point is there, what was recorded twice for one place counts once, and what was corrected not at all.
    fn of_points(points: &[CurvePoint]) -> Self {
        let finite = || points.iter().map(|point| point.y).filter(|y| y.is_finite());
        let not_finite = || points.iter().filter(|point| !point.y.is_finite());
        let counted = finite().count();
        Self {
            count: points.len() as u64,
            first: None,
            last: None,
            min: finite().reduce(f64::min),
            max: finite().reduce(f64::max),
            mean: (counted > 0)
                .then(|| finite().sum::<f64>() / counted as f64)
                .filter(|mean| mean.is_finite()),
            not_finite: not_finite().count() as u64,
            first_not_finite_at: not_finite().map(|point| point.x).reduce(f64::min),
            x_is: Progress::Epoch,
            points: Vec::new(),
        }
    }
}

/// Adds the curves of a group: real fields under their own name, free metrics under theirs, each after
/// `prefix`. What has one name is one curve, its points in order of `x`, so that nothing recorded vanishes.
pub(super) fn add_curves(
    curves: &mut BTreeMap<String, Course>,
    group: &[&SeriesSnapshot],
    prefix: &str,
    x_is: Progress,
) {
    let new = || Course {
        x_is,
        ..Course::default()
    };
    for (metric, group) in by_label(group, Label::Metric) {
        let Some(series) = merged(&group) else { continue };
        for (field, numbers) in &series.fields {
            if numbers.kind_of(*field) == NumberKind::Real && numbers.count > 0 {
                let course = curves.entry(name(*field, metric, prefix)).or_insert_with(new);
                add(&mut course.said, numbers);
            }
        }
        // A call that fails because its loss is no number says so in the curve of the loss.
        for (field, numbers) in &series.failed_fields {
            if numbers.not_finite > 0 {
                let course = curves.entry(name(*field, metric, prefix)).or_insert_with(new);
                add(&mut course.failed, &not_finite_of(numbers));
            }
        }
    }
}

fn add(all: &mut Option<NumberSnapshot>, numbers: &NumberSnapshot) {
    match all {
        Some(all) => all.merge(numbers, NumberKind::Real),
        None => *all = Some(numbers.clone()),
    }
}

fn not_finite_of(numbers: &NumberSnapshot) -> NumberSnapshot {
    let not_finite = numbers.curve.iter().filter(|point| !point.y.is_finite());
    NumberSnapshot {
        count: numbers.not_finite,
        sum: 0.0,
        total: None,
        values: None,
        min: None,
        max: None,
        curve: not_finite.copied().collect(),
        ..numbers.clone()
    }
}

fn name(field: Number, metric: Option<&str>, prefix: &str) -> String {
    match field {
        // An empty text is no label.
        Number::Metric => format!("{prefix}{}", metric.unwrap_or_default()),
        _ => format!("{prefix}{}", field.name()),
    }
}
