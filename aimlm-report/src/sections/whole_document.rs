use super::{
    dataset_tables, distributed_tables, error_kinds_table, findings_list, heading, in_flight_table,
    inference_tables, memory_table, model_tables, operation_tables, own_numbers_table, recording_table,
    source_table, training_tables,
};
use crate::Report;
use crate::document::Document;

/// The whole report. A section without data is left out.
pub(crate) fn document(report: &Report) -> Document {
    let sections = [
        findings_list::section(report),
        in_flight_table::section(report),
        inference_tables::section(report),
        training_tables::section(report),
        model_tables::section(report),
        dataset_tables::section(report),
        distributed_tables::section(report),
        operation_tables::section(report),
        own_numbers_table::section(report),
        source_table::section(report),
        memory_table::section(report),
        error_kinds_table::section(report),
        recording_table::section(report),
    ];
    Document {
        title: heading::title(report),
        summary: heading::summary(report),
        warnings: heading::warnings(report),
        sections: sections
            .into_iter()
            .filter(|section| !section.is_empty())
            .collect(),
    }
}
