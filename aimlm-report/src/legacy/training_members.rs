use std::cmp::Ordering;
use std::collections::BTreeMap;

use aimlm_snapshot::{CallMetrics, CurveMetrics, TrainingMetrics};
use serde_json::{Value, json};

use super::member_statistics::{rates, times};
use super::reported::{Reported, object};

/// The curves of a model by name.
type Curves = BTreeMap<String, CurveMetrics>;

pub(super) fn training(source: Reported<'_>) -> Value {
    let models = source.overview.training.iter();
    let trained = models.filter(|(_, model)| {
        let calls = [&model.epochs, &model.steps, &model.validation];
        calls.iter().any(|calls| succeeded(calls.as_ref()) > 0) || !model.curves.is_empty()
    });
    object(trained.map(|(id, model)| (id.clone(), self::model(model))))
}

fn succeeded(calls: Option<&CallMetrics>) -> u64 {
    calls.map_or(0, |calls| calls.counts.ok)
}

fn model(model: &TrainingMetrics) -> Value {
    let epochs = model.epochs.as_ref();
    let curves = &model.curves;
    let aligned = Aligned::new([
        first_of(curves, &["loss", "train_loss"]),
        first_of(curves, &["val_accuracy", "validation_accuracy", "accuracy"]),
        first_of(curves, &["learning_rate"]),
        first_of(curves, &["gradient_norm"]),
    ]);
    let (initial, last) = (aligned.end(0, false), aligned.end(0, true));
    let losses = first_of(curves, &["loss", "train_loss"]).map_or(0, |curve| aligned.count(0, curve));
    let convergence_rate = initial.zip(last).filter(|_| losses > 1);
    let mut entry = json!({
        "model_id": model.model_id,
        "num_epochs": succeeded(epochs),
        "epoch_time_stats": times(epochs, &["mean", "min", "max"]),
        "samples_per_second_stats": rate_stats(epochs),
        "loss_progress": {
            "initial": initial,
            "final": last,
            "convergence_rate": convergence_rate.map(|(initial, last)| (initial - last) / losses as f64),
            "loss_curve": aligned.numbers(0),
            "accuracy_curve": aligned.numbers(1),
        },
        "learning_rates": aligned.numbers(2),
        "gradient_norms": aligned.numbers(3),
        "epochs": aligned.places(),
    });
    if succeeded(model.steps.as_ref()) > 0 {
        entry["steps"] = steps(model);
    }
    if succeeded(model.validation.as_ref()) > 0 {
        entry["validation"] = validation(model);
    }
    entry
}

fn rate_stats(calls: Option<&CallMetrics>) -> Value {
    let rates = rates(calls);
    json!({
        "mean": rates.and_then(|rates| rates.mean),
        "min": rates.and_then(|rates| rates.min),
        "max": rates.and_then(|rates| rates.max),
    })
}

/// Beside the members of the class, whose curves are those of epochs.
fn steps(model: &TrainingMetrics) -> Value {
    let of = |name| model.curves.get(name);
    let aligned = Aligned::new([
        of("step_loss"),
        of("step_accuracy"),
        of("step_learning_rate"),
        of("step_gradient_norm"),
    ]);
    json!({
        "step_time_stats": times(model.steps.as_ref(), &["count", "mean", "min", "max", "median", "p95"]),
        "samples_per_second_stats": rate_stats(model.steps.as_ref()),
        "steps": aligned.places(),
        "loss_curve": aligned.numbers(0),
        "accuracy_curve": aligned.numbers(1),
        "learning_rates": aligned.numbers(2),
        "gradient_norms": aligned.numbers(3),
    })
}

fn validation(model: &TrainingMetrics) -> Value {
    let of = |name| model.curves.get(name);
    let aligned = Aligned::new([of("validation_loss"), of("validation_accuracy")]);
    json!({
        "validation_time_stats": times(model.validation.as_ref(), &["count", "mean", "min", "max", "median", "p95"]),
        "epochs": aligned.places(),
        "loss_curve": aligned.numbers(0),
        "accuracy_curve": aligned.numbers(1),
    })
}

fn first_of<'a>(curves: &'a Curves, names: &[&str]) -> Option<&'a CurveMetrics> {
    names.iter().find_map(|&name| curves.get(name))
}

/// The epoch of a step that named it, and the epoch or step.
type EpochAndStep = (f64, f64);

fn order(a: &EpochAndStep, b: &EpochAndStep) -> Ordering {
    a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1))
}

/// Curves with one place for each epoch of any of them, so that they are of one length; a number that is missing, or not
/// finite, is none.
struct Aligned<const N: usize> {
    rows: Vec<(EpochAndStep, [Option<f64>; N])>,
    /// The same, as it was recorded.
    recorded: [Vec<f64>; N],
}

impl<const N: usize> Aligned<N> {
    fn new(curves: [Option<&CurveMetrics>; N]) -> Self {
        let mut rows: Vec<(EpochAndStep, [Option<f64>; N])> = Vec::new();
        for (at, curve) in curves.iter().enumerate() {
            for point in curve.iter().flat_map(|curve| &curve.points) {
                let own = (point.epoch.unwrap_or(f64::NEG_INFINITY), point.x);
                let row = rows.binary_search_by(|(place, _)| order(place, &own));
                let row = row.unwrap_or_else(|row| {
                    rows.insert(row, (own, [None; N]));
                    row
                });
                // Of one place recorded twice the later counts.
                rows[row].1[at] = Some(point.y);
            }
        }
        let recorded = std::array::from_fn(|at| rows.iter().filter_map(|(_, row)| row[at]).collect());
        let finite = |row: [Option<f64>; N]| row.map(|y| y.filter(|y| y.is_finite()));
        Self {
            rows: rows.into_iter().map(|(x, row)| (x, finite(row))).collect(),
            recorded,
        }
    }

    fn numbers(&self, at: usize) -> Vec<Option<f64>> {
        self.rows.iter().map(|(_, row)| row[at]).collect()
    }

    /// Epochs or steps: whole numbers where they are.
    fn places(&self) -> Vec<Value> {
        let places = self.rows.iter().map(|&((_, x), _)| match x as u64 {
            whole if whole as f64 == x => whole.into(),
            _ => x.into(),
        });
        places.collect()
    }

    /// The first or last number that was recorded; none if that is not finite.
    fn end(&self, at: usize, last: bool) -> Option<f64> {
        let recorded = &self.recorded[at];
        let end = if last { recorded.last() } else { recorded.first() };
        end.copied().filter(|y| y.is_finite())
    }

    /// How many numbers there were, those among them that a long curve no longer has.
    fn count(&self, at: usize, curve: &CurveMetrics) -> u64 {
        let kept = self.recorded[at].len() as u64;
        if curve.count > WHOLE { curve.count } else { kept }
    }
}

/// Curves keep at least so many points.
const WHOLE: u64 = 5_000;
