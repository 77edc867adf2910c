use crate::Report;
use crate::cell_value::CellValue;
use crate::document::{ReportTable, Section};
use aimlm_format::stage_in_words;
use aimlm_snapshot::NumberStats;
use aimlm_vocabulary::{Number, Stage};

/// The numbers that have curves, name a row, or have a table of their own.
const SHOWN_ELSEWHERE: [Number; 9] = [
    Number::Epoch,
    Number::Step,
    Number::NumWorkers,
    Number::Loss,
    Number::Accuracy,
    Number::LearningRate,
    Number::GradientNorm,
    Number::Utilization,
    Number::Metric,
];

/// The numbers that stand in no other table, one row for each name; those carried most often first.
pub(super) fn section(report: &Report) -> Section {
    let mut rows = Vec::new();
    for named in report.metrics.calls() {
        let own = named
            .calls
            .numbers
            .iter()
            .filter(|(number, _)| !is_shown_elsewhere(named.stage, **number));
        rows.extend(own.map(|(number, stats)| (named, *number, stats)));
    }
    rows.sort_by_key(|(.., stats)| std::cmp::Reverse(stats.count));
    Section::new("Other numbers").table(
        ReportTable::new("")
            .key("Stage", &rows, |(named, ..)| stage_in_words(named.stage))
            .key("Subject", &rows, |(named, ..)| named.subject.to_owned())
            .left_if_any("Part", &rows, |(named, ..)| named.part.map(CellValue::text))
            .key("Number", &rows, |(_, number, _)| number.name().to_owned())
            .right("Calls", &rows, |(.., stats)| Some(CellValue::Count(stats.count)))
            .right_if_any("Total", &rows, |(_, number, stats)| total(*number, stats))
            .spread(&rows, |(.., stats)| stats)
            .right("Last", &rows, |(.., stats)| {
                stats.last.map(|last| CellValue::of_kind(stats.kind, last))
            })
            .limited(report.rows),
    )
}

/// Bytes and the items of a stage have columns with its calls, tokens of steps too; numbers of requests stand among their sizes.
fn is_shown_elsewhere(stage: Stage, number: Number) -> bool {
    let has_column = match number {
        Number::SizeBytes => true,
        Number::TokensIn if stage == Stage::TrainingStep => true,
        number if number.is_amount() => stage.items().contains(&number),
        number => SHOWN_ELSEWHERE.contains(&number),
    };
    has_column || stage == Stage::Inference && stage.numbers().contains(&number)
}

/// All of an amount.
fn total(number: Number, stats: &NumberStats) -> Option<CellValue> {
    number.is_amount().then(|| match number.unit() {
        "By" => CellValue::Bytes(stats.total),
        _ => CellValue::Count(stats.total as u64),
    })
}
