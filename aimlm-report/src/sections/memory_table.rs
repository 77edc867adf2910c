use crate::Report;
use crate::cell_value::CellValue;
use crate::document::{ReportTable, Section};
use aimlm_format::stage_in_words;

/// Resident memory, for whatever asked for it.
pub(super) fn section(report: &Report) -> Section {
    let calls = report.metrics.calls().into_iter();
    let mut rows: Vec<_> = calls
        .filter_map(|named| Some((named, named.calls.sampled_memory.as_ref()?)))
        .collect();
    rows.sort_by_key(|(_, memory)| std::cmp::Reverse(memory.max_bytes));
    Section::new("Memory of the process, sampled").table(
        ReportTable::new("")
            .key("Stage", &rows, |(named, _)| stage_in_words(named.stage))
            .key("Subject", &rows, |(named, _)| named.subject.to_owned())
            .left_if_any("Part", &rows, |(named, _)| named.part.map(CellValue::text))
            .right("Readings", &rows, |(_, memory)| {
                Some(CellValue::Count(memory.samples))
            })
            .right("Mean", &rows, |(_, memory)| {
                Some(CellValue::Bytes(memory.mean_bytes))
            })
            .right("Min", &rows, |(_, memory)| {
                Some(CellValue::Bytes(memory.min_bytes as f64))
            })
            .right("Max", &rows, |(_, memory)| {
                Some(CellValue::Bytes(memory.max_bytes as f64))
            })
            .right("Last", &rows, |(_, memory)| {
                Some(CellValue::Bytes(memory.last_bytes as f64))
            })
            .right_if_any("Change", &rows, |(_, memory)| {
                (memory.changes > 0).then_some(CellValue::BytesChange(memory.change_bytes))
            })
            .note((!rows.is_empty()).then(|| {
                "Resident memory of the whole process while calls were in flight, not the cost of a call."
                    .into()
            }))
            .limited(report.rows),
    )
}
