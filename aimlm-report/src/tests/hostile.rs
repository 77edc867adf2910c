//! Names that are written like markup, at every place where a report has names, read back by a Markdown parser.

use aimlm_config::Config;
use aimlm_snapshot::fixture::{Series, snapshot};
use aimlm_snapshot::{SiteSnapshot, Snapshot};
use aimlm_vocabulary::{Label, Number, Outcome, Stage};
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use crate::Report;
use crate::document::WIDEST;
use aimlm_format::shortened;

const NAMES: [&str; 35] = [
    "# heading",
    "#",
    "- item",
    "-",
    "+ item",
    "* item",
    "1. one",
    "2) two",
    "---",
    "===",
    "> quote",
    "```",
    "~~~ code",
    "    code",
    "http://x.org/a_b",
    "see www.x.org",
    "me@x.org",
    "<b>bold</b>",
    "<!-- hidden",
    "&amp; &copy;",
    "a|b",
    "`code`",
    "*a* _b_ **c** ~~d~~ $e$",
    "[text](http://x.org)",
    "![image](x)",
    "[ref]: http://x.org",
    "a\nb\r\n\n# c",
    "\\",
    "a\u{200c}b\u{600}c",
    "a\u{202e}b\u{200d}",
    "www.e.com|x",
    "me@e.com`",
    "a\\nb\\u{200b}",
    "\u{300}\u{fe0f}\u{e000}",
    " ",
];

/// Everything that can have a name has this one.
pub(super) fn named(name: &str) -> Snapshot {
    let failing = |series: Series| {
        series
            .ended(Outcome::Error, 9.0, &[])
            .error_kind(name, 1)
            .in_flight(1)
    };
    let mut series: Vec<Series> = [
        Stage::ModelLoad,
        Stage::ModelInitialization,
        Stage::Inference,
        Stage::TrainingEpoch,
        Stage::TrainingStep,
        Stage::Validation,
        Stage::DatasetLoad,
        Stage::DataLoading,
        Stage::CheckpointSave,
        Stage::CheckpointLoad,
        Stage::DistributedTask,
        Stage::Communication,
        Stage::Synchronization,
        Stage::Operation,
    ]
    .into_iter()
    .map(|stage| {
        let labels = [
            Label::Framework,
            Label::Source,
            Label::Format,
            Label::Device,
            Label::Dataset,
        ];
        let series = labels
            .into_iter()
            .fold(Series::new(stage, name), |series, label| {
                series.label(label, name)
            });
        failing(
            series
                .ok(60.0, &[(Number::SizeBytes, 5.0), (Number::NumWorkers, 2.0)])
                .memory(&[1]),
        )
    })
    .collect();
    for (stage, label) in [
        (Stage::DatasetPreprocessing, Label::Operation),
        (Stage::DistributedTask, Label::Phase),
    ] {
        series.push(failing(
            Series::new(stage, name)
                .label(label, name)
                .ok(99.0, &[])
                .memory(&[1]),
        ));
    }
    series.push(
        Series::new(Stage::TrainingStats, name)
            .label(Label::Metric, name)
            .sample(Number::Metric, 1.0, f64::NAN)
            .sample(Number::Metric, 2.0, 1.0),
    );
    series.push(Series::new(Stage::WorkerUtilization, name).sample(Number::Utilization, 0.0, 0.1));
    let mut snapshot = snapshot(series);
    snapshot.sources[0].program = Some(name.to_owned());
    snapshot.engine.overflow_calls = 7;
    snapshot.engine.overflow_site = Some(name.to_owned());
    snapshot.engine.overflow_subject = Some(name.to_owned());
    snapshot.engine.configuration_error = Some(format!("aimlm configuration: 2 errors\n{name}\n`{name}`"));
    for series in &mut snapshot.series {
        series.outcomes.panicked += 1;
        series.started += 1;
        series.site = Some(SiteSnapshot::new(name.to_owned(), name.to_owned(), 7));
    }
    snapshot
}

/// What a parser makes of a report.
#[derive(Default)]
struct Parsed {
    headings: Vec<String>,
    cells: Vec<String>,
    items: usize,
    lists: usize,
    rows: usize,
    strong: Vec<String>,
}

fn parsed(markdown: &str) -> Parsed {
    let mut parsed = Parsed::default();
    let mut text = String::new();
    // What GitHub has.
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_GFM
        | Options::ENABLE_MATH;
    for event in Parser::new_ext(markdown, options) {
        match event {
            Event::Text(part) | Event::Code(part) => text.push_str(&part),
            Event::SoftBreak | Event::HardBreak => text.push('\n'),
            Event::Start(
                Tag::Heading { .. }
                | Tag::TableCell
                | Tag::Strong
                | Tag::Paragraph
                | Tag::Table(_)
                | Tag::TableHead
                | Tag::TableRow
                | Tag::Item
                | Tag::List(None),
            ) => text.clear(),
            Event::End(TagEnd::Heading(_)) => parsed.headings.push(std::mem::take(&mut text)),
            Event::End(TagEnd::TableCell) => parsed.cells.push(std::mem::take(&mut text)),
            Event::End(TagEnd::Strong) => parsed.strong.push(std::mem::take(&mut text)),
            Event::End(TagEnd::Item) => parsed.items += 1,
            Event::End(TagEnd::List(_)) => parsed.lists += 1,
            Event::End(TagEnd::TableRow) => parsed.rows += 1,
            Event::End(TagEnd::Paragraph | TagEnd::Table | TagEnd::TableHead) => {}
            other => panic!("{other:?} in\n{markdown}"),
        }
    }
    parsed
}

#[test]
fn names_written_like_markup_are_text() {
    let plain = Report::new(&named("plain"), &Config::default());
    let expected = parsed(&plain.to_markdown());
    for name in NAMES {
        let report = Report::new(&named(name), &Config::default());
        assert_eq!(report.findings.len(), plain.findings.len(), "{name:?}");
        let markdown = report.to_markdown();
        let parsed = parsed(&markdown);
        assert_eq!(
            parsed.headings[1..],
            expected.headings[1..],
            "{name:?}\n{markdown}"
        );
        assert_eq!(
            parsed.headings[0],
            format!("aimlm report: {}", shortened(name, 60))
        );
        assert_eq!(
            (parsed.items, parsed.lists, parsed.rows),
            (report.findings.len(), 1, expected.rows),
            "{name:?}"
        );
        assert_eq!(parsed.strong, expected.strong, "{name:?}\n{markdown}");
        let shown = shortened(name, WIDEST);
        let cells: Vec<String> = expected
            .cells
            .iter()
            .map(|cell| cell.replace("plain", &shown))
            .collect();
        assert_eq!(parsed.cells, cells, "{name:?}\n{markdown}");
        assert!(parsed.cells.contains(&shortened(name, WIDEST)));
        // What GitHub makes a link of although no standard says so; code is safe.
        for part in markdown.split('`').step_by(2) {
            for link in ["http://", "www.", "me@"] {
                assert!(!part.contains(link), "{link} outside of code in\n{markdown}");
            }
        }
    }
}

#[test]
fn names_of_nothing_are_seen() {
    for (name, shown) in [
        ("", "(empty)"),
        (" ", "\\u{20}"),
        ("\u{a0}", "\\u{a0}"),
        ("\u{200b}", "\\u{200b}"),
        ("\\u{200b}", "\\\\u{200b}"),
        ("(empty)", "\\u{28}empty)"),
        ("\u{fe0f}", "\\u{fe0f}"),
        ("\u{300}", "\\u{300}"),
        ("\u{e000}", "\\u{e000}"),
    ] {
        let report = Report::new(&named(name), &Config::default());
        let cells = parsed(&report.to_markdown()).cells;
        assert!(cells.iter().any(|cell| cell == shown), "{name:?} is not seen");
        assert!(
            cells.iter().all(|cell| !cell.trim().is_empty()),
            "{name:?} is an empty cell"
        );
        assert!(report.to_text().contains(shown), "{name:?}");
    }
}
