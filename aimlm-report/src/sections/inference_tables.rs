use aimlm_snapshot::NumberStats;
use aimlm_vocabulary::{Label, Number, NumberKind, Stage};

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
        .table(sizes(&rows))
}

/// What differs from request to request, and how requests waited.
fn sizes(rows: &[CallsRow<'_>]) -> ReportTable {
    let said = |stats: &NumberStats| stats.kind != NumberKind::Count || stats.min < stats.max;
    let rows: Vec<_> = rows
        .iter()
        .flat_map(|row| {
            let numbers = Stage::Inference.numbers().iter();
            let numbers = numbers.filter_map(|number| Some((number.name(), row.calls.number(*number)?)));
            numbers
                .filter(|(_, stats)| said(stats))
                .map(|(number, stats)| (&*row.names[0], number, stats))
        })
        .collect();
    ReportTable::new("Sizes and waiting")
        .key("Model", &rows, |(model, ..)| (*model).to_owned())
        .key("Number", &rows, |(_, number, _)| (*number).to_owned())
        .right("Calls", &rows, |(.., stats)| Some(CellValue::Count(stats.count)))
        .spread(&rows, |(.., stats)| stats)
}

/// The amounts that have headings of their own.
const WITH_HEADINGS: [Number; 3] = [Number::BatchSize, Number::TokensIn, Number::TokensOut];

fn throughput(report: &Report, rows: &[CallsRow<'_>]) -> ReportTable {
    let amounts = Stage::Inference.numbers().iter().copied();
    let others = amounts.filter(|number| number.is_amount() && !WITH_HEADINGS.contains(number));
    let table = ReportTable::of_calls("Throughput", &["Model"], rows)
        .right("Busy", rows, |row| {
            row.calls.busy_seconds.map(CellValue::Duration)
        })
        .pace(rows)
        .items("Items", rows)
        .numbers("Mean batch", rows, Number::BatchSize, |batch| batch.mean)
        .amount("Tokens in", rows, |_| Some(Number::TokensIn))
        .amount("Tokens out", rows, |_| Some(Number::TokensOut))
        .right_if_any("Time for each token", rows, |row| {
            let model = report.metrics.inference.get(row.name()?)?;
            model.seconds_per_output_token.map(CellValue::Duration)
        });
    others.fold(table, |table, number| {
        table.amount(number.name(), rows, |_| Some(number))
    })
}
