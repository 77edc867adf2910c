//! What the document says, one file for each section.

mod columns;
mod course;
mod datasets;
mod distributed;
mod engine;
mod epochs;
mod failures;
mod findings;
mod head;
mod in_flight;
mod inference;
mod memory;
mod models;
mod operations;
mod own_numbers;
mod percentiles;
mod rows;
mod training;

use super::Report;
use super::document::Document;

/// The whole report. A section without data is left out.
pub(super) fn document(report: &Report) -> Document {
    let sections = [
        findings::section(report),
        in_flight::section(report),
        inference::section(report),
        training::section(report),
        models::section(report),
        datasets::section(report),
        distributed::section(report),
        operations::section(report),
        own_numbers::section(report),
        memory::section(report),
        failures::section(report),
        engine::section(report),
    ];
    Document {
        title: head::title(report),
        summary: head::summary(report),
        warnings: head::warnings(report),
        sections: sections
            .into_iter()
            .filter(|section| !section.is_empty())
            .collect(),
    }
}
