use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::statistics::{Statistics, calls, rates, seconds, values};
use crate::event::{Field, Label, Stage};
use crate::snapshot::Snapshot;
use crate::views::CurveMetrics;

/// An object with one member for each subject of some stages.
fn by_subject(snapshot: &Snapshot, stages: &[Stage], member: impl Fn(&str) -> Value) -> Value {
    let ids: BTreeSet<&str> = stages
        .iter()
        .flat_map(|&stage| snapshot.stage(stage))
        .map(|series| series.subject.as_str())
        .collect();
    let members = ids.into_iter().map(|id| (id.to_owned(), member(id)));
    Value::Object(members.collect::<Map<_, _>>())
}

/// The text of a label of a subject; `unknown` where it has none, as the class writes it.
pub(super) fn label(snapshot: &Snapshot, stage: Stage, subject: &str, label: Label) -> String {
    let last = snapshot
        .subject(stage, subject)
        .filter_map(|series| series.label(label))
        .last();
    last.unwrap_or("unknown").to_owned()
}

fn size(snapshot: &Snapshot, stage: Stage, subject: &str) -> Option<u64> {
    let sizes = values(&calls(snapshot, stage, subject), Field::SizeBytes);
    sizes.last().map(|&size| size as u64)
}

pub(super) fn models(snapshot: &Snapshot) -> Value {
    let stages = [Stage::ModelLoad, Stage::ModelInitialization];
    by_subject(snapshot, &stages, |id| {
        let loads = seconds(&calls(snapshot, Stage::ModelLoad, id));
        let initializations = seconds(&calls(snapshot, Stage::ModelInitialization, id));
        json!({
            "model_id": id,
            "framework": label(snapshot, Stage::ModelLoad, id, Label::Framework),
            "size_bytes": size(snapshot, Stage::ModelLoad, id),
            "load_time_stats": loads.object(&["count", "mean", "min", "max", "median"]),
            "initialization_time_stats": initializations.object(&["count", "mean"]),
        })
    })
}

pub(super) fn inference(snapshot: &Snapshot) -> Value {
    by_subject(snapshot, &[Stage::Inference], |id| {
        let calls = calls(snapshot, Stage::Inference, id);
        let memory: Vec<u64> = snapshot
            .subject(Stage::Inference, id)
            .filter_map(|series| series.memory.as_ref())
            .flat_map(|memory| memory.recent_bytes.iter().copied())
            .collect();
        let batches: Vec<u64> = values(&calls, Field::BatchSize)
            .iter()
            .map(|&size| size as u64)
            .collect();
        json!({
            "model_id": id,
            "latency_stats": seconds(&calls).object(&["count", "mean", "min", "max", "median", "p95"]),
            "throughput_stats": rates(&calls, Field::BatchSize).object(&["count", "mean", "max"]),
            "batch_sizes": batches,
            "memory_usage": memory,
        })
    })
}

pub(super) fn training(snapshot: &Snapshot) -> Value {
    let stages = [Stage::TrainingEpoch, Stage::TrainingStats];
    let views = snapshot.views(&[]);
    by_subject(snapshot, &stages, |id| {
        let calls = calls(snapshot, Stage::TrainingEpoch, id);
        let ended = snapshot.subject(Stage::TrainingEpoch, id);
        let num_epochs = ended
            .map(|series| series.outcomes.ok)
            .fold(0, u64::saturating_add);
        let curves = views
            .training_of(id)
            .map(|training| training.curves)
            .unwrap_or_default();
        let first_of = |names: &[&str]| names.iter().find_map(|&name| curves.get(name));
        let loss = first_of(&["loss", "train_loss", "step_loss"]);
        json!({
            "model_id": id,
            "num_epochs": num_epochs,
            "epoch_time_stats": seconds(&calls).object(&["mean", "min", "max"]),
            "samples_per_second_stats": rates(&calls, Field::NumSamples).object(&["mean", "min", "max"]),
            "loss_progress": {
                "initial": loss.and_then(|loss| loss.first),
                "final": loss.and_then(|loss| loss.last),
                "convergence_rate": loss.and_then(convergence_rate),
                "loss_curve": numbers(loss),
                "accuracy_curve": numbers(first_of(&["val_accuracy", "validation_accuracy", "accuracy"])),
            },
            "learning_rates": numbers(first_of(&["learning_rate", "step_learning_rate"])),
            "gradient_norms": numbers(first_of(&["gradient_norm", "step_gradient_norm"])),
        })
    })
}

/// (first loss − last loss) / number of losses.
fn convergence_rate(loss: &CurveMetrics) -> Option<f64> {
    Some((loss.first? - loss.last?) / loss.count as f64)
}

fn numbers(curve: Option<&CurveMetrics>) -> Vec<f64> {
    curve
        .map(|curve| curve.points.iter().map(|point| point.y).collect())
        .unwrap_or_default()
}

pub(super) fn datasets(snapshot: &Snapshot) -> Value {
    let stages = [Stage::DatasetLoad, Stage::DatasetPreprocessing];
    by_subject(snapshot, &stages, |id| {
        let loads = seconds(&calls(snapshot, Stage::DatasetLoad, id));
        let preprocessing: Statistics = seconds(&calls(snapshot, Stage::DatasetPreprocessing, id));
        json!({
            "dataset_id": id,
            "format": label(snapshot, Stage::DatasetLoad, id, Label::Format),
            "size_bytes": size(snapshot, Stage::DatasetLoad, id),
            "load_time_stats": loads.object(&["count", "mean", "min", "max", "median"]),
            "preprocessing_time_stats": preprocessing.object(&["count", "mean", "total"]),
        })
    })
}
