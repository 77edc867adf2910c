use aimlm_snapshot::{EpochMetrics, TrainingMetrics};

use crate::Report;
use crate::cell_value::CellValue;
use crate::document::ReportTable;
use aimlm_format::number;

/// Consecutive epochs of one model: one where there are few.
struct EpochRange<'a> {
    model: &'a str,
    epochs: &'a [EpochMetrics],
    /// Whether the slowest of all is among them.
    has_slowest: bool,
}

/// How long each epoch took, in order; of more epochs than a table has rows, so many in a row.
pub(super) fn table(report: &Report) -> ReportTable {
    // Of one epoch the table above says everything.
    let trainings = report.metrics.training.values();
    let trainings = trainings.filter(|training| training.by_epoch.len() > 1);
    let rows = report.rows / trainings.clone().count().max(1);
    let rows = rows.max(usize::from(report.rows > 0));
    let groups: Vec<EpochRange<'_>> = trainings.flat_map(|training| groups(training, rows)).collect();
    let are_many = groups.iter().any(|group| group.epochs.len() > 1);
    let slowest = |group: &EpochRange<'_>| {
        let slowest = slowest(group.epochs)?;
        are_many.then_some(CellValue::Duration(slowest.seconds))
    };
    ReportTable::new("Epochs in order")
        .key("Model", &groups, |group| group.model.to_owned())
        .key_cell("Epoch", &groups, EpochRange::span)
        .right("Time", &groups, |group| {
            let sum: f64 = group.epochs.iter().map(|epoch| epoch.seconds).sum();
            Some(CellValue::Duration(sum / group.epochs.len() as f64))
        })
        .right_if_any("Slowest of them", &groups, slowest)
        .right_if_any("Samples", &groups, |group| {
            let samples: Option<Vec<f64>> = group.epochs.iter().map(|epoch| epoch.samples).collect();
            samples.map(|samples| CellValue::Number(samples.iter().sum()))
        })
        .left_if_any("Slowest", &groups, |group| {
            let slowest = slowest_of(group)?;
            Some(CellValue::text(if group.epochs.len() > 1 {
                format!("← epoch {}", number(slowest.epoch))
            } else {
                "← slowest".to_owned()
            }))
        })
        .note(are_many.then(|| "Time is the mean of the epochs in the row.".to_owned()))
        .limited(report.rows)
}

/// The slowest epoch of all, if it is one of the group.
fn slowest_of<'a>(group: &EpochRange<'a>) -> Option<&'a EpochMetrics> {
    slowest(group.epochs).filter(|_| group.has_slowest)
}

fn slowest(epochs: &[EpochMetrics]) -> Option<&EpochMetrics> {
    epochs.iter().max_by(|a, b| a.seconds.total_cmp(&b.seconds))
}

/// As many groups as a table may have rows (0 for all), about as large each.
fn groups(training: &TrainingMetrics, rows: usize) -> Vec<EpochRange<'_>> {
    let epochs = &training.by_epoch;
    let size = if rows == 0 { 1 } else { epochs.len().div_ceil(rows) };
    let is_longer = |slowest: &&EpochMetrics| epochs.iter().any(|epoch| epoch.seconds < slowest.seconds);
    let slowest = slowest(epochs).filter(is_longer).map(std::ptr::from_ref);
    epochs
        .chunks(size)
        .map(|part| EpochRange {
            model: &training.model_id,
            has_slowest: part
                .iter()
                .any(|epoch| Some(std::ptr::from_ref(epoch)) == slowest),
            epochs: part,
        })
        .collect()
}

impl EpochRange<'_> {
    /// `7`, or `7–9`.
    fn span(&self) -> CellValue {
        match self.epochs {
            [first, .., last] => CellValue::Span(first.epoch, last.epoch),
            [one] => CellValue::Number(one.epoch),
            [] => CellValue::Missing,
        }
    }
}
