use aimlm_snapshot::SourceMetrics;

use crate::Report;
use crate::cell_value::CellValue;
use crate::document::{ReportTable, Section};

/// The processes of a report that is of several.
pub(super) fn section(report: &Report) -> Section {
    let rows = match report.metrics.sources.as_slice() {
        [] | [_] => &[],
        several => several,
    };
    let text = |text: &Option<String>| text.clone().map(CellValue::Text);
    let number = |number: Option<u64>| number.map(CellValue::Id);
    let id = |row: &SourceMetrics| {
        let pid = row.source.pid.map(|pid| CellValue::Id(pid.into()));
        pid.unwrap_or(CellValue::Missing)
    };
    Section::new("Processes").table(
        ReportTable::new("")
            .key_cell("Process", rows, id)
            .left_if_any("Host", rows, |row| text(&row.source.host))
            .left_if_any("Program", rows, |row| text(&row.source.program))
            .right_if_any("Rank", rows, |row| number(row.source.rank))
            .right_if_any("World size", rows, |row| number(row.source.world_size))
            .left_if_any("Started", rows, |row| {
                row.source.started_at_ns.map(CellValue::Moment)
            })
            .right("Recorded for", rows, |row| {
                Some(CellValue::Duration(row.source.window_ns as f64 / 1e9))
            })
            .right("Calls", rows, |row| Some(CellValue::Count(row.counts.started)))
            .right("Failed", rows, |row| Some(CellValue::Count(row.counts.failed())))
            .left_if_any("Version", rows, |row| text(&row.source.version))
            .limited(report.rows),
    )
}
