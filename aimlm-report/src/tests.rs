mod extremes;
mod findings;
mod format_table;
mod head;
mod hostile;
mod meaning;
mod rows;
mod sources;
mod tables;

use aimlm_config::Config;
use aimlm_snapshot::Snapshot;
use aimlm_snapshot::fixture::{Series, snapshot};
use aimlm_vocabulary::{Label, Number, Outcome, Stage};

use super::Report;

const NASTY: &str = "a|b\n<script>alert(1)</script>`x`\u{202e}";

fn wave(n: usize, base: f64) -> impl Iterator<Item = f64> {
    (0..n).map(move |i| base * (1.0 + 0.5 * (i as f64 * 0.7).sin() + 0.01 * i as f64))
}

/// A program that does a little of everything.
fn full() -> Snapshot {
    snapshot(once().into_iter().chain(often()))
}

/// What happens once.
fn once() -> Vec<Series> {
    vec![
        Series::new(Stage::ModelLoad, "minilm")
            .label(Label::Framework, "candle")
            .label(Label::Source, "models/all-MiniLM-L6-v2/model.safetensors")
            .ok(6.21, &[(Number::SizeBytes, 90_868_376.0)]),
        Series::new(Stage::ModelInitialization, "minilm")
            .label(Label::Device, "cpu")
            .ok(0.0123, &[]),
        Series::new(Stage::ModelLoad, NASTY).ended(Outcome::Error, 0.2, &[]),
        Series::new(Stage::CheckpointSave, "digits-mlp").ok(0.0042, &[(Number::SizeBytes, 43_000.0)]),
        Series::new(Stage::CheckpointLoad, "digits-mlp").ok(0.0021, &[(Number::SizeBytes, 43_000.0)]),
        Series::new(Stage::DatasetLoad, "uci-digits")
            .label(Label::Format, "csv.gz")
            .ok(
                0.031,
                &[(Number::SizeBytes, 57_000.0), (Number::NumSamples, 1797.0)],
            ),
        Series::new(Stage::DatasetPreprocessing, "uci-digits")
            .label(Label::Operation, "scale")
            .ok(0.0007, &[]),
        Series::new(Stage::DatasetPreprocessing, "uci-digits")
            .label(Label::Operation, "split")
            .ok(0.0001, &[]),
        Series::new(Stage::Communication, "all_reduce").ok(0.0004, &[(Number::SizeBytes, 1e6)]),
        Series::new(Stage::WorkerUtilization, "rank-0").sample(Number::Utilization, 0.0, 0.92),
        Series::new(Stage::WorkerUtilization, "rank-1").sample(Number::Utilization, 0.0, 0.31),
        Series::new(Stage::DistributedTask, "shards").ok(0.9, &[(Number::NumWorkers, 2.0)]),
        Series::new(Stage::DistributedTask, "shards")
            .label(Label::Phase, "compute")
            .ok(0.7, &[]),
        Series::new(Stage::DistributedTask, "shards")
            .label(Label::Phase, "aggregation")
            .ok(0.1, &[]),
        Series::new(Stage::Operation, "cat").ok(0.0031, &[]).in_flight(2),
    ]
}

/// What happens again and again.
fn often() -> Vec<Series> {
    let mut all = Vec::new();
    let minilm =
        wave(700, 0.018)
            .enumerate()
            .fold(Series::new(Stage::Inference, "minilm"), |series, (i, s)| {
                series.ok(
                    s,
                    &[(Number::BatchSize, (1 + i % 8) as f64), (Number::TokensIn, 128.0)],
                )
            });
    all.push(
        minilm
            .memory(&[100 << 20, 120 << 20])
            .ended(Outcome::Error, 0.5, &[])
            .error_kind("Timeout", 1),
    );
    all.push(
        wave(900, 2e-6)
            .fold(Series::new(Stage::Inference, "digits-mlp"), |s, d| s.ok(d, &[]))
            .remembering(50),
    );
    let (mut epochs, mut stats) = (
        Series::new(Stage::TrainingEpoch, "digits-mlp"),
        Series::new(Stage::TrainingStats, "digits-mlp"),
    );
    for epoch in 1..=12 {
        let loss = 2.3 / f64::from(epoch);
        epochs = epochs.ok(
            0.21,
            &[(Number::Epoch, epoch.into()), (Number::NumSamples, 1437.0)],
        );
        stats = stats
            .sample(
                Number::Loss,
                epoch.into(),
                if epoch == 9 { f64::NAN } else { loss },
            )
            .sample(Number::LearningRate, epoch.into(), 0.1);
    }
    all.extend([epochs, stats]);
    all.push(wave(550, 0.004).fold(
        Series::new(Stage::TrainingStep, "digits-mlp"),
        |series, seconds| series.ok(seconds, &[(Number::BatchSize, 32.0)]),
    ));
    all
}

/// The whole of a small report, so that a change of its look is seen.
#[test]
fn markdown_of_a_small_program() {
    let small = snapshot([
        Series::new(Stage::Inference, NASTY).ok(0.75, &[(Number::BatchSize, 3.0)]),
        Series::new(Stage::DatasetLoad, "uci-digits")
            .label(Label::Format, "csv.gz")
            .ok(0.031, &[])
            .ok(0.029, &[]),
    ]);
    let markdown = Report::new(&small, &Config::default()).to_markdown();
    let expected = include_str!("expected.md");
    assert_eq!(markdown, expected, "\n{markdown}");
}

#[test]
fn text_fits_the_terminal() {
    let text = Report::new(&full(), &Config::default()).to_text();
    for line in text.lines() {
        assert!(aimlm_format::display_width(line) <= 80, "{line}");
        assert_eq!(line, line.trim_end(), "{line}");
    }
    assert!(text.contains("≈11.0 µs"), "{text}");
    assert!(
        text.contains("† From too few calls to rely on (p50 needs 11, p90 64, p95 130, p99 662)."),
        "{text}"
    );
}

#[test]
fn json_is_plain_and_stable() {
    let report = Report::new(&full(), &Config::default());
    let text = report.to_json();
    assert_eq!(text, Report::new(&full(), &Config::default()).to_json());
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(json["schema_version"], 2);
    assert_eq!(json["generated_at_text"], "2026-11-23T15:14:29Z");
    assert_eq!(
        json["models"]["minilm"]["load"]["numbers"]["size_bytes"]["last"],
        90_868_376.0
    );
    assert_eq!(
        json["training"]["digits-mlp"]["curves"]["loss"]["points"][8]["y"],
        serde_json::Value::Null
    );
    assert_eq!(
        json["inference"]["minilm"]["calls"]["latency"]["percentiles"]["p95"]["enough_samples"],
        true
    );
    assert_eq!(json["findings"][0]["kind"], "not_finite");
    assert!(json.get("metrics").is_none() && json.get("legacy").is_none());
    for number in ["NaN", "inf"] {
        assert!(!text.contains(&format!(": {number}")), "{number}");
    }
}

/// Every member that the description names is there, and every member at the top is described.
#[test]
fn the_schema_is_described() {
    let described = include_str!("../../docs/report-schema.md");
    let json = serde_json::to_value(Report::new(&full(), &Config::default())).unwrap();
    let mut names: Vec<&String> = json.as_object().unwrap().keys().collect();
    names.extend(json["program"].as_object().unwrap().keys());
    names.extend(json["sources"][0].as_object().unwrap().keys());
    names.extend(json["engine"].as_object().unwrap().keys());
    names.extend(json["distributed"].as_object().unwrap().keys());
    names.extend(json["findings"][0].as_object().unwrap().keys());
    let inference = &json["inference"]["minilm"]["calls"];
    names.extend(inference.as_object().unwrap().keys());
    names.extend(inference["latency"].as_object().unwrap().keys());
    names.extend(inference["sampled_memory"].as_object().unwrap().keys());
    names.extend(
        json["training"]["digits-mlp"]["curves"]["loss"]
            .as_object()
            .unwrap()
            .keys(),
    );
    for name in names {
        assert!(
            described.contains(&format!("`{name}`")),
            "docs/report-schema.md says nothing of {name}"
        );
    }
}

#[test]
fn nothing_recorded_is_a_short_report() {
    let report = Report::new(&snapshot([]), &Config::default());
    assert_eq!(report.findings, []);
    let markdown = report.to_markdown();
    assert_eq!(markdown.matches("## ").count(), 0, "{markdown}");
    assert!(
        markdown.contains("**Nothing was recorded into this instance since"),
        "{markdown}"
    );
    assert!(report.to_text().contains("0 calls, 0 failed · 0 in flight"));
}

#[test]
fn each_section_has_its_place() {
    let markdown = Report::new(&full(), &Config::default()).to_markdown();
    let sections: Vec<&str> = markdown
        .lines()
        .filter_map(|line| line.strip_prefix("## "))
        .collect();
    let expected = [
        "Findings",
        "In flight",
        "Inference",
        "Training",
        "Models",
        "Data",
        "Distributed training",
        "Operations",
        "Memory of the process, sampled",
        "Errors by kind",
    ];
    assert_eq!(sections, expected);
    assert!(markdown.contains("| █▄▃▂▂▂▁▁×▁▁▁ |"), "{markdown}");
    // For a look at the whole: `cargo test each_section -- --nocapture`.
    println!("{markdown}");
}

/// Every percentile that was asked for has its column, and what has too few calls its sign.
#[test]
fn every_percentile_is_shown() {
    let markdown = |calls, percentiles: &[f64]| {
        let series = wave(calls, 0.002).fold(Series::new(Stage::ModelLoad, "m"), |s, d| s.ok(d, &[]));
        let config = Config::builder()
            .analysis_percentiles(percentiles.iter().copied())
            .build()
            .unwrap();
        Report::new(&snapshot([series]), &config).to_markdown()
    };
    let few = markdown(20, &[50.0, 95.0]);
    assert!(
        few.contains("p50 |") && few.contains("p95 |") && !few.contains("p99"),
        "{few}"
    );
    assert!(few.contains("3.10 ms† |"), "{few}");
    assert!(
        few.contains("† From too few calls to rely on (p95 needs 130).\n"),
        "{few}"
    );
    let many = markdown(150, &[50.0, 95.0]);
    assert!(many.contains("p95 |") && !many.contains('†'), "{many}");
    assert!(markdown(1, &[99.9]).contains("p99.9 |"));
}

#[test]
fn phases_stand_in_the_order_of_work() {
    let phases = [
        "aggregation",
        "compute",
        "coordination",
        "distribution",
        "archive",
    ];
    let series = phases.map(|phase| {
        Series::new(Stage::DistributedTask, "t")
            .label(Label::Phase, phase)
            .ok(0.1, &[])
    });
    let text = Report::new(&snapshot(series), &Config::default()).to_text();
    let expected = [
        "coordination",
        "distribution",
        "compute",
        "aggregation",
        "archive",
    ];
    let at = expected.map(|phase| text.find(&format!("t     {phase}")).unwrap());
    assert!(at.is_sorted(), "{text}");
}

#[test]
fn a_refused_configuration_is_named() {
    let mut snapshot = snapshot([]);
    snapshot.engine.configuration_error =
        Some("aimlm configuration: 2 errors\n`A` is 1\n`B` is 2".to_owned());
    let markdown = Report::new(&snapshot, &Config::default()).to_markdown();
    let expected = "- **High:** 2 problems with the configuration: what is wrong was not taken, its default is in \
                    force.\\\n  “A” is 1\\\n  “B” is 2\\\n  → Correct it and";
    assert!(markdown.contains(expected), "{markdown}");
}

#[test]
fn a_refused_value_is_shown_as_it_is() {
    let mut snapshot = snapshot([]);
    snapshot.engine.configuration_problems = vec![
        r#"`A` is "a`b\"`c`", and `B` is 2"#.to_owned(),
        r#"unknown key `é\"x`, which is "`""#.to_owned(),
    ];
    let report = Report::new(&snapshot, &Config::default());
    assert_eq!(
        report.findings[0].details,
        [
            r#"“A” is "a`b\"`c`", and “B” is 2"#,
            r#"unknown key “é\"x”, which is "`""#
        ]
    );
}
