use std::collections::BTreeSet;

use aimlm_snapshot::SeriesSnapshot;

use crate::Report;
use crate::cell_value::CellValue;
use crate::document::{ReportTable, Section};
use aimlm_format::stage_in_words;

/// What has begun and not ended, the quietest first: what hangs is among it.
pub(super) fn section(report: &Report) -> Section {
    let mut rows: Vec<&SeriesSnapshot> = report
        .snapshot
        .series
        .iter()
        .filter(|series| series.in_flight > 0)
        .collect();
    rows.sort_by_key(|series| series.last_end_ns);
    let label = |series: &SeriesSnapshot| {
        (!series.labels.is_empty()).then(|| CellValue::texts(series.labels.values().collect::<BTreeSet<_>>()))
    };
    let site = |series: &SeriesSnapshot| {
        let site = series.site.as_ref()?;
        Some(CellValue::text(format!("{}:{}", site.file, site.line)))
    };
    Section::new("In flight").table(
        ReportTable::new("")
            .key("Stage", &rows, |series| stage_in_words(series.stage))
            .key("Subject", &rows, |series| series.subject.clone())
            .left_if_any("Labels", &rows, |series| label(series))
            .right("In flight", &rows, |series| Some(CellValue::Count(series.in_flight)))
            .right_if_any("Last end", &rows, |series| {
                let ago = report.generated_at_ns.saturating_sub(series.last_end_ns?);
                Some(CellValue::Ago(ago.max(0) as f64 / 1e9))
            })
            .left_if_any("Function", &rows, |series| site(series))
            .note((!rows.is_empty()).then(|| {
                "Last end is when a call of the series ended last: when those in flight began is not recorded."
                    .into()
            }))
            .limited(report.rows),
    )
}
