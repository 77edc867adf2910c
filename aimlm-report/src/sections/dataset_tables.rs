use aimlm_vocabulary::Label;

use super::calls_rows::{CallsRow, by_time};
use crate::Report;
use crate::document::{ReportTable, Section};

pub(super) fn section(report: &Report) -> Section {
    let datasets = report.metrics.datasets.values();
    let loads = datasets.filter_map(|dataset| {
        Some(CallsRow::new(
            [dataset.dataset_id.as_str()],
            dataset.load.as_ref()?,
        ))
    });
    let loads = by_time(loads, report.rows);
    Section::new("Data")
        .table(
            ReportTable::of_calls("Data sets", &["Data set"], &loads)
                .label("Format", Label::Format, &loads)
                .label("Source", Label::Source, &loads)
                .last_size(&loads)
                .outcomes("Loads", &loads)
                .time(&loads)
                .latency(&loads)
                .items("Samples", &loads)
                .volume(&loads),
        )
        .table(preprocessing(report))
        .table(loading(report))
}

fn preprocessing(report: &Report) -> ReportTable {
    let datasets = report.metrics.datasets.values();
    let rows = datasets.flat_map(|dataset| {
        let operations = dataset.preprocessing.iter();
        operations.map(|(operation, calls)| CallsRow::new([dataset.dataset_id.as_str(), operation], calls))
    });
    let rows = by_time(rows, report.rows);
    ReportTable::of_calls("Preprocessing", &["Data set", "Operation"], &rows)
        .outcomes("Calls", &rows)
        .time(&rows)
        .latency(&rows)
        .items("Samples", &rows)
        .volume(&rows)
}

fn loading(report: &Report) -> ReportTable {
    let kinds = report.metrics.data_loading.values();
    let rows = by_time(
        kinds.map(|kind| CallsRow::new([kind.data_type.as_str()], &kind.calls)),
        report.rows,
    );
    ReportTable::of_calls("Data loading", &["Kind of data"], &rows)
        .outcomes("Calls", &rows)
        .time(&rows)
        .latency(&rows)
        .volume(&rows)
}
