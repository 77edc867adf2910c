use crate::analysis::{bytes, count};
use crate::event::Label;
use crate::report::document::{Section, Table};
use crate::views::Overview;

/// Resident memory, for whatever asked for it.
pub(super) fn section(metrics: &Overview) -> Section {
    let calls = metrics.calls().into_iter();
    let rows: Vec<_> = calls
        .filter_map(|(stage, subject, calls)| Some((stage, subject, calls, calls.sampled_memory.as_ref()?)))
        .collect();
    Section::new("Memory of the process, sampled").table(
        Table::new("")
            .key("Stage", &rows, |(stage, ..)| stage.name().replace('_', " "))
            .key("Subject", &rows, |(_, subject, ..)| (*subject).to_owned())
            .left_if_any("Part", &rows, |(.., calls, _)| {
                calls
                    .label(Label::Phase)
                    .or_else(|| calls.label(Label::Operation))
            })
            .right("Samples", &rows, |(.., memory)| Some(count(memory.samples)))
            .right("Mean", &rows, |(.., memory)| Some(bytes(memory.mean_bytes)))
            .right("Min", &rows, |(.., memory)| Some(bytes(memory.min_bytes as f64)))
            .right("Max", &rows, |(.., memory)| Some(bytes(memory.max_bytes as f64)))
            .right("Last", &rows, |(.., memory)| {
                Some(bytes(memory.last_bytes as f64))
            })
            .note((!rows.is_empty()).then(|| {
                "Resident memory of the whole process while calls were in flight, not the cost of a call."
                    .into()
            })),
    )
}
