//! What the document says, one file for each section.

mod columns;
mod datasets;
mod distributed;
mod engine;
mod failures;
mod findings;
mod inference;
mod memory;
mod models;
mod operations;
mod training;

use super::Report;
use super::document::Document;
use crate::analysis::{count, counted, duration};

/// The whole report. A section without data is left out.
pub(super) fn document(report: &Report) -> Document {
    let metrics = &report.metrics;
    let sections = [
        findings::section(report),
        inference::section(metrics),
        training::section(report),
        models::section(metrics),
        datasets::section(metrics),
        distributed::section(metrics),
        operations::section(metrics),
        memory::section(metrics),
        failures::section(metrics),
        engine::section(&report.engine),
    ];
    Document {
        title: "aimlm report".to_owned(),
        summary: summary(report),
        sections: sections
            .into_iter()
            .filter(|section| !section.is_empty())
            .collect(),
    }
}

fn summary(report: &Report) -> String {
    let calls = report.metrics.calls();
    let sum = |number: fn(&crate::views::CallCounts) -> u64| -> u64 {
        let numbers = calls.iter().map(|(.., calls)| number(&calls.counts));
        numbers.fold(0, u64::saturating_add)
    };
    let overflow = match report.engine.overflow_calls {
        0 => String::new(),
        calls => format!(", {} more in the overflow series", count(calls)),
    };
    format!(
        "{} · {} recorded · {}, {} failed, {} in flight{overflow} · {} series · {}",
        report.generated_at_text,
        duration(report.window_seconds),
        counted(sum(|counts| counts.started), "call"),
        count(sum(|counts| counts.failed())),
        count(sum(|counts| counts.in_flight)),
        count(report.engine.series),
        match report.findings.len() {
            0 => "no findings".to_owned(),
            n => counted(n as u64, "finding"),
        },
    )
}
