use super::columns::{Row, rate};
use crate::event::Field;
use crate::report::document::{Section, Table};
use crate::views::Overview;

pub(super) fn section(metrics: &Overview) -> Section {
    let rows: Vec<Row<'_>> = metrics
        .inference
        .values()
        .map(|model| Row::new(&model.model_id, &model.calls))
        .collect();
    Section::new("Inference")
        .table(
            Table::of_calls("Latency", &["Model"], &rows)
                .outcomes("Calls", &rows)
                .percentiles(&rows),
        )
        .table(throughput(&rows))
}

fn throughput(rows: &[Row<'_>]) -> Table {
    Table::of_calls("Throughput", &["Model"], rows)
        .right("Calls/s", rows, |row| row.calls.calls_per_second.map(rate))
        .items("Items", rows)
        .numbers("Mean batch of all calls", rows, Field::BatchSize, |batch| {
            batch.mean
        })
        .numbers("Max batch of all calls", rows, Field::BatchSize, |batch| {
            batch.max
        })
        .numbers("Tokens in", rows, Field::TokensIn, |tokens| Some(tokens.total))
        .numbers("Tokens out", rows, Field::TokensOut, |tokens| Some(tokens.total))
        .right_if_any("Tokens out/s", rows, |row| {
            row.calls.per_second(Field::TokensOut).map(rate)
        })
        .right("Busy", rows, |row| {
            row.calls.busy_seconds.map(crate::analysis::duration)
        })
}
