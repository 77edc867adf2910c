use aimlm_vocabulary::{Label, Number};

use super::calls_rows::{CallsRow, by_time};
use crate::Report;
use crate::cell_value::CellValue;
use crate::document::{ReportTable, Section};

pub(super) fn section(report: &Report) -> Section {
    let models = report.metrics.inference.values();
    let rows = by_time(
        models.map(|model| CallsRow::new([model.model_id.as_str()], &model.calls)),
        report.rows,
    );
    Section::new("Inference")
        .table(
            ReportTable::of_calls("Latency", &["Model"], &rows)
                .label("Device", Label::Device, &rows)
                .outcomes("Calls", &rows)
                .time(&rows)
                .latency(&rows),
        )
        .table(throughput(report, &rows))
}

fn throughput(report: &Report, rows: &[CallsRow<'_>]) -> ReportTable {
    ReportTable::of_calls("Throughput", &["Model"], rows)
        .right("Busy", rows, |row| {
            row.calls.busy_seconds.map(CellValue::Duration)
        })
        .pace(rows)
        .items("Items", rows)
        .numbers("Mean batch", rows, Number::BatchSize, |batch| batch.mean)
        .numbers("Max batch", rows, Number::BatchSize, |batch| batch.max)
        .amount("Tokens in", rows, |_| Some(Number::TokensIn))
        .amount("Tokens out", rows, |_| Some(Number::TokensOut))
        .right_if_any("Time for each token", rows, |row| {
            let model = report.metrics.inference.get(row.name()?)?;
            model.seconds_per_output_token.map(CellValue::Duration)
        })
}
