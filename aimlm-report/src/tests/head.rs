//! What stands above the sections, and what is in flight.

use super::tables::report;
use super::*;

#[test]
fn the_head_says_what_ran_where_and_how() {
    let series = Series::new(Stage::Operation, "o")
        .ok(0.1, &[])
        .ended(Outcome::Error, 0.1, &[])
        .ended(Outcome::Panicked, 0.1, &[])
        .ended(Outcome::Cancelled, 0.1, &[])
        .in_flight(2);
    let overflow = Series::new(Stage::Overflow, "").ok(0.1, &[]).in_flight(1);
    let mut snapshot = snapshot([series, overflow]);
    snapshot.engine.overflow_calls = 2;
    snapshot.sources[0].program = Some("trainer".into());
    snapshot.sources[0].cores = Some(1);
    let markdown = Report::new(&snapshot, &Config::default()).to_markdown();
    let expected = "# aimlm report: trainer\n\n2026-11-23T15:14:29Z · 2 min 03 s recorded · 8 calls, 2 failed (1 error, \
                    1 panic) · 1 cancelled · 3 in flight (not yet in times and rates) · 2 over the limit of series · 3 findings · 1 core · \
                    release build\n\n## Findings\n";
    assert!(markdown.starts_with(expected), "{markdown}");
    snapshot.sources[0].debug = true;
    let report = Report::new(&snapshot, &Config::default());
    assert!(
        report
            .to_markdown()
            .contains("\n\n**DEBUG BUILD: built without optimisation, ")
    );
    assert!(
        report
            .to_text()
            .contains("\n!! DEBUG BUILD: built without optimisation, ")
    );
}

#[test]
fn a_report_of_nothing_says_why() {
    let nothing = report([]).to_text();
    assert!(
        nothing.contains("\n!! Nothing was recorded into this instance since"),
        "{nothing}"
    );
    let mut off = snapshot([]);
    off.sources[0].enabled = false;
    let text = Report::new(&off, &Config::default()).to_text();
    assert!(
        text.contains("\n!! Recording is switched off") && !text.contains("Nothing was recorded"),
        "{text}"
    );
    let mut since = snapshot([Series::new(Stage::Operation, "o").ok(0.1, &[])]);
    since.sources[0].enabled = false;
    let text = Report::new(&since, &Config::default())
        .to_text()
        .replace("\n   ", " ");
    assert!(
        text.contains("what ran since then is not in this report"),
        "{text}"
    );
    assert!(
        !report([Series::new(Stage::Operation, "o").ok(0.1, &[])])
            .to_text()
            .contains("!!")
    );
}

/// What hangs is where no call has ended for the longest time, over the limit of series too.
#[test]
fn what_is_in_flight_is_named() {
    let hanging = Series::new(Stage::Inference, "stuck")
        .label(Label::Device, "cuda")
        .ok(10.0, &[])
        .in_flight(3);
    let busy = Series::new(Stage::Operation, "busy")
        .after(90.0)
        .ok(1.0, &[])
        .in_flight(1);
    let first = Series::new(Stage::ModelLoad, "first").in_flight(1);
    let overflow = Series::new(Stage::Overflow, "").in_flight(1);
    let text = report([hanging, busy, first, overflow]).to_text();
    let section = text
        .split_once("IN FLIGHT\n")
        .unwrap()
        .1
        .split_once("Last end is")
        .unwrap()
        .0;
    let rows: Vec<Vec<&str>> = section
        .lines()
        .skip(3)
        .map(|line| {
            line.split("  ")
                .map(str::trim)
                .filter(|cell| !cell.is_empty())
                .collect()
        })
        .collect();
    assert_eq!(
        rows,
        [
            vec!["model load", "first", "–", "1", "–"],
            vec!["overflow", "(empty)", "–", "1", "–"],
            vec!["inference", "stuck", "cuda", "3", "1 min 30 s ago"],
            vec!["operation", "busy", "–", "1", "9.00 s ago"],
        ]
    );
}

/// The percentiles of an instance are those of its views and of every table.
#[test]
fn percentiles_that_were_asked_for_are_everywhere() {
    let mut snapshot = snapshot([Series::new(Stage::Operation, "o").ok(0.1, &[])]);
    let names = |snapshot: &Snapshot| -> Vec<String> {
        snapshot
            .operation("o")
            .unwrap()
            .calls
            .latency
            .percentiles
            .into_keys()
            .collect()
    };
    assert_eq!(names(&snapshot), ["p50", "p90", "p95", "p99"]);
    snapshot.percentiles = vec![75.0, 99.9];
    assert_eq!(names(&snapshot), ["p75", "p99.9"]);
    let metrics =
        aimlm::Metrics::new(Config::builder().analysis_percentiles([12.5]).build().unwrap()).unwrap();
    metrics.record_operation("o", std::time::Duration::from_millis(1));
    assert_eq!(names(&metrics.snapshot()), ["p12.5"]);
    let text = metrics.comprehensive_report().to_text();
    assert!(text.contains(" p12.5 ") && !text.contains(" p50 "), "{text}");
}

/// More calls than are counted are not said to be enough.
#[test]
fn percentiles_at_the_edge_need_more_than_can_be_said() {
    let config = Config::builder().analysis_percentiles([1e-300, 90.0, 99.99999999999999]);
    let series = [Series::new(Stage::Operation, "o").ok(0.1, &[])];
    let markdown = Report::new(&snapshot(series), &config.build().unwrap()).to_markdown();
    assert!(
        markdown.contains(
            "(p90 needs 64, p1e-300 more than 1,099,511,627,776, p99.99999999999999 more than 1,099,511,627,776)"
        ),
        "{markdown}"
    );
}
