//! Single tables and sentences.

use aimlm_config::Config;
use aimlm_snapshot::Snapshot;
use aimlm_snapshot::fixture::{Series, snapshot};
use aimlm_vocabulary::{Label, Number, Outcome, Stage};

use crate::Report;
use aimlm_format::{bytes, count};

pub(super) fn report(series: impl IntoIterator<Item = Series>) -> Report {
    Report::new(&snapshot(series), &Config::default())
}

/// The cells of the first row of the table behind `title`, by heading.
pub(super) fn first_row(markdown: &str, title: &str) -> Vec<(String, String)> {
    let table = markdown.split(title).nth(1).unwrap();
    let mut lines = table.lines().filter(|line| line.starts_with('|'));
    let cells = |line: &str| -> Vec<String> { line.split('|').map(|cell| cell.trim().into()).collect() };
    let head = cells(lines.next().unwrap());
    head.into_iter().zip(cells(lines.nth(1).unwrap())).collect()
}

pub(super) fn cell(markdown: &str, title: &str, heading: &str) -> String {
    let row = first_row(markdown, title);
    let found = row.iter().find(|(head, _)| head == heading);
    found
        .unwrap_or_else(|| panic!("no {heading} in {row:?}"))
        .1
        .clone()
}

/// Whatever label and amount a call may say has a column; a step says rows here or samples, never both.
#[test]
fn every_label_and_every_amount_is_shown() {
    let mut missing = Vec::new();
    for &stage in Stage::ALL.iter().filter(|stage| stage.attribute().is_some()) {
        let is_second = |number| number == Number::NumSamples && stage.items().contains(&Number::BatchSize);
        let numbers = stage.numbers().iter().copied();
        let amounts: Vec<(Number, f64)> = numbers
            .filter(|&number| number.is_amount() && !is_second(number))
            .map(|number| (number, 1001.0 + f64::from(number.code())))
            .collect();
        let mut series = Series::new(stage, "subject").ok(1.0, &amounts).ok(1.0, &amounts);
        for &label in stage.labels() {
            series = series.label(label, &format!("some-{}", label.name()));
        }
        let markdown = report([series]).to_markdown();
        let labels = stage
            .labels()
            .iter()
            .map(|label| format!("some-{}", label.name()));
        let totals = amounts.iter().map(|&(number, amount)| match number {
            Number::SizeBytes => bytes(2.0 * amount),
            _ => count(2 * amount as u64),
        });
        let absent = labels.chain(totals).filter(|cell| !markdown.contains(cell));
        missing.extend(absent.map(|cell| format!("{stage}: {cell}")));
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

/// One heading is one number: items a second are those of JSON, and another rate has another heading.
#[test]
fn rates_are_what_their_headings_say() {
    let mut validations = Series::new(Stage::Validation, "m");
    let mut requests = Series::new(Stage::Inference, "m");
    let mut operations = Series::new(Stage::Operation, "o");
    for _ in 0..4 {
        validations = validations.ok(0.01, &[(Number::NumSamples, 10.0)]);
        requests = requests.ok(0.01, &[(Number::BatchSize, 10.0)]);
        operations = operations.ok(0.01, &[(Number::Items, 10.0)]);
    }
    let report = report([validations.busy(0.9), requests.busy(0.02), operations.busy(0.08)]);
    let markdown = report.to_markdown();
    assert_eq!(cell(&markdown, "### Validation", "Samples/s"), "44.44");
    assert_eq!(cell(&markdown, "### Throughput", "Items/s"), "2,000");
    assert_eq!(cell(&markdown, "### Throughput", "Mean batch"), "10");
    assert_eq!(cell(&markdown, "## Operations", "Items/s"), "500");
    let throughput = report.metrics.operations["o"].calls.throughput.as_ref().unwrap();
    assert_eq!(throughput.per_second, Some(500.0));
}

/// The rows of the table behind `title`, as cells in one text.
fn rows(markdown: &str, title: &str) -> Vec<String> {
    let table = markdown.split_once(title).map_or("", |(_, table)| table);
    let lines = table.lines().skip_while(|line| !line.starts_with('|'));
    let lines = lines.take_while(|line| line.starts_with('|'));
    let cells = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    lines.map(cells).filter(|row| !row.contains("---")).collect()
}

/// A size has a row where it differs from request to request; how long and behind how many they waited always has.
#[test]
fn what_differs_from_request_to_request_is_shown() {
    let series = (1..=20).fold(Series::new(Stage::Inference, "llm"), |series, n| {
        let n = f64::from(n);
        let waited = [(Number::QueueTime, n * 1e6), (Number::QueueDepth, n)];
        let sizes = [(Number::BatchSize, 8.0), (Number::TokensOut, n * 10.0)];
        series.ok(0.1, &[waited, sizes].concat())
    });
    let markdown = report([series]).to_markdown();
    assert_eq!(
        rows(&markdown, "### Sizes and waiting"),
        [
            "| Model | Number | Calls | Mean | Over time | Min | Median | p95 | Max |",
            "| llm | tokens_out | 20 | 105 | – | 10 | 100 | 190 | 200 |",
            "| llm | queue_time | 20 | 10.5 ms | – | 1.00 ms | 10.0 ms | 19.0 ms | 20.0 ms |",
            "| llm | queue_depth | 20 | 10.5 | 10 | 1 | – | – | 20 |",
        ],
        "{markdown}"
    );
    assert!(!markdown.contains("Other numbers"), "{markdown}");
    let alike = Series::new(Stage::Inference, "m").ok(0.1, &[(Number::BatchSize, 8.0)]);
    assert!(!report([alike]).to_markdown().contains("Sizes and waiting"));
}

/// What the recording says of itself is all there, and what did not happen is left out.
#[test]
fn the_engine_tells_how_it_does() {
    let mut snapshot = snapshot([]);
    snapshot.engine.clock_anchors = 7;
    snapshot.engine.shared_bytes = 2048;
    let text = |snapshot: &Snapshot| Report::new(snapshot, &Config::default()).to_text();
    let quiet = text(&snapshot);
    assert!(!quiet.contains("ABOUT THIS RECORDING"), "{quiet}");
    let config = Config::builder().report_engine(true).build().unwrap();
    let asked = Report::new(&snapshot, &config).to_text();
    assert!(
        asked.contains("ABOUT THIS RECORDING") && !asked.contains("most of them"),
        "{asked}"
    );
    snapshot.engine.overflow_calls = 12_345;
    snapshot.engine.overflow_site = Some("server::answer (src/server.rs:7)".into());
    snapshot.engine.overflow_subject = Some("request 77".into());
    let loud = text(&snapshot);
    for (what, value) in [
        ("Clock compared with the system's", "7 times"),
        ("Shared by all instances", "2.00 KiB"),
        ("Calls over the limit of series", "12,345"),
        ("Function with most of them", "server::answer (src/server.rs:7)"),
        ("Subject with most of them", "request 77"),
    ] {
        let line = loud.lines().find(|line| line.contains(what));
        assert!(line.is_some_and(|line| line.contains(value)), "{what}: {loud}");
    }
}

#[test]
fn the_most_frequent_kinds_are_shown() {
    let mut failing = Series::new(Stage::Inference, "m");
    for kind in 1..=13 {
        failing = failing.error_kind(&format!("k{kind:02}"), kind);
    }
    for _ in 0..91 {
        failing = failing.ended(Outcome::Error, 0.1, &[]);
    }
    let markdown = report([failing]).to_markdown();
    let section = markdown.split("## Errors by kind").nth(1).unwrap();
    let rows: Vec<&str> = section
        .lines()
        .filter(|line| line.starts_with("| inference"))
        .collect();
    assert_eq!(rows.len(), 11, "{section}");
    assert!(rows[0].contains("k13") && rows[9].contains("k04"), "{section}");
    assert!(
        rows[10].contains("(3 more kinds)") && rows[10].contains(" 6 |"),
        "{section}"
    );
}

#[test]
fn sampled_memory_is_shown_for_every_stage() {
    let sampled = [
        (Stage::ModelLoad, "loaded"),
        (Stage::TrainingStep, "trained"),
        (Stage::DatasetLoad, "read"),
        (Stage::Operation, "done"),
        (Stage::Inference, "asked"),
    ];
    let series = sampled.map(|(stage, subject)| Series::new(stage, subject).ok(0.1, &[]).memory(&[1 << 20]));
    let markdown = report(series).to_markdown();
    let section = markdown
        .split("## Memory of the process, sampled")
        .nth(1)
        .unwrap();
    for (stage, subject) in sampled {
        let stage = aimlm_format::stage_in_words(stage);
        let row = section.lines().find(|line| line.contains(subject));
        assert!(
            row.is_some_and(|row| row.contains(&stage) && row.contains("1.00 MiB")),
            "{section}"
        );
    }
}

#[test]
fn items_without_a_rate_are_counted() {
    let mut snapshot = snapshot([Series::new(Stage::Inference, "m").ok(0.5, &[(Number::BatchSize, 3.0)])]);
    let text = serde_json::to_string(&snapshot).unwrap();
    let mut text: serde_json::Value = serde_json::from_str(&text).unwrap();
    text["series"][0]["rate"] = serde_json::json!({
        "items": "batch_size", "total_items": 3, "count": 0, "sum": 0.0, "min": null, "max": null,
    });
    snapshot = serde_json::from_str(&text.to_string()).unwrap();
    let throughput = snapshot.inference_of("m").unwrap().calls.throughput.unwrap();
    assert_eq!((throughput.total, throughput.per_second), (3, None));
    let per_call = throughput.per_call.unwrap();
    assert_eq!((per_call.count, per_call.mean), (0, None));
    assert_eq!((per_call.min, per_call.max), (None, None));
}

#[test]
fn what_has_no_name_is_seen() {
    let series = [
        Series::new(Stage::Operation, "").ok(0.1, &[]),
        Series::new(Stage::WorkerUtilization, "").sample(Number::Utilization, 0.0, 0.1),
        Series::new(Stage::ModelLoad, "m")
            .label(Label::Source, "")
            .ok(0.1, &[]),
    ];
    let report = report(series);
    assert_eq!(
        cell(&report.to_markdown(), "## Operations", "Operation"),
        "(empty)"
    );
    assert_eq!(cell(&report.to_markdown(), "### Loading", "Source"), "(empty)");
    let text = report.to_text();
    assert!(text.contains("(empty) 10 %"), "{text}");
}

#[test]
fn one_call_is_one_call() {
    let one = report([Series::new(Stage::Operation, "o").ok(0.1, &[])]).to_text();
    assert!(one.contains("· 1 call, 0 failed"), "{one}");
    let two = report([Series::new(Stage::Operation, "o").ok(0.1, &[]).ok(0.1, &[])]).to_text();
    assert!(two.contains("· 2 calls, 0 failed"), "{two}");
}

/// A cell that has room for one text of several names one that worked.
#[test]
fn the_source_that_failed_is_not_named_first() {
    let load = |source: &str| Series::new(Stage::DatasetLoad, "digits").label(Label::Source, source);
    let snapshot = snapshot([
        load("https://a.example.org/a/mirror/of/digits.csv").ended(Outcome::Error, 1.0, &[]),
        load("s3://z.example.org/the/origin/of/digits.csv").ok(2.0, &[]),
    ]);
    let report = Report::new(&snapshot, &Config::default());
    assert!(
        report.to_text().contains("s3://z…ts.csv and 1 more"),
        "{}",
        report.to_text()
    );
    let labels = &report.metrics.datasets["digits"].load.as_ref().unwrap().labels[&Label::Source];
    assert!(
        labels.iter().map(|source| &source[..2]).eq(["s3", "ht"]),
        "{labels:?}"
    );
}
