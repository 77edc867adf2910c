use std::collections::BTreeMap;

use crate::analysis::{bytes, count, duration, number};
use crate::event::{Field, Label};
use crate::report::document::Table;
use crate::views::{CallMetrics, LatencyStats, NumberStats, Percentile};

/// A row about calls: its names, as many as the table has key columns.
pub(super) struct Row<'a> {
    pub(super) names: Vec<&'a str>,
    pub(super) calls: &'a CallMetrics,
}

impl<'a> Row<'a> {
    pub(super) fn new(name: &'a str, calls: &'a CallMetrics) -> Self {
        Self {
            names: vec![name],
            calls,
        }
    }
}

/// Columns that tables about calls share.
impl Table {
    /// A table whose rows are named by these columns.
    pub(super) fn of_calls(caption: &'static str, keys: &[&str], rows: &[Row<'_>]) -> Self {
        let keys = keys.iter().enumerate();
        keys.fold(Self::new(caption), |table, (at, title)| {
            table.key(title, rows, |row| row.names[at].to_owned())
        })
    }

    pub(super) fn label(self, title: &str, label: Label, rows: &[Row<'_>]) -> Self {
        self.left_if_any(title, rows, |row| row.calls.label(label))
    }

    /// Calls, and those that ended otherwise than well.
    pub(super) fn outcomes(self, title: &str, rows: &[Row<'_>]) -> Self {
        self.right(title, rows, |row| Some(count(row.calls.counts.started)))
            .count_if_any("Errors", rows, |row| row.calls.counts.error)
            .count_if_any("Panics", rows, |row| row.calls.counts.panicked)
            .count_if_any("Cancelled", rows, |row| row.calls.counts.cancelled)
            .count_if_any("In flight", rows, |row| row.calls.counts.in_flight)
    }

    /// Latency of calls too rare for percentiles.
    pub(super) fn spread(self, rows: &[Row<'_>]) -> Self {
        if are_single(rows) {
            return self.seconds("Time", rows, |latency| latency.mean);
        }
        self.seconds("Mean", rows, |latency| latency.mean)
            .seconds("Median", rows, |latency| latency.median)
            .seconds("Min", rows, |latency| latency.min)
            .seconds("Max", rows, |latency| latency.max)
    }

    /// Latency of calls in numbers: with every percentile that some row has enough calls for. Where that is
    /// none but the median, as [`spread`](Self::spread).
    pub(super) fn percentiles(self, rows: &[Row<'_>]) -> Self {
        let has_tail = |row: &Row<'_>| {
            let mut percentiles = row.calls.latency.percentiles.values();
            percentiles.any(|p| p.enough_samples && p.percentile > 50.0)
        };
        if !rows.iter().any(has_tail) {
            return self.spread(rows);
        }
        let mut names: Vec<(&String, &Percentile)> = Vec::new();
        for entry in rows.iter().flat_map(|row| &row.calls.latency.percentiles) {
            if entry.1.enough_samples && !names.iter().any(|(name, _)| *name == entry.0) {
                names.push(entry);
            }
        }
        names.sort_unstable_by(|a, b| a.1.percentile.total_cmp(&b.1.percentile));
        let mut table = self.seconds("Mean", rows, |latency| latency.mean);
        for (name, _) in &names {
            table = table.right(name, rows, |row| percentile_cell(&row.calls.latency, name));
        }
        table
            .seconds("Max", rows, |latency| latency.max)
            .note(too_few_note(rows, &names))
            .note(left_out_note(rows, &names))
            .note(inexact_note(rows))
    }

    pub(super) fn seconds(
        self,
        title: &str,
        rows: &[Row<'_>],
        of: impl Fn(&LatencyStats) -> Option<f64>,
    ) -> Self {
        self.right(title, rows, |row| of(&row.calls.latency).map(duration))
    }

    /// Bytes, and bytes a second.
    pub(super) fn volume(self, rows: &[Row<'_>]) -> Self {
        self.right_if_any("Bytes", rows, |row| {
            row.calls.number(Field::SizeBytes).map(|size| bytes(size.total))
        })
        .right_if_any("Rate", rows, |row| {
            let rate = row.calls.per_second(Field::SizeBytes)?;
            Some(format!("{}/s", bytes(rate)))
        })
    }

    /// Items, and items for each busy second: the throughput of JSON, calls side by side taken together.
    pub(super) fn items(self, title: &str, rows: &[Row<'_>]) -> Self {
        self.item_count(title, rows)
            .right_if_any(&format!("{title}/s"), rows, |row| {
                row.calls.throughput.as_ref()?.per_second.map(rate)
            })
    }

    fn item_count(self, title: &str, rows: &[Row<'_>]) -> Self {
        self.right_if_any(title, rows, |row| {
            row.calls.throughput.as_ref().map(|items| count(items.total))
        })
    }

    /// One statistic of the numbers that calls carried.
    pub(super) fn numbers(
        self,
        title: &str,
        rows: &[Row<'_>],
        field: Field,
        of: impl Fn(&NumberStats) -> Option<f64>,
    ) -> Self {
        self.right_if_any(title, rows, |row| {
            row.calls.number(field).and_then(&of).map(number)
        })
    }
}

/// Whether no row has more than one call, so that its mean, extremes and percentiles are one number.
fn are_single(rows: &[Row<'_>]) -> bool {
    rows.iter().all(|row| row.calls.latency.count <= 1)
}

/// Four digits say enough about a rate.
pub(super) fn rate(per_second: f64) -> String {
    if per_second >= 100.0 {
        number(per_second.round())
    } else {
        number(per_second)
    }
}

fn percentile_cell(latency: &LatencyStats, name: &str) -> Option<String> {
    let percentile = latency.percentiles.get(name)?;
    let about = if latency.exact { "" } else { "≈" };
    let too_few = if percentile.enough_samples { "" } else { "†" };
    Some(format!("{about}{}{too_few}", duration(percentile.seconds?)))
}

/// Percentiles in the table that some row has too few calls for.
fn too_few_note(rows: &[Row<'_>], shown: &[(&String, &Percentile)]) -> Option<String> {
    let needed = too_few(rows, |name| shown.iter().any(|(own, _)| *own == name))?;
    Some(format!(
        "† fewer calls than the percentile needs at 99 % confidence: {needed}."
    ))
}

/// Percentiles that the table does not have, because every row has too few calls for them.
fn left_out_note(rows: &[Row<'_>], shown: &[(&String, &Percentile)]) -> Option<String> {
    let needed = too_few(rows, |name| !shown.iter().any(|(own, _)| *own == name))?;
    Some(format!(
        "Left out, for they need more calls at 99 % confidence: {needed}."
    ))
}

/// `p95 130, p99 662`: what such percentiles need that some row has too few calls for.
fn too_few(rows: &[Row<'_>], of: impl Fn(&String) -> bool) -> Option<String> {
    let mut needed: BTreeMap<u64, &str> = BTreeMap::new();
    for (name, percentile) in rows.iter().flat_map(|row| &row.calls.latency.percentiles) {
        if percentile.seconds.is_some() && !percentile.enough_samples && of(name) {
            needed.insert(percentile.samples_needed, name);
        }
    }
    let needed: Vec<String> = needed
        .iter()
        .map(|(n, name)| format!("{name} {}", count(*n)))
        .collect();
    (!needed.is_empty()).then(|| needed.join(", "))
}

fn inexact_note(rows: &[Row<'_>]) -> Option<String> {
    let latencies = rows.iter().map(|row| &row.calls.latency);
    let inexact = latencies
        .filter(|latency| latency.count > 0 && !latency.exact)
        .count();
    (inexact > 0).then(|| "≈ from the histogram, within 0.4 %; the history no longer has every call.".into())
}
