use super::columns::Row;
use crate::analysis::bytes;
use crate::event::{Field, Label};
use crate::report::document::{Section, Table};
use crate::views::Overview;

pub(super) fn section(metrics: &Overview) -> Section {
    let datasets = metrics.datasets.values();
    let loads: Vec<Row<'_>> = datasets
        .filter_map(|dataset| Some(Row::new(&dataset.dataset_id, dataset.load.as_ref()?)))
        .collect();
    Section::new("Data")
        .table(
            Table::of_calls("Data sets", &["Data set"], &loads)
                .label("Format", Label::Format, &loads)
                .label("Source", Label::Source, &loads)
                .right_if_any("Size", &loads, |row| {
                    let size = row.calls.number(Field::SizeBytes)?;
                    size.last.or(size.max).map(bytes)
                })
                .outcomes("Loads", &loads)
                .spread(&loads)
                .items("Samples", &loads),
        )
        .table(preprocessing(metrics))
        .table(loading(metrics))
}

fn preprocessing(metrics: &Overview) -> Table {
    let mut rows = Vec::new();
    for dataset in metrics.datasets.values() {
        for (operation, calls) in &dataset.preprocessing {
            rows.push(Row {
                names: vec![&dataset.dataset_id, operation],
                calls,
            });
        }
    }
    Table::of_calls("Preprocessing", &["Data set", "Operation"], &rows)
        .outcomes("Calls", &rows)
        .seconds("Total", &rows, |latency| Some(latency.total))
        .spread(&rows)
        .items("Samples", &rows)
}

fn loading(metrics: &Overview) -> Table {
    let kinds = metrics.data_loading.values();
    let rows: Vec<Row<'_>> = kinds.map(|kind| Row::new(&kind.data_type, &kind.calls)).collect();
    Table::of_calls("Data loading", &["Kind"], &rows)
        .outcomes("Calls", &rows)
        .volume(&rows)
        .percentiles(&rows)
}
