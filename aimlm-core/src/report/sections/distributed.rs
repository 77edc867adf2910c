use super::columns::Row;
use crate::analysis::{count, duration, number, percent};
use crate::event::Field;
use crate::report::document::{Section, Table};
use crate::views::{CallMetrics, Overview};

/// The phases that tasks usually have, in the order of work.
const ORDER: [&str; 4] = ["coordination", "distribution", "compute", "aggregation"];

pub(super) fn section(metrics: &Overview) -> Section {
    let exchange = |title, calls: &std::collections::BTreeMap<String, CallMetrics>| {
        let rows: Vec<Row<'_>> = calls.iter().map(|(name, calls)| Row::new(name, calls)).collect();
        Table::of_calls(title, &["Operation"], &rows)
            .outcomes("Calls", &rows)
            .volume(&rows)
            .seconds("Total", &rows, |latency| Some(latency.total))
            .percentiles(&rows)
    };
    Section::new("Distributed training")
        .table(tasks(metrics))
        .table(phases(metrics))
        .table(exchange("Communication", &metrics.distributed.communication))
        .table(exchange("Synchronisation", &metrics.distributed.synchronization))
        .table(workers(metrics))
}

fn tasks(metrics: &Overview) -> Table {
    let tasks = metrics.distributed.tasks.values();
    let rows: Vec<Row<'_>> = tasks
        .filter_map(|task| Some(Row::new(&task.task_id, task.calls.as_ref()?)))
        .collect();
    let coordination = |row: &Row<'_>| metrics.distributed.tasks.get(row.names[0])?.coordination;
    Table::of_calls("Tasks", &["Task"], &rows)
        .numbers("Workers", &rows, Field::NumWorkers, |workers| workers.mean)
        .outcomes("Runs", &rows)
        .spread(&rows)
        .right_if_any("Coordination", &rows, |row| {
            coordination(row).map(|overhead| duration(overhead.mean))
        })
}

fn phases(metrics: &Overview) -> Table {
    let mut rows = Vec::new();
    for task in metrics.distributed.tasks.values() {
        let mut phases: Vec<_> = task.phases.iter().collect();
        phases.sort_unstable_by_key(|(phase, _)| {
            let known = ORDER.iter().position(|own| own == phase);
            (known.unwrap_or(ORDER.len()), *phase)
        });
        rows.extend(phases.into_iter().map(|(phase, calls)| Row {
            names: vec![&task.task_id, phase],
            calls,
        }));
    }
    let share = |row: &Row<'_>| {
        let whole = metrics
            .distributed
            .tasks
            .get(row.names[0])?
            .calls
            .as_ref()?
            .latency
            .total;
        (whole > 0.0).then(|| percent(row.calls.latency.total / whole))
    };
    Table::of_calls("Phases", &["Task", "Phase"], &rows)
        .outcomes("Times", &rows)
        .seconds("Total", &rows, |latency| Some(latency.total))
        .right_if_any("Of the task", &rows, share)
        .spread(&rows)
}

fn workers(metrics: &Overview) -> Table {
    let rows: Vec<_> = metrics.distributed.workers.values().collect();
    Table::new("Workers")
        .key("Worker", &rows, |worker| worker.worker_id.clone())
        .right("Records", &rows, |worker| Some(count(worker.utilization.count)))
        .right("Mean", &rows, |worker| worker.utilization.mean.map(percent))
        .right("Min", &rows, |worker| worker.utilization.min.map(percent))
        .right("Max", &rows, |worker| worker.utilization.max.map(percent))
        .right("Last", &rows, |worker| worker.utilization.last.map(percent))
        .note((!rows.is_empty()).then(|| worker_counts(metrics)).flatten())
}

fn worker_counts(metrics: &Overview) -> Option<String> {
    let counts = metrics.distributed.worker_counts?;
    let (min, max) = (number(counts.min?), number(counts.max?));
    Some(if min == max {
        format!("Every task had {min} workers.")
    } else {
        format!(
            "Workers in a task: {} on average, {min} to {max}.",
            number(counts.mean?)
        )
    })
}
