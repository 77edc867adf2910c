use super::rows::{Row, by_time};
use crate::Report;
use crate::document::{Section, Table};

pub(super) fn section(report: &Report) -> Section {
    let operations = report.metrics.operations.values();
    let rows = operations.map(|operation| Row::new([operation.operation.as_str()], &operation.calls));
    let rows = by_time(rows, report.rows);
    let others = report.metrics.others.iter();
    let others = others.flat_map(|(stage, subjects)| {
        let subjects = subjects.iter();
        subjects.map(|(subject, calls)| Row::new([stage.name(), subject], calls))
    });
    let others = by_time(others, report.rows);
    let section = Section::new("Operations").table(
        Table::of_calls("", &["Operation"], &rows)
            .outcomes("Calls", &rows)
            .time(&rows)
            .latency(&rows)
            .pace(&rows)
            .items("Items", &rows)
            .volume(&rows),
    );
    section.table(
        Table::of_calls("Stages of another version", &["Stage", "Subject"], &others)
            .outcomes("Calls", &others)
            .time(&others)
            .latency(&others)
            .pace(&others)
            .items("Items", &others)
            .volume(&others),
    )
}
