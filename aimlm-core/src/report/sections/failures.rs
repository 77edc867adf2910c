use crate::analysis::{count, percent};
use crate::report::document::{Section, Table};
use crate::views::{CallMetrics, Overview};

/// Kinds shown of the errors of one stage on one subject; JSON has them all.
const SHOWN: usize = 10;

/// Errors by kind, where kinds were named; for each stage and subject the most frequent first.
pub(super) fn section(metrics: &Overview) -> Section {
    let mut rows = Vec::new();
    for (stage, subject, calls) in metrics.calls() {
        let stage = stage.name().replace('_', " ");
        let kinds = shown(calls).into_iter();
        rows.extend(kinds.map(|(kind, n)| (stage.clone(), subject, kind, n, calls.counts.error)));
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

/// The most frequent kinds, and the rest as one.
fn shown(calls: &CallMetrics) -> Vec<(String, u64)> {
    let kinds = calls.frequent_kinds();
    let (first, rest) = kinds.split_at(kinds.len().min(SHOWN));
    let mut shown: Vec<_> = first.iter().map(|&(kind, n)| (kind.to_owned(), n)).collect();
    if !rest.is_empty() {
        let kinds = if rest.len() == 1 { "kind" } else { "kinds" };
        let sum = rest.iter().fold(0_u64, |sum, &(_, n)| sum.saturating_add(n));
        shown.push((format!("({} more {kinds})", count(rest.len() as u64)), sum));
    }
    shown
}
