//! Single tables and sentences.

use crate::config::Config;
use crate::event::{Field, Label, Outcome, Stage};
use crate::report::Report;
use crate::views::fixture::{Series, snapshot};

fn report(series: impl IntoIterator<Item = Series>) -> Report {
    Report::new(&snapshot(series), &Config::default())
}

/// The cells of the first row of the table behind `title`, by heading.
fn first_row(markdown: &str, title: &str) -> Vec<(String, String)> {
    let table = markdown.split(title).nth(1).unwrap();
    let mut lines = table.lines().filter(|line| line.starts_with('|'));
    let cells = |line: &str| -> Vec<String> { line.split('|').map(|cell| cell.trim().into()).collect() };
    let head = cells(lines.next().unwrap());
    head.into_iter().zip(cells(lines.nth(1).unwrap())).collect()
}

fn cell(markdown: &str, title: &str, heading: &str) -> String {
    let row = first_row(markdown, title);
    let found = row.iter().find(|(head, _)| head == heading);
    found
        .unwrap_or_else(|| panic!("no {heading} in {row:?}"))
        .1
        .clone()
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
fn items_without_a_rate_are_counted() {
    let mut snapshot = snapshot([Series::new(Stage::Inference, "m").ok(0.5, &[(Field::BatchSize, 3.0)])]);
    let text = serde_json::to_string(&snapshot).unwrap();
    let rate = r#""rate":{"items":"batch_size","total_items":3,"count":0,"sum":0.0,"min":null,"max":null}"#;
    let from = text.find(r#""rate":{"#).unwrap();
    let to = from + text[from..].find('}').unwrap() + 1;
    let text = format!("{}{rate}{}", &text[..from], &text[to..]);
    snapshot = serde_json::from_str(&text).unwrap();
    let throughput = snapshot.inference_of("m").unwrap().calls.throughput.unwrap();
    assert_eq!((throughput.total, throughput.per_second), (3, Some(6.0)));
    assert_eq!((throughput.per_call.count, throughput.per_call.mean), (0, None));
    assert_eq!((throughput.per_call.min, throughput.per_call.max), (None, None));
}

