//! Numbers and labels under names of the program's own, by attributes and by hand.

use std::collections::BTreeMap;
use std::time::Duration;

use aimlm::{Label, Metrics, Number, SeriesSnapshot, Snapshot, Stage, track_inference, track_training_step};

struct Scored {
    candidates: usize,
}

#[track_inference(
    model = "own_words_ranker",
    metrics = metrics,
    numbers(depth = f64::from(depth), candidates = |out| out.candidates, temperature = 0.7),
    labels(tenant = tenant, region = "eu")
)]
fn rank(metrics: &Metrics, tenant: &str, depth: u32) -> Result<Scored, String> {
    if depth > 9 {
        return Err("too many wait".into());
    }
    Ok(Scored {
        candidates: depth as usize * 100,
    })
}

#[track_training_step(model = "own_words_net", step = step, numbers(perplexity = |loss| loss.exp()))]
fn step(step: u64) -> f64 {
    1.0 / (step + 1) as f64
}

fn number(name: &str) -> Number {
    Number::of_name(name).expect("the name is taken")
}

fn series<'a>(snapshot: &'a Snapshot, tenant: &str) -> &'a SeriesSnapshot {
    let label = Label::of_name("tenant").expect("the name is taken");
    let mut all = snapshot.series.iter();
    all.find(|series| series.label(label) == Some(tenant))
        .expect("it was recorded")
}

#[test]
fn an_attribute_takes_names_of_the_programs_own() {
    let metrics = Metrics::default_instance();
    for (tenant, depth) in [("free", 3), ("free", 5), ("paid", 1), ("paid", 10)] {
        let _ = rank(&metrics, tenant, depth);
    }
    let snapshot = metrics.snapshot();
    assert_eq!(snapshot.series.len(), 2);
    let (free, paid) = (series(&snapshot, "free"), series(&snapshot, "paid"));
    assert_eq!(free.label(Label::of_name("region").unwrap()), Some("eu"));
    let depth = free.field(number("depth")).unwrap();
    assert_eq!(
        (depth.count, depth.mean(), depth.min, depth.max),
        (2, Some(4.0), Some(3.0), Some(5.0))
    );
    let last: Vec<f64> = depth.curve.iter().map(|point| point.y).collect();
    assert_eq!(last, [3.0, 5.0]);
    assert_eq!(free.field(number("candidates")).unwrap().sum, 800.0);
    assert_eq!(free.field(number("temperature")).unwrap().sum, 1.4);
    // Those of calls that failed stand apart, and what looks at the result has none.
    assert_eq!((paid.outcomes.ok, paid.outcomes.error), (1, 1));
    assert_eq!(paid.field(number("depth")).unwrap().sum, 1.0);
    assert_eq!(paid.failed_fields[&number("depth")].sum, 10.0);
    assert!(!paid.failed_fields.contains_key(&number("candidates")));
}

#[test]
fn they_stand_at_their_step() {
    for n in 0..4 {
        step(n);
    }
    let snapshot = Metrics::global().snapshot();
    let mut steps = snapshot.subject(Stage::TrainingStep, "own_words_net");
    let perplexity = steps.next().unwrap().field(number("perplexity")).unwrap();
    let points: Vec<_> = perplexity.curve.iter().map(|point| (point.x, point.y)).collect();
    let expected: Vec<_> = (0..4)
        .map(|n| (f64::from(n), (1.0 / f64::from(n + 1)).exp()))
        .collect();
    assert_eq!(points, expected);
}

#[test]
fn by_hand_they_are_said_before_and_while_a_call_runs() {
    let metrics = Metrics::default_instance();
    let mut call = metrics
        .track_operation("parse")
        .number("depth", 2)
        .label("shard", "a")
        .start();
    call.number("nodes", 40_u64).number("nodes", 44_u64);
    call.ok();
    metrics
        .track_operation("parse")
        .label("shard", "b")
        .number("depth", 0.5)
        .record(Duration::from_millis(1));
    let snapshot = metrics.snapshot();
    let shards: Vec<_> = snapshot
        .series
        .iter()
        .map(|series| series.label(Label::of_name("shard").unwrap()))
        .collect();
    assert_eq!(shards, [Some("a"), Some("b")]);
    assert_eq!(snapshot.series[0].field(number("nodes")).unwrap().sum, 44.0);
    let whole = snapshot.operation("parse").unwrap().calls;
    assert_eq!(whole.numbers[&number("depth")].total, 2.5);
    assert_eq!(whole.labels[&Label::of_name("shard").unwrap()], ["a", "b"]);
}

/// A word of the vocabulary that another stage has is that word, with its own way to add up.
#[test]
fn words_of_other_stages_keep_their_meaning() {
    let metrics = Metrics::default_instance();
    let calls = [3.0, 4.0].map(|tokens| metrics.track_operation("tokenize").number("tokens_out", tokens));
    calls
        .into_iter()
        .for_each(|call| call.record(Duration::from_millis(1)));
    metrics
        .track_operation("tokenize")
        .number("tokens_out", -1)
        .record(Duration::from_millis(1));
    let tokens = metrics.snapshot().series[0]
        .field(Number::TokensOut)
        .cloned()
        .unwrap();
    assert_eq!((tokens.count, tokens.total), (2, Some(7)));
}

#[test]
fn reports_show_them_and_files_keep_them() {
    let metrics = Metrics::default_instance();
    for depth in [2, 6] {
        let call = metrics
            .track_inference("ranker")
            .label("tenant", "free")
            .number("depth", depth);
        call.record(Duration::from_millis(3));
    }
    let report = metrics.comprehensive_report();
    let markdown = report.to_markdown();
    assert!(markdown.contains("## Other numbers"), "{markdown}");
    assert!(
        squeezed(&markdown).contains("| inference | ranker | depth | 2 | 4 | 2 | 6 | 6 |"),
        "{markdown}"
    );
    assert!(squeezed(&markdown).contains("| Model | tenant |"), "{markdown}");
    let snapshot = metrics.snapshot();
    let text = serde_json::to_string(&snapshot).unwrap();
    let mut read: Snapshot = serde_json::from_str(&text).unwrap();
    assert_eq!(read, snapshot);
    read.merge(&snapshot);
    assert_eq!(read.series[0].field(number("depth")).unwrap().sum, 16.0);
}

fn squeezed(text: &str) -> String {
    text.split(' ')
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// What another version of aimlm has words for is kept, shown and merged.
#[test]
fn words_that_nobody_knows_survive() {
    let metrics = Metrics::default_instance();
    metrics
        .track_inference("llm")
        .tokens_out(5)
        .device("cpu")
        .record(Duration::from_millis(3));
    let text = serde_json::to_string(&metrics.snapshot()).unwrap();
    let future = [
        ("\"inference\"", "\"speculation\""),
        ("\"tokens_out\"", "\"tokens_drafted\""),
        ("\"device\"", "\"socket\""),
    ]
    .iter()
    .fold(text, |text, (known, unknown)| text.replace(known, unknown));
    let mut read: Snapshot = serde_json::from_str(&future).unwrap();
    assert_eq!(serde_json::to_string(&read).unwrap(), future);
    let stage = Stage::of_name("speculation").unwrap();
    assert_eq!(read.stage(stage).count(), 1);
    read.merge(&read.clone());
    let drafted = read.series[0].field(number("tokens_drafted")).unwrap();
    // A whole number of theirs stays one.
    assert_eq!((drafted.count, drafted.total), (2, Some(10)));
    let labels = BTreeMap::from([(Label::of_name("socket").unwrap(), "cpu".to_owned())]);
    assert_eq!(read.series[0].labels, labels);
    let report = aimlm::Report::new(&read, metrics.config()).to_markdown();
    assert!(
        report.contains("### Other stages") && report.contains("| speculation | llm "),
        "{report}"
    );
}
