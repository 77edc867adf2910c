//! `docs/meaning.md` has every word that a report shows, and no other.

use std::collections::BTreeSet;

use super::hostile::named;
use super::*;
use crate::document::Document;
use crate::sections;

const MEANING: &str = include_str!("../../../docs/meaning.md");

/// Two devices answer two requests each at the same time; a request fails later.
fn example() -> Snapshot {
    let requests = |device| {
        let items = [(Number::BatchSize, 8.0)];
        let series = Series::new(Stage::Inference, "minilm").label(Label::Device, device);
        series.ok(0.1, &items).ok(0.1, &items)
    };
    let failing = requests("cuda:1").after(0.7).ended(Outcome::Error, 0.05, &[]);
    snapshot([requests("cuda:0"), failing])
}

fn report_of(snapshot: &Snapshot) -> Report {
    let config = Config::builder().report_engine(true).build().unwrap();
    Report::new(snapshot, &config)
}

/// Reports that together show everything there is to show.
fn reports() -> Vec<Report> {
    let mut faulty = named("plain");
    faulty.engine.collector_restarts = 1;
    faulty.engine.collector_start_failures = 1;
    faulty.engine.memory_sample_failures = 1;
    faulty.engine.internal_faults = 1;
    faulty.engine.names_left_out = 1;
    faulty.engine.call_cost_ns = Some(40.0);
    faulty.sources[0].cores = Some(4);
    faulty.sources[0].debug = true;
    for series in &mut faulty.series {
        series.outcomes.cancelled += 1;
        series.started += 1;
    }
    let mut off = snapshot([]);
    off.sources[0].enabled = false;
    off.sources[0].cores = Some(4);
    vec![
        report_of(&full()),
        report_of(&faulty),
        report_of(&example()),
        report_of(&slow()),
        report_of(&snapshot([])),
        report_of(&off),
        report_of(&super::sources::job()),
    ]
}

/// What is over a threshold or needs a note.
fn slow() -> Snapshot {
    let twice =
        |series: Series, values: &[(Number, f64)]| series.ok(40.0, values).after(9.0).ok(40.0, values);
    let sized = [(Number::SizeBytes, 5.0), (Number::NumSamples, 7.0)];
    let mut series: Vec<Series> = [
        Stage::ModelLoad,
        Stage::DatasetLoad,
        Stage::DatasetPreprocessing,
        Stage::DataLoading,
        Stage::CheckpointSave,
        Stage::Communication,
        Stage::Validation,
        Stage::TrainingStep,
    ]
    .map(|stage| twice(Series::new(stage, "slow"), &sized))
    .into();
    series.push(twice(
        Series::new(Stage::of_name("drafting").unwrap(), "slow"),
        &[],
    ));
    let tokens = [
        (Number::TokensIn, 3.0),
        (Number::TokensOut, 30.0),
        (Number::BatchSize, 2.0),
        (Number::QueueTime, 5e6),
        (Number::QueueDepth, 2.0),
    ];
    series.push(twice(Series::new(Stage::Inference, "llm"), &tokens));
    series.push(twice(
        Series::new(Stage::Operation, "o"),
        &[
            (Number::Items, 3.0),
            (Number::SizeBytes, 9.0),
            (Number::of_name("depth").unwrap(), 4.0),
        ],
    ));
    let spiky = (0..1000).fold(Series::new(Stage::Inference, "spiky"), |spiky, n| {
        spiky.ok(if n == 7 { 5.0 } else { 0.001 }, &[])
    });
    series.push(spiky);
    let tail = (0..200).fold(Series::new(Stage::Inference, "tail"), |tail, n| {
        tail.ok(if n % 10 == 0 { 0.8 } else { 0.001 }, &[])
    });
    series.push(tail);
    for (model, seconds) in [("odd", [2.0, 2.0, 9.0, 2.0]), ("growing", [1.0, 2.0, 4.0, 8.0])] {
        let epochs = Series::new(Stage::TrainingEpoch, model);
        let epochs = seconds.iter().fold(epochs, |epochs, &seconds| {
            epochs.ok(seconds, &[(Number::NumSamples, 9.0)])
        });
        series.push(epochs);
    }
    let many = (0..50).fold(Series::new(Stage::TrainingEpoch, "many"), |many, n| {
        many.ok(0.1 + f64::from(n) / 1e4, &[])
    });
    series.push(many);
    let task = || Series::new(Stage::DistributedTask, "t");
    series.push(task().ok(60.0, &[(Number::NumWorkers, 2.0)]).ok(60.0, &[]));
    series.push(
        task()
            .label(Label::Phase, "coordination")
            .ok(30.0, &[])
            .ok(20.0, &[]),
    );
    series.push(task().label(Label::Phase, "compute").ok(50.0, &[]));
    for n in 0..30 {
        series.push(Series::new(Stage::Operation, &format!("o{n:02}")).ok(0.1, &[]));
        series.push(Series::new(Stage::WorkerUtilization, &format!("w{n:02}")).sample(
            Number::Utilization,
            0.0,
            0.1,
        ));
    }
    snapshot(series)
}

/// The titles of sections, tables and columns, and rows about the recording.
fn terms(document: &Document) -> BTreeSet<String> {
    let mut terms = BTreeSet::new();
    for section in &document.sections {
        terms.insert(section.title.to_owned());
        for table in &section.tables {
            terms.insert(table.caption.to_owned());
            terms.extend(table.columns.iter().map(|column| generic(&column.title)));
            if section.title == "About this recording" {
                terms.extend(crate::fitted::fitted(&table.columns[0].cells, 80));
            }
        }
    }
    terms.remove("");
    terms
}

/// Rates and percentiles are explained once for all.
fn generic(title: &str) -> String {
    for rate in ["/s over the span", "/s each", "/s"] {
        if title.ends_with(rate) {
            return format!("…{rate}");
        }
    }
    match title.strip_prefix('p') {
        Some(percentile) if percentile.parse::<f64>().is_ok() => "p…".to_owned(),
        _ => title.to_owned(),
    }
}

/// Sentences without what differs from report to report: the parts between numbers and quoted names.
fn fixed_parts(sentence: &str) -> Vec<String> {
    let is_break = |c: char| c.is_ascii_digit() || "“”()".contains(c);
    let parts = sentence
        .split(is_break)
        .map(|part| part.trim_matches([' ', '.', ',', ':', '%', '·']));
    parts
        .filter(|part| part.split(' ').count() > 2)
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_word_has_its_meaning() {
    let documents: Vec<Document> = reports().iter().map(sections::document).collect();
    let shown: BTreeSet<String> = documents.iter().flat_map(terms).collect();
    let explained: BTreeSet<String> = MEANING
        .lines()
        .filter_map(|line| line.strip_prefix("| **")?.split_once("** |"))
        .flat_map(|(terms, _)| terms.split("**, **"))
        .map(str::to_owned)
        .collect();
    let missing: Vec<_> = shown.difference(&explained).collect();
    assert!(missing.is_empty(), "docs/meaning.md says nothing of {missing:#?}");
    let stale: Vec<_> = explained.iter().filter(|term| !shown.contains(*term)).collect();
    let head: Vec<_> = documents
        .iter()
        .map(|document| document.summary.as_str())
        .collect();
    let stale: Vec<_> = stale
        .into_iter()
        .filter(|term| head.iter().all(|head| !head.contains(term.as_str())))
        .collect();
    assert!(stale.is_empty(), "no report shows {stale:#?}");
}

#[test]
fn every_note_and_warning_is_in_the_page() {
    let page = MEANING.split_whitespace().collect::<Vec<_>>().join(" ");
    for document in reports().iter().map(sections::document) {
        let tables = document.sections.iter().flat_map(|section| &section.tables);
        let notes = tables.flat_map(|table| &table.notes);
        for sentence in notes.chain(&document.warnings) {
            for part in fixed_parts(sentence) {
                assert!(
                    page.contains(&part),
                    "docs/meaning.md has no “{part}” of “{sentence}”"
                );
            }
        }
        for word in document.summary.split(" · ").skip(2).flat_map(fixed_words) {
            assert!(
                page.contains(&word),
                "docs/meaning.md has no “{word}” of “{}”",
                document.summary
            );
        }
    }
}

/// The words of a part of the head.
fn fixed_words(part: &str) -> Vec<String> {
    let words = part.split([',', '(', ')']);
    let words = words.map(|word| word.trim_matches(|c: char| c.is_ascii_digit() || " ,.".contains(c)));
    words
        .filter(|word| !word.is_empty())
        .map(|word| word.trim_end_matches('s').to_owned())
        .collect()
}

/// The tables of the worked example are those of the report.
#[test]
fn the_worked_example_is_true() {
    let markdown = Report::new(&example(), &Config::default()).to_markdown();
    let inference = markdown.split_once("## Inference\n").unwrap().1;
    let example = MEANING.split_once("## A worked example").unwrap().1;
    let rows = |text: &str| -> Vec<String> {
        let rows = text
            .lines()
            .filter(|line| line.starts_with("| minilm") || line.starts_with("| Model"));
        rows.map(str::to_owned).collect()
    };
    assert_eq!(rows(example), rows(inference), "{inference}");
}

/// What stands below findings is described by their rules.
#[test]
fn every_number_below_a_finding_is_described() {
    for finding in reports().iter().flat_map(|report| &report.findings) {
        let rule = aimlm_diagnosis::rules()
            .iter()
            .find(|rule| rule.kind == finding.kind);
        for evidence in &finding.evidence {
            let mut names = rule.unwrap().evidence.iter().map(|(name, _)| *name);
            let is_described = names.any(|known| match known.strip_suffix('…') {
                Some(beginning) => evidence.name.starts_with(beginning),
                None => known == evidence.name,
            });
            assert!(is_described, "{}: {}", finding.kind, evidence.name);
        }
    }
}
