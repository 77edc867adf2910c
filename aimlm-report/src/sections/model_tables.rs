use aimlm_snapshot::{CallMetrics, ModelMetrics};
use aimlm_vocabulary::{Label, Number};

use super::calls_rows::{CallsRow, by_time};
use crate::Report;
use crate::cell_value::CellValue;
use crate::document::{ReportTable, Section};

pub(super) fn section(report: &Report) -> Section {
    let loads = rows(report, |model| model.load.as_ref());
    let initializations = rows(report, |model| model.initialization.as_ref());
    Section::new("Models")
        .table(
            ReportTable::of_calls("Loading", &["Model"], &loads)
                .label("Framework", Label::Framework, &loads)
                .label("Source", Label::Source, &loads)
                .label("Format", Label::Format, &loads)
                .label("Device", Label::Device, &loads)
                .last_size(&loads)
                .outcomes("Loads", &loads)
                .time(&loads)
                .latency(&loads)
                .volume(&loads),
        )
        .table(
            ReportTable::of_calls("Initialisation", &["Model"], &initializations)
                .label("Framework", Label::Framework, &initializations)
                .label("Device", Label::Device, &initializations)
                .outcomes("Calls", &initializations)
                .time(&initializations)
                .latency(&initializations),
        )
        .table(checkpoints(report))
}

impl ReportTable {
    /// Size of what was loaded last; the largest where the last is not known.
    pub(super) fn last_size(self, rows: &[CallsRow<'_>]) -> Self {
        self.right_if_any("Size", rows, |row| {
            let size = row.calls.number(Number::SizeBytes)?;
            size.last.or(size.max).map(CellValue::Bytes)
        })
    }
}

fn rows(report: &Report, of: impl Fn(&ModelMetrics) -> Option<&CallMetrics>) -> Vec<CallsRow<'_>> {
    let models = report.metrics.models.values();
    let rows = models.filter_map(|model| Some(CallsRow::new([model.model_id.as_str()], of(model)?)));
    by_time(rows, report.rows)
}

fn checkpoints(report: &Report) -> ReportTable {
    let models = report.metrics.models.values();
    let rows = models.flat_map(|model| {
        let ways = [("save", &model.checkpoint_save), ("load", &model.checkpoint_load)];
        ways.into_iter()
            .filter_map(|(way, calls)| Some(CallsRow::new([model.model_id.as_str(), way], calls.as_ref()?)))
    });
    let rows = by_time(rows, report.rows);
    ReportTable::of_calls("Checkpoints", &["Model", "Way"], &rows)
        .label("Format", Label::Format, &rows)
        .outcomes("Calls", &rows)
        .time(&rows)
        .latency(&rows)
        .volume(&rows)
}
