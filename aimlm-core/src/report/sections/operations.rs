use super::columns::Row;
use crate::report::document::{Section, Table};
use crate::views::Overview;

pub(super) fn section(metrics: &Overview) -> Section {
    let operations = metrics.operations.values();
    let rows: Vec<Row<'_>> = operations
        .map(|operation| Row::new(&operation.operation, &operation.calls))
        .collect();
    Section::new("Operations").table(
        Table::of_calls("", &["Operation"], &rows)
            .outcomes("Calls", &rows)
            .seconds("Total", &rows, |latency| Some(latency.total))
            .percentiles(&rows)
            .items("Items", &rows)
            .volume(&rows),
    )
}
