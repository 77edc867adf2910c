use std::collections::BTreeSet;

use aimlm_snapshot::{LatencyStats, MOST_SAMPLES, SlowestCalls, percentile_name};

use super::calls_rows::CallsRow;
use crate::cell_value::CellValue;
use crate::document::ReportTable;
use aimlm_format::{count, percent, quoted};

/// The percentile that explains a mean over the 99th.
const EXPLAINS: f64 = 99.9;

impl ReportTable {
    /// Latency of calls: mean, extremes, and every percentile that was asked for, however few the calls.
    pub(super) fn latency(self, rows: &[CallsRow<'_>]) -> Self {
        let mut columns: Vec<(f64, String)> = Vec::new();
        for percentile in rows.iter().flat_map(|row| row.calls.latency.percentiles.values()) {
            add(&mut columns, percentile.percentile);
        }
        let needs_explanation = rows.iter().any(|row| row.calls.latency.slowest.is_some());
        let is_asked = columns
            .iter()
            .any(|(percentile, _)| percentile.total_cmp(&EXPLAINS).is_eq());
        if needs_explanation {
            add(&mut columns, EXPLAINS);
        }
        columns.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut table = self
            .seconds("Mean", rows, |latency| latency.mean_seconds)
            .seconds("Min", rows, |latency| latency.min_seconds);
        for (_, name) in &columns {
            table = table.right(name, rows, |row| cell(&row.calls.latency, name, is_asked));
        }
        let mut table = table
            .seconds("Max", rows, |latency| latency.max_seconds)
            .note(too_few_note(rows))
            .note(inexact_note(rows));
        for row in rows {
            table = table.note(
                row.calls
                    .latency
                    .slowest
                    .map(|slowest| slowest_note(row, slowest)),
            );
        }
        table
    }
}

fn add(columns: &mut Vec<(f64, String)>, percentile: f64) {
    if columns.iter().all(|(own, _)| own.total_cmp(&percentile).is_ne()) {
        columns.push((percentile, percentile_name(percentile)));
    }
}

/// A percentile, and what it can be relied on for.
fn cell(latency: &LatencyStats, name: &str, is_asked: bool) -> Option<CellValue> {
    let is_exact = latency.exact;
    let Some(percentile) = latency.percentiles.get(name) else {
        let slowest = latency
            .slowest
            .filter(|_| !is_asked && name == percentile_name(EXPLAINS))?;
        return Some(CellValue::Percentile {
            seconds: slowest.p999_seconds?,
            is_exact,
            is_reliable: latency.count >= aimlm_snapshot::samples_needed(EXPLAINS),
        });
    };
    Some(CellValue::Percentile {
        seconds: percentile.seconds?,
        is_exact,
        is_reliable: percentile.enough_samples,
    })
}

/// What the sign † says.
fn too_few_note(rows: &[CallsRow<'_>]) -> Option<String> {
    let mut needed: BTreeSet<(u64, String)> = BTreeSet::new();
    for latency in rows.iter().map(|row| &row.calls.latency) {
        for (name, percentile) in &latency.percentiles {
            if percentile.seconds.is_some() && !percentile.enough_samples {
                needed.insert((percentile.samples_needed, name.clone()));
            }
        }
        let explained = aimlm_snapshot::samples_needed(EXPLAINS);
        if latency.slowest.is_some() && latency.count < explained {
            needed.insert((explained, percentile_name(EXPLAINS)));
        }
    }
    let calls = |n: u64| match n {
        MOST_SAMPLES.. => format!("more than {}", count(MOST_SAMPLES)),
        n => count(n),
    };
    let mut needed = needed.iter();
    let (least, first) = needed.next()?;
    let rest: String = needed
        .map(|(n, name)| format!(", {name} {}", calls(*n)))
        .collect();
    Some(format!(
        "† From too few calls to rely on ({first} needs {}{rest}).",
        calls(*least)
    ))
}

fn inexact_note(rows: &[CallsRow<'_>]) -> Option<String> {
    let mut latencies = rows.iter().map(|row| &row.calls.latency);
    let is_inexact =
        latencies.any(|latency| !latency.percentiles.is_empty() && latency.count > 0 && !latency.exact);
    is_inexact.then(|| "≈ From the histogram, within 0.4 %: the history no longer has every call.".into())
}

fn slowest_note(row: &CallsRow<'_>, slowest: SlowestCalls) -> String {
    let names: Vec<String> = row.names.iter().map(|name| quoted(name)).collect();
    format!(
        "Of {} the slowest {} of the calls take {} of the time: so the mean is over p99.",
        names.join(", "),
        percent(slowest.share_of_calls),
        percent((slowest.share_of_time * 100.0).round() / 100.0),
    )
}
