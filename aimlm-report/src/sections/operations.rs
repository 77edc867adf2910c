use super::rows::{Row, by_time};
use crate::Report;
use crate::document::{Section, Table};

pub(super) fn section(report: &Report) -> Section {
    let operations = report.metrics.operations.values();
    let rows = operations.map(|operation| Row::new([operation.operation.as_str()], &operation.calls));
    let rows = by_time(rows, report.rows);
    Section::new("Operations").table(
        Table::of_calls("", &["Operation"], &rows)
            .outcomes("Calls", &rows)
            .time(&rows)
            .latency(&rows)
            .pace(&rows)
            .items("Items", &rows)
            .volume(&rows),
    )
}
