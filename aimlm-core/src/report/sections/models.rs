use super::columns::Row;
use crate::analysis::bytes;
use crate::event::{Field, Label};
use crate::report::document::{Section, Table};
use crate::views::{CallMetrics, ModelMetrics, Overview};

pub(super) fn section(metrics: &Overview) -> Section {
    let loads = rows(metrics, |model| model.load.as_ref());
    let initializations = rows(metrics, |model| model.initialization.as_ref());
    Section::new("Models")
        .table(
            Table::of_calls("Loading", &["Model"], &loads)
                .label("Framework", Label::Framework, &loads)
                .label("Source", Label::Source, &loads)
                .label("Format", Label::Format, &loads)
                .label("Device", Label::Device, &loads)
                .right_if_any("Size", &loads, |row| {
                    let size = row.calls.number(Field::SizeBytes)?;
                    size.last.or(size.max).map(bytes)
                })
                .outcomes("Loads", &loads)
                .spread(&loads),
        )
        .table(
            Table::of_calls("Initialisation", &["Model"], &initializations)
                .label("Framework", Label::Framework, &initializations)
                .label("Device", Label::Device, &initializations)
                .outcomes("Calls", &initializations)
                .spread(&initializations),
        )
        .table(checkpoints(metrics))
}

fn rows(metrics: &Overview, of: impl Fn(&ModelMetrics) -> Option<&CallMetrics>) -> Vec<Row<'_>> {
    let models = metrics.models.values();
    models
        .filter_map(|model| Some(Row::new(&model.model_id, of(model)?)))
        .collect()
}

fn checkpoints(metrics: &Overview) -> Table {
    let mut rows = Vec::new();
    for model in metrics.models.values() {
        for (way, calls) in [("save", &model.checkpoint_save), ("load", &model.checkpoint_load)] {
            rows.extend(calls.as_ref().map(|calls| Row {
                names: vec![&model.model_id, way],
                calls,
            }));
        }
    }
    Table::of_calls("Checkpoints", &["Model", "Way"], &rows)
        .outcomes("Calls", &rows)
        .volume(&rows)
        .spread(&rows)
}
