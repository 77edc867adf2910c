use std::collections::BTreeSet;

use aimlm_snapshot::{CallMetrics, LatencyStats, NumberStats};
use aimlm_vocabulary::{Label, Number};

use super::calls_rows::CallsRow;
use crate::cell_value::CellValue;
use crate::document::ReportTable;

/// The labels that tables show where they have room for them, under headings of their own.
const WITH_HEADINGS: [Label; 9] = [
    Label::Source,
    Label::Framework,
    Label::Format,
    Label::Device,
    Label::Operation,
    Label::Dataset,
    Label::Phase,
    Label::Metric,
    Label::Worker,
];

/// Rates that differ by less are one number.
const SAME: f64 = 0.01;

/// One of what is known of the numbers of a row.
type Statistic = fn(&NumberStats) -> Option<f64>;

/// Columns that tables about calls share.
impl ReportTable {
    /// A table whose rows are named by these columns.
    pub(super) fn of_calls(caption: &'static str, keys: &[&str], rows: &[CallsRow<'_>]) -> Self {
        let keys = keys.iter().enumerate();
        let table = keys.fold(Self::new(caption), |table, (at, title)| {
            table.key(title, rows, |row| row.names[at].clone().into_owned())
        });
        table.labels(rows, |label| !WITH_HEADINGS.contains(&label))
    }

    /// The labels that have headings of their own elsewhere, under their names.
    pub(super) fn usual_labels(self, rows: &[CallsRow<'_>]) -> Self {
        self.labels(rows, |label| WITH_HEADINGS.contains(&label))
    }

    fn labels(self, rows: &[CallsRow<'_>], wanted: impl Fn(Label) -> bool) -> Self {
        let labels = rows.iter().flat_map(|row| row.calls.labels.keys());
        let labels: BTreeSet<Label> = labels.copied().filter(|&label| wanted(label)).collect();
        labels
            .into_iter()
            .fold(self, |table, label| table.label(label.name(), label, rows))
    }

    pub(super) fn label(self, title: &str, label: Label, rows: &[CallsRow<'_>]) -> Self {
        self.left_if_any(title, rows, |row| {
            row.calls.labels.get(&label).map(CellValue::texts)
        })
    }

    /// Calls, and those that ended otherwise than well.
    pub(super) fn outcomes(self, title: &str, rows: &[CallsRow<'_>]) -> Self {
        self.right(title, rows, |row| {
            Some(CellValue::Count(row.calls.counts.started))
        })
        .count_if_any("Errors", rows, |row| row.calls.counts.error)
        .count_if_any("Panics", rows, |row| row.calls.counts.panicked)
        .count_if_any("Cancelled", rows, |row| row.calls.counts.cancelled)
        .count_if_any("In flight", rows, |row| row.calls.counts.in_flight)
    }

    /// Time in calls: of those that succeeded, of the others, and the share that both have in the table's.
    pub(super) fn time(self, rows: &[CallsRow<'_>]) -> Self {
        let whole: f64 = rows.iter().map(|row| row.calls.seconds()).sum();
        let failed = |row: &CallsRow<'_>| {
            let failed = row.calls.failed_latency.as_ref()?.total_seconds;
            (failed > 0.0).then_some(CellValue::Duration(failed))
        };
        let share = |row: &CallsRow<'_>| {
            (rows.len() > 1 && whole > 0.0).then(|| CellValue::Ratio(row.calls.seconds() / whole))
        };
        self.right("Total", rows, |row| {
            Some(CellValue::Duration(row.calls.latency.total_seconds))
        })
        .right_if_any("Failed for", rows, failed)
        .right_if_any("Share", rows, share)
    }

    pub(super) fn seconds(
        self,
        title: &str,
        rows: &[CallsRow<'_>],
        of: impl Fn(&LatencyStats) -> Option<f64>,
    ) -> Self {
        self.right(title, rows, |row| of(&row.calls.latency).map(CellValue::Duration))
    }

    /// How often calls ended.
    pub(super) fn pace(self, rows: &[CallsRow<'_>]) -> Self {
        self.right_if_any("Calls/s", rows, |row| {
            row.calls.calls_per_second.map(CellValue::Rate)
        })
        .right_if_any("Calls/s over the span", rows, |row| {
            let calls = &row.calls;
            differing(calls.calls_per_second_of_span, calls.calls_per_second).map(CellValue::Rate)
        })
    }

    /// An amount that calls said, and how fast it was done: by the clock while such calls were in flight, and
    /// where they differ, over the whole span and in single calls.
    pub(super) fn amount(
        self,
        title: &str,
        rows: &[CallsRow<'_>],
        field: impl Fn(&CallMetrics) -> Option<Number>,
    ) -> Self {
        let amount = |row: &CallsRow<'_>| row.calls.rates.get(&field(&row.calls)?).cloned();
        let is_volume = |row: &CallsRow<'_>| field(&row.calls) == Some(Number::SizeBytes);
        let total = |row: &CallsRow<'_>| {
            let total = row.total(&field)? as f64;
            Some(if is_volume(row) {
                CellValue::Bytes(total)
            } else {
                CellValue::Number(total)
            })
        };
        let rate = |row: &CallsRow<'_>, rate: f64| match is_volume(row) {
            true => CellValue::BytesRate(rate),
            false => CellValue::Rate(rate),
        };
        let each = |row: &CallsRow<'_>| {
            let items = row.calls.throughput.as_ref()?;
            let mean = items.per_call.as_ref()?.mean;
            differing(mean, items.per_second).filter(|_| field(&row.calls) == Some(items.items))
        };
        self.right_if_any(title, rows, total)
            .right_if_any(&format!("{title}/s"), rows, |row| {
                amount(row)?.per_second.map(|fast| rate(row, fast))
            })
            .right_if_any(&format!("{title}/s over the span"), rows, |row| {
                let amount = amount(row)?;
                differing(amount.per_second_of_span, amount.per_second).map(|fast| rate(row, fast))
            })
            .right_if_any(&format!("{title}/s each"), rows, |row| {
                each(row).map(|fast| rate(row, fast))
            })
    }

    /// The items of the stage, and how fast they were processed; bytes have columns of their own.
    pub(super) fn items(self, title: &str, rows: &[CallsRow<'_>]) -> Self {
        self.amount(title, rows, |calls| {
            let items = calls.throughput.as_ref()?.items;
            (items != Number::SizeBytes).then_some(items)
        })
    }

    /// Bytes, and how fast they were moved.
    pub(super) fn volume(self, rows: &[CallsRow<'_>]) -> Self {
        self.amount("Bytes", rows, |_| Some(Number::SizeBytes))
    }

    /// How the numbers of each row spread, in their unit.
    pub(super) fn spread<T>(self, rows: &[T], of: impl Fn(&T) -> &NumberStats) -> Self {
        let columns: [(&str, Statistic); 6] = [
            ("Mean", |stats| stats.mean),
            ("Over time", |stats| stats.mean_over_time),
            ("Min", |stats| stats.min),
            ("Median", |stats| stats.median),
            ("p95", |stats| stats.p95),
            ("Max", |stats| stats.max),
        ];
        columns.into_iter().fold(self, |table, (title, value)| {
            table.right_if_any(title, rows, |row| {
                let stats = of(row);
                value(stats).map(|value| CellValue::of_kind(stats.kind, value))
            })
        })
    }

    /// One statistic of the numbers that calls carried.
    pub(super) fn numbers(
        self,
        title: &str,
        rows: &[CallsRow<'_>],
        field: Number,
        of: impl Fn(&NumberStats) -> Option<f64>,
    ) -> Self {
        self.right_if_any(title, rows, |row| {
            row.calls.number(field).and_then(&of).map(CellValue::Number)
        })
    }
}

/// A rate that is not about the same as another.
fn differing(rate: Option<f64>, other: Option<f64>) -> Option<f64> {
    let other = other?;
    rate.filter(|rate| (rate - other).abs() > SAME * other.abs())
}
