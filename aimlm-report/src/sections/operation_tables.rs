use super::calls_rows::{CallsRow, by_time};
use crate::Report;
use crate::document::{ReportTable, Section};

pub(super) fn section(report: &Report) -> Section {
    let operations = report.metrics.operations.values();
    let rows = operations.map(|operation| CallsRow::new([operation.operation.as_str()], &operation.calls));
    let rows = by_time(rows, report.rows);
    let others = report.metrics.others.iter();
    let others = others.flat_map(|(stage, subjects)| {
        let subjects = subjects.iter();
        subjects.map(|(subject, calls)| CallsRow::new([stage.name(), subject], calls))
    });
    let others = by_time(others, report.rows);
    let section = Section::new("Operations").table(
        ReportTable::of_calls("", &["Operation"], &rows)
            .outcomes("Calls", &rows)
            .time(&rows)
            .latency(&rows)
            .pace(&rows)
            .items("Items", &rows)
            .volume(&rows),
    );
    section.table(
        ReportTable::of_calls("Other stages", &["Stage", "Subject"], &others)
            .usual_labels(&others)
            .outcomes("Calls", &others)
            .time(&others)
            .latency(&others)
            .pace(&others)
            .items("Items", &others)
            .volume(&others),
    )
}
