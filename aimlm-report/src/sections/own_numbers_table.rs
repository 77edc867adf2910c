use crate::Report;
use crate::cell_value::CellValue;
use crate::document::{ReportTable, Section};
use aimlm_format::stage_in_words;

/// The numbers that stand in no table of the vocabulary, one row for each name; those carried most often first.
pub(super) fn section(report: &Report) -> Section {
    let mut rows = Vec::new();
    for named in report.metrics.calls() {
        let own = named
            .calls
            .numbers
            .iter()
            .filter(|(number, _)| !number.is_known());
        rows.extend(own.map(|(number, stats)| (named, number.name(), stats)));
    }
    rows.sort_by_key(|(.., stats)| std::cmp::Reverse(stats.count));
    Section::new("Numbers of the program's own").table(
        ReportTable::new("")
            .key("Stage", &rows, |(named, ..)| stage_in_words(named.stage))
            .key("Subject", &rows, |(named, ..)| named.subject.to_owned())
            .left_if_any("Part", &rows, |(named, ..)| named.part.map(CellValue::text))
            .key("Number", &rows, |(_, name, _)| (*name).to_owned())
            .right("Calls", &rows, |(.., stats)| Some(CellValue::Count(stats.count)))
            .right("Mean", &rows, |(.., stats)| stats.mean.map(CellValue::Number))
            .right("Min", &rows, |(.., stats)| stats.min.map(CellValue::Number))
            .right("Max", &rows, |(.., stats)| stats.max.map(CellValue::Number))
            .right("Last", &rows, |(.., stats)| stats.last.map(CellValue::Number))
            .limited(report.rows),
    )
}
