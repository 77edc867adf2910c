use aimlm_snapshot::NumberStats;
use serde_json::{Value, json};

use super::member_statistics::{SummedTime, summed, transfers};
use super::reported::{Reported, object};

pub(super) fn distributed(source: Reported<'_>) -> Value {
    let distributed = &source.overview.distributed;
    let synchronization = distributed.synchronization.iter();
    json!({
        "coordination_overhead_stats": coordination(source).object(),
        "communication_time_stats": summed(distributed.communication.values()).object(),
        "worker_counts": worker_counts(distributed.worker_counts),
        "average_worker_utilization":
            object(utilization(source).map(|(id, mean)| (id.to_owned(), mean.into()))),
        "task_distribution_times": { "mean": phase(source, "distribution").mean() },
        "result_aggregation_times": { "mean": phase(source, "aggregation").mean() },
        "synchronization": object(synchronization.map(|(id, calls)| (id.clone(), transfers(Some(calls))))),
    })
}

fn worker_counts(workers: Option<NumberStats>) -> Value {
    json!({
        "min": workers.and_then(|workers| workers.min),
        "max": workers.and_then(|workers| workers.max),
        "mean": workers.and_then(|workers| workers.mean),
    })
}

/// Durations of one part of every task.
fn phase(source: Reported<'_>, phase: &str) -> SummedTime {
    let tasks = source.overview.distributed.tasks.values();
    summed(tasks.filter_map(|task| task.phases.get(phase)))
}

/// Recorded phases of that name one by one, as the class counts them; of a task without one, what its phases leave over.
pub(super) fn coordination(source: Reported<'_>) -> SummedTime {
    let tasks = source.overview.distributed.tasks.values();
    tasks
        .filter_map(|task| match task.phases.get("coordination") {
            Some(phase) => Some(summed([phase].into_iter())),
            None => task.coordination.map(|rest| SummedTime {
                count: rest.count,
                total: rest.total_seconds,
            }),
        })
        .fold(SummedTime::default(), SummedTime::and)
}

/// Mean utilisation of each worker, 0 to 1.
pub(super) fn utilization(source: Reported<'_>) -> impl Iterator<Item = (&str, f64)> {
    let workers = source.overview.distributed.workers.iter();
    workers.filter_map(|(id, worker)| Some((id.as_str(), worker.utilization.mean?)))
}
