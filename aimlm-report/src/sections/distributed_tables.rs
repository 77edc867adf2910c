use std::collections::BTreeMap;

use aimlm_snapshot::{CallMetrics, DistributedMetrics, TaskMetrics, WorkerMetrics};
use aimlm_vocabulary::{Label, Number};

use super::calls_rows::{CallsRow, by_time};
use crate::Report;
use crate::cell_value::CellValue;
use crate::document::{ReportTable, Section};
use aimlm_format::{count, counted, number, percent, quoted};

/// The phases that tasks usually have, in the order of work.
const ORDER: [&str; 4] = ["coordination", "distribution", "compute", "aggregation"];
/// Shares that differ by less are one number.
const SAME: f64 = 0.01;

pub(super) fn section(report: &Report) -> Section {
    let distributed = &report.metrics.distributed;
    Section::new("Distributed training")
        .table(tasks(report))
        .table(phases(report))
        .table(exchange(report, "Communication", &distributed.communication))
        .table(exchange(report, "Synchronisation", &distributed.synchronization))
        .table(workers(report))
}

fn exchange(report: &Report, title: &'static str, calls: &BTreeMap<String, CallMetrics>) -> ReportTable {
    let rows = by_time(
        calls
            .iter()
            .map(|(name, calls)| CallsRow::new([name.as_str()], calls)),
        report.rows,
    );
    ReportTable::of_calls(title, &["Operation"], &rows)
        .label("Worker", Label::Worker, &rows)
        .outcomes("Calls", &rows)
        .time(&rows)
        .latency(&rows)
        .volume(&rows)
}

fn tasks(report: &Report) -> ReportTable {
    let tasks = &report.metrics.distributed.tasks;
    let rows = tasks.values();
    let rows = rows.filter_map(|task| Some(CallsRow::new([task.task_id.as_str()], task.calls.as_ref()?)));
    let rows = by_time(rows, report.rows);
    let coordination = |row: &CallsRow<'_>| tasks.get(row.name()?)?.coordination;
    ReportTable::of_calls("Tasks", &["Task"], &rows)
        .numbers("Workers", &rows, Number::NumWorkers, |workers| workers.mean)
        .outcomes("Runs", &rows)
        .time(&rows)
        .latency(&rows)
        .right_if_any("Coordination of a run", &rows, |row| {
            coordination(row).map(|overhead| CellValue::Duration(overhead.mean_seconds))
        })
}

/// By task; of each task the phases in the order of work.
fn phases(report: &Report) -> ReportTable {
    let tasks = &report.metrics.distributed.tasks;
    let rows = tasks.values().flat_map(|task| {
        let phases = task.phases.iter();
        phases.map(|(phase, calls)| CallsRow::new([task.task_id.as_str(), phase], calls))
    });
    let mut rows = by_time(rows, report.rows);
    let place = |row: &CallsRow<'_>| {
        let known = ORDER.iter().position(|known| *known == row.names[1]);
        known.unwrap_or(ORDER.len())
    };
    rows.sort_by_key(|row| {
        let is_rest = row.name().is_none();
        (is_rest, row.names[0].clone(), place(row))
    });
    let share = |row: &CallsRow<'_>| {
        let share = tasks.get(row.name()?)?.phase_shares.get(&*row.names[1])?;
        Some(CellValue::Ratio(*share))
    };
    let table = ReportTable::of_calls("Phases", &["Task", "Phase"], &rows)
        .outcomes("Times", &rows)
        .time(&rows)
        .right_if_any("Of the task", &rows, share)
        .latency(&rows);
    let is_shown = |task: &&TaskMetrics| rows.iter().any(|row| row.name() == Some(&task.task_id));
    tasks.values().filter(is_shown).fold(table, |table, task| {
        table.note(unknown_note(task)).note(overlap_note(task))
    })
}

/// Why a task has no shares for the time being.
fn unknown_note(task: &TaskMetrics) -> Option<String> {
    let runs = task.calls.as_ref()?;
    let mut calls = task.phases.values().chain([runs]);
    let is_in_flight = calls.any(|calls| calls.counts.in_flight > 0);
    (is_in_flight && !task.phases.is_empty()).then(|| {
        format!(
            "Of the task is not known of {} while it is in flight: when that began is not recorded.",
            quoted(&task.task_id)
        )
    })
}

/// Where phases ran at once their shares add up to more than what they took together.
fn overlap_note(task: &TaskMetrics) -> Option<String> {
    let (sum, together) = (task.phase_shares.values().sum::<f64>(), task.all_phases_share?);
    (sum > together * (1.0 + SAME)).then(|| {
        format!(
            "Phases of {} ran side by side or within each other: their shares add up to {}, together they took {} of \
             the task.",
            quoted(&task.task_id),
            percent(sum),
            percent(together),
        )
    })
}

fn workers(report: &Report) -> ReportTable {
    let distributed = &report.metrics.distributed;
    let mut rows: Vec<&WorkerMetrics> = distributed.workers.values().collect();
    // Who is the least busy is what matters.
    let mean = |worker: &WorkerMetrics| worker.utilization.mean.unwrap_or(f64::INFINITY);
    rows.sort_by(|a, b| mean(a).total_cmp(&mean(b)));
    ReportTable::new("Workers")
        .key("Worker", &rows, |worker| worker.worker_id.clone())
        .right("Records", &rows, |worker| {
            Some(CellValue::Count(worker.utilization.count))
        })
        .right("Mean", &rows, |worker| {
            worker.utilization.mean.map(CellValue::Ratio)
        })
        .right("Min", &rows, |worker| {
            worker.utilization.min.map(CellValue::Ratio)
        })
        .right("Max", &rows, |worker| {
            worker.utilization.max.map(CellValue::Ratio)
        })
        .right("Last", &rows, |worker| {
            worker.utilization.last.map(CellValue::Ratio)
        })
        .limited(report.rows)
        .note((!rows.is_empty()).then(|| worker_counts(distributed)).flatten())
}

/// What the runs said of their number of workers, and how many of them said it.
fn worker_counts(distributed: &DistributedMetrics) -> Option<String> {
    let said = distributed.worker_counts?;
    let runs = distributed.tasks.values().filter_map(|task| task.calls.as_ref());
    let succeeded = runs.fold(0_u64, |sum, runs| sum.saturating_add(runs.counts.ok));
    let (min, max) = (said.min?, said.max?);
    let workers = if min.total_cmp(&max).is_eq() {
        counted(min as u64, "worker")
    } else {
        format!(
            "{} to {} workers, {} on average",
            number(min),
            number(max),
            number(said.mean?)
        )
    };
    Some(if said.count == succeeded {
        format!("Every run that succeeded had {workers}.")
    } else {
        format!(
            "{} of {} that succeeded said how many workers they had: {workers}.",
            count(said.count),
            counted(succeeded, "run")
        )
    })
}
