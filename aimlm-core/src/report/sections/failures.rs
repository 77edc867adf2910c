use crate::analysis::{count, percent};
use crate::report::document::{Section, Table};
use crate::views::Overview;

/// Errors by kind, where kinds were named.
pub(super) fn section(metrics: &Overview) -> Section {
    let mut rows = Vec::new();
    for (stage, subject, calls) in metrics.calls() {
        for (kind, &n) in &calls.error_kinds {
            rows.push((
                stage.name().replace('_', " "),
                subject,
                kind,
                n,
                calls.counts.error,
            ));
        }
    }
    Section::new("Errors by kind").table(
        Table::new("")
            .key("Stage", &rows, |row| row.0.clone())
            .key("Subject", &rows, |row| row.1.to_owned())
            .key("Kind", &rows, |row| row.2.clone())
            .right("Errors", &rows, |row| Some(count(row.3)))
            .right("Of its errors", &rows, |row| {
                (row.4 > 0).then(|| percent(row.3 as f64 / row.4 as f64))
            }),
    )
}
