use aimlm_snapshot::{CallMetrics, CurveMetrics, TrainingMetrics};
use aimlm_vocabulary::{Label, Number};

use super::calls_rows::{CallsRow, by_time};
use super::curve_course::course;
use crate::Report;
use crate::cell_value::CellValue;
use crate::document::{ReportTable, Section};

pub(super) fn section(report: &Report) -> Section {
    let epochs = rows(report, |training| training.epochs.as_ref());
    let steps = rows(report, |training| training.steps.as_ref());
    let validations = rows(report, |training| training.validation.as_ref());
    Section::new("Training")
        .table(
            ReportTable::of_calls("Epochs", &["Model"], &epochs)
                .label("Device", Label::Device, &epochs)
                .outcomes("Epochs", &epochs)
                .time(&epochs)
                .latency(&epochs)
                .items("Samples", &epochs)
                .left_if_any("Efficiency", &epochs, |row| {
                    let efficiency = report.training_efficiency.get(row.name()?)?;
                    Some(CellValue::text(
                        format!("{:?}", efficiency.efficiency_rating).to_lowercase(),
                    ))
                }),
        )
        .table(super::epoch_table::table(report))
        .table(
            ReportTable::of_calls("Steps", &["Model"], &steps)
                .label("Device", Label::Device, &steps)
                .outcomes("Steps", &steps)
                .time(&steps)
                .latency(&steps)
                .items("Samples", &steps)
                .amount("Tokens in", &steps, |_| Some(Number::TokensIn)),
        )
        .table(
            ReportTable::of_calls("Validation", &["Model"], &validations)
                .label("Data set", Label::Dataset, &validations)
                .label("Device", Label::Device, &validations)
                .outcomes("Runs", &validations)
                .time(&validations)
                .latency(&validations)
                .items("Samples", &validations),
        )
        .table(curves(report))
}

fn rows(report: &Report, of: impl Fn(&TrainingMetrics) -> Option<&CallMetrics>) -> Vec<CallsRow<'_>> {
    let trainings = report.metrics.training.values();
    let rows =
        trainings.filter_map(|training| Some(CallsRow::new([training.model_id.as_str()], of(training)?)));
    by_time(rows, report.rows)
}

fn curves(report: &Report) -> ReportTable {
    let trainings = report.metrics.training.values();
    let rows: Vec<(&str, &str, &CurveMetrics)> = trainings
        .flat_map(|training| {
            let curves = training.curves.iter();
            curves.map(|(name, curve)| (training.model_id.as_str(), name.as_str(), curve))
        })
        .collect();
    let not_finite = |row: &(&str, &str, &CurveMetrics)| {
        let curve = row.2;
        curve
            .first_not_finite_at
            .map(|x| CellValue::Place(curve.x_is.to_string(), x))
    };
    ReportTable::new("Curves")
        .key("Model", &rows, |row| row.0.to_owned())
        .key("Curve", &rows, |row| row.1.to_owned())
        .right("Points", &rows, |row| Some(CellValue::Count(row.2.count)))
        .count_if_any("Not finite", &rows, |row| row.2.not_finite)
        .right_if_any("First not finite", &rows, not_finite)
        .right("First", &rows, |row| row.2.first.map(CellValue::Number))
        .right("Last", &rows, |row| row.2.last.map(CellValue::Number))
        .right("Min", &rows, |row| row.2.min.map(CellValue::Number))
        .right("Max", &rows, |row| row.2.max.map(CellValue::Number))
        .left_if_any("Course", &rows, |row| {
            course(&row.2.points).map(CellValue::Course)
        })
        .limited(report.rows)
}
