use serde_json::{Map, Value, json};

use super::statistics::{Statistics, seconds, succeeded, values};
use crate::event::{Field, Label, Stage};
use crate::snapshot::Snapshot;

pub(super) fn distributed(snapshot: &Snapshot) -> Value {
    let communication = succeeded(snapshot.stage(Stage::Communication));
    let whole = |series: &&crate::snapshot::SeriesSnapshot| series.label(Label::Phase).is_none();
    let tasks = succeeded(snapshot.stage(Stage::DistributedTask).filter(whole));
    let workers = Statistics::new(values(&tasks, Field::NumWorkers));
    let utilization = utilization(snapshot)
        .into_iter()
        .map(|(id, mean)| (id, mean.into()));
    json!({
        "coordination_overhead_stats": coordination(snapshot),
        "communication_time_stats": seconds(&communication).object(&["count", "mean", "total"]),
        "worker_counts": workers.object(&["min", "max", "mean"]),
        "average_worker_utilization": Value::Object(utilization.collect::<Map<_, _>>()),
        "task_distribution_times": phase(snapshot, "distribution").object(&["mean"]),
        "result_aggregation_times": phase(snapshot, "aggregation").object(&["mean"]),
    })
}

/// Durations of one part of every task.
fn phase(snapshot: &Snapshot, phase: &str) -> Statistics {
    let tasks = snapshot.stage(Stage::DistributedTask);
    seconds(&succeeded(
        tasks.filter(|series| series.label(Label::Phase) == Some(phase)),
    ))
}

/// From the raw history where phases were recorded; otherwise what the sums leave over, if that is known.
fn coordination(snapshot: &Snapshot) -> Value {
    let recorded = phase(snapshot, "coordination");
    let sums = snapshot.views(&[]).distributed().coordination;
    match sums {
        Some(rest) if recorded.mean().is_none() => {
            json!({ "count": rest.count, "mean": rest.mean, "total": rest.total })
        }
        _ => recorded.object(&["count", "mean", "total"]),
    }
}

/// Mean coordination overhead as the report gives it, in seconds.
pub(super) fn mean_coordination(snapshot: &Snapshot) -> Option<f64> {
    coordination(snapshot)["mean"].as_f64()
}

/// Mean utilisation of each worker, 0 to 1.
pub(super) fn utilization(snapshot: &Snapshot) -> Vec<(String, f64)> {
    let workers = snapshot.views(&[]).distributed().workers;
    workers
        .into_iter()
        .filter_map(|(id, worker)| Some((id, worker.utilization.mean?)))
        .collect()
}
