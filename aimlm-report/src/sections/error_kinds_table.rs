use aimlm_snapshot::CallMetrics;

use crate::Report;
use crate::cell_value::CellValue;
use crate::document::{ReportTable, Section};
use aimlm_format::{counted, stage_in_words};

/// Kinds shown of the errors of one stage on one subject; JSON has them all.
const SHOWN: usize = 10;

/// Errors by kind, where kinds were named; for each stage and subject the most frequent first.
pub(super) fn section(report: &Report) -> Section {
    let mut calls = report.metrics.calls();
    calls.sort_by_key(|named| std::cmp::Reverse(named.calls.counts.error));
    let mut rows = Vec::new();
    for named in calls {
        let kinds = shown(named.calls).into_iter();
        rows.extend(kinds.map(|(kind, n)| (named, kind, n, named.calls.counts.error)));
    }
    Section::new("Errors by kind").table(
        ReportTable::new("")
            .key("Stage", &rows, |(named, ..)| stage_in_words(named.stage))
            .key("Subject", &rows, |(named, ..)| named.subject.to_owned())
            .left_if_any("Part", &rows, |(named, ..)| named.part.map(CellValue::text))
            .key("Kind of error", &rows, |(_, kind, ..)| kind.clone())
            .right("Errors", &rows, |(.., n, _)| Some(CellValue::Count(*n)))
            .right("Of its errors", &rows, |(.., n, errors)| {
                (*errors > 0).then(|| CellValue::Ratio(*n as f64 / *errors as f64))
            })
            .limited(report.rows),
    )
}

/// The most frequent kinds, and the rest as one.
fn shown(calls: &CallMetrics) -> Vec<(String, u64)> {
    let kinds = calls.frequent_kinds();
    let (first, rest) = kinds.split_at(kinds.len().min(SHOWN));
    let mut shown: Vec<_> = first.iter().map(|&(kind, n)| (kind.to_owned(), n)).collect();
    if !rest.is_empty() {
        let sum = rest.iter().fold(0_u64, |sum, &(_, n)| sum.saturating_add(n));
        shown.push((format!("({})", counted(rest.len() as u64, "more kind")), sum));
    }
    shown
}
