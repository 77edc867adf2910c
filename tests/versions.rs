//! Files of every version that there was, and of one that is to come.

use std::collections::BTreeSet;

use aimlm::{Config, Label, Number, NumberKind, Report, SCHEMA_VERSION, Snapshot, Stage};
use serde_json::Value;

const SCHEMA_1: &str = include_str!("golden/schema_1.aimlm.json");
const SCHEMA_2: &str = include_str!("golden/schema_2.aimlm.json");
const FUTURE: &str = include_str!("golden/future.aimlm.json");

fn read(text: &str) -> Snapshot {
    Snapshot::from_run_file(text.as_bytes()).unwrap()
}

/// What the program that wrote both files recorded, as `tests/golden_files.rs` says.
fn is_what_was_recorded(run: &Snapshot) {
    let minilm = run.inference_of("minilm").unwrap().calls;
    assert_eq!(
        (minilm.counts.started, minilm.counts.ok, minilm.counts.error),
        (60, 52, 8)
    );
    assert_eq!(minilm.error_kinds["timeout"], 8);
    assert_eq!(minilm.latency.max_seconds, Some(0.000_9 + 29.0 * 37e-6));
    let sum: f64 = (0..30)
        .filter(|n| n % 7 != 3)
        .map(|n| 0.000_9 + f64::from(n) * 37e-6)
        .sum();
    assert!((minilm.latency.total_seconds - 2.0 * sum).abs() < 1e-9);
    assert_eq!(minilm.labels[&Label::of_name("region").unwrap()], ["eu"]);
    assert_eq!(minilm.labels[&Label::Device], ["cuda:0", "cuda:1"]);
    assert_eq!(minilm.numbers[&Number::of_name("kv_cache").unwrap()].count, 52);
    let training = run.training_of("mlp").unwrap();
    let loss = &training.curves["step_loss"];
    assert_eq!((loss.count, loss.not_finite), (24, 1));
    assert_eq!(loss.first_not_finite_at, Some(4.0));
    let steps = run
        .series
        .iter()
        .find(|series| series.stage == Stage::TrainingStep)
        .unwrap();
    let call = steps.history.calls().next().unwrap();
    assert!(
        call.start_ns.abs_diff(run.taken_at_ns) < 1_000_000_000,
        "{}",
        call.start_ns
    );
    assert!(run.window_ns > 20_000_000 && run.window_ns < 10_000_000_000);
    assert_eq!(run.program().name.as_deref(), Some("golden"));
    assert_eq!(run.sources[0].taken_at_ns, run.taken_at_ns);
    let report = Report::new(run, &Config::default());
    assert!(
        report
            .findings
            .iter()
            .all(|finding| finding.kind != aimlm::FindingKind::InternalFaults)
    );
}

/// What schema 2 has from its first release on.
fn numbers_are_of_their_kinds(run: &Snapshot) {
    let numbers = run.inference_of("minilm").unwrap().calls.numbers;
    let of = |name| numbers[&Number::of_name(name).unwrap()];
    let ok = || (0..30).filter(|n| n % 7 != 3);
    let sum = 2.0 * f64::from(ok().sum::<u32>());
    let (waited, taken) = (of("queue_time"), of("tokenized_in"));
    assert_eq!((waited.kind, taken.kind), (NumberKind::Time, NumberKind::Time));
    assert!((waited.total - sum * 1e-4).abs() < 1e-12, "{}", waited.total);
    assert_eq!((taken.count, taken.max), (52, Some(29.0 * 700e-9)));
    assert!(waited.median.is_some() && taken.p95.is_some());
    assert_eq!(
        (of("queue_depth").kind, of("queue_depth").max),
        (NumberKind::Level, Some(4.0))
    );
    assert_eq!((of("cached").kind, of("cached").total), (NumberKind::Count, sum));
    assert_eq!(of("kv_cache").kind, NumberKind::Real);
}

#[test]
fn schema_1_is_read() {
    is_what_was_recorded(&read(SCHEMA_1));
}

/// Whatever had a time has it still, in nanoseconds.
#[test]
fn moments_of_schema_1_are_its_seconds() {
    let (file, run) = (serde_json::from_str::<Value>(SCHEMA_1).unwrap(), read(SCHEMA_1));
    let is = |seconds: &Value, ns: i64, what: &str| {
        let seconds = seconds.as_f64().unwrap_or_else(|| panic!("{what}"));
        assert!(
            (seconds - ns as f64 / 1e9).abs() < 1e-6,
            "{what}: {seconds} s, {ns} ns"
        );
    };
    is(&file["taken_at"], run.taken_at_ns, "taken_at");
    is(&file["window_seconds"], run.window_ns as i64, "window_seconds");
    is(
        &file["engine"]["collector_busy_seconds"],
        run.engine.collector_busy_ns as i64,
        "collector_busy_seconds",
    );
    let [mut points, mut calls, mut samples] = [0; 3];
    for series in file["series"].as_array().unwrap() {
        let same = |read: &&aimlm::SeriesSnapshot| {
            let label = |(label, text): (&Label, &String)| series["labels"][label.name()] == **text;
            series["stage"] == read.stage.name()
                && series["subject"] == *read.subject
                && read.labels.iter().all(label)
        };
        let read = run.series.iter().find(same).unwrap();
        is(
            &series["first_start"],
            read.first_start_ns.unwrap(),
            "first_start",
        );
        is(&series["last_end"], read.last_end_ns.unwrap(), "last_end");
        for (number, read) in &read.fields {
            for (nth, point) in read.curve.iter().enumerate() {
                is(
                    &series["fields"][number.name()]["curve"][nth]["at"],
                    point.at_ns,
                    "curve",
                );
                points += 1;
            }
        }
        for (nth, call) in read.history.calls().enumerate() {
            is(
                &series["history"]["calls"][nth]["start"],
                call.start_ns,
                "history",
            );
            calls += 1;
        }
        for (nth, &at_ns) in read
            .memory
            .iter()
            .flat_map(|memory| &memory.recent_at_ns)
            .enumerate()
        {
            is(&series["memory"]["recent_at"][nth], at_ns, "memory");
            samples += 1;
        }
    }
    assert!(
        points > 50 && calls > 60 && samples > 5,
        "{points} {calls} {samples}"
    );
}

#[test]
fn schema_2_is_read() {
    let run = read(SCHEMA_2);
    is_what_was_recorded(&run);
    numbers_are_of_their_kinds(&run);
    assert_eq!(run.sources[0].parameters["learning_rate"], "0.01");
    assert_eq!(
        (run.sources[0].rank, run.sources[0].world_size),
        (Some(1), Some(2))
    );
    // Whole windows of one process, and a call that was in flight from one to the next.
    let held = run.operation("held").unwrap().calls.counts;
    assert_eq!((held.started, held.ok, held.in_flight), (1, 1, 0));
}

/// What was read is written again, and reads the same: an earlier version as this one, a later one as what it is.
#[test]
fn what_was_read_of_any_version_is_written_again() {
    for (text, version) in [
        (SCHEMA_1, SCHEMA_VERSION),
        (SCHEMA_2, SCHEMA_VERSION),
        (FUTURE, 9),
    ] {
        let run = read(text);
        let again = run.to_run_file();
        assert!(again.starts_with(&format!(r#"{{"aimlm":"run","schema_version":{version},"#)));
        assert_eq!(read(&again).to_run_file(), again);
        let mut twice = run.clone();
        twice.merge(&run);
        assert_eq!(twice.series.len(), run.series.len());
    }
}

/// Books that only members of a later version balance are no reason to refuse what this one wrote of them.
#[test]
fn a_later_version_is_read_however_often_it_was_written_and_merged() {
    let mut later: Value = serde_json::from_str(SCHEMA_2).unwrap();
    later["schema_version"] = 3.into();
    for series in later["series"].as_array_mut().unwrap() {
        series["outcomes"]["ok"] = 0.into();
    }
    let run = read(&later.to_string());
    let mut merged = read(SCHEMA_2);
    merged.merge(&run);
    for snapshot in [
        &run,
        &merged,
        &run.since(&read(SCHEMA_2)),
        &run.of_source(0).unwrap(),
    ] {
        assert_eq!(read(&snapshot.to_run_file()).schema_version, 3);
    }
}

/// No member of a file of this schema is lost, whatever was added to it since.
#[test]
fn nothing_of_schema_2_is_lost() {
    let written: Value = serde_json::from_str(&read(SCHEMA_2).to_run_file()).unwrap();
    holds(&serde_json::from_str(SCHEMA_2).unwrap(), &written, "");
}

/// Every member of one is in the other, with its value.
fn holds(ours: &Value, theirs: &Value, path: &str) {
    match (ours, theirs) {
        (Value::Object(ours), Value::Object(theirs)) => {
            for (name, value) in ours {
                let path = format!("{path}/{name}");
                let theirs = theirs.get(name).unwrap_or_else(|| panic!("{path} is gone"));
                holds(value, theirs, &path);
            }
        }
        (Value::Array(ours), Value::Array(theirs)) => {
            assert_eq!(ours.len(), theirs.len(), "{path}");
            for (at, (ours, theirs)) in ours.iter().zip(theirs).enumerate() {
                holds(ours, theirs, &format!("{path}/{at}"));
            }
        }
        _ => assert_eq!(ours, theirs, "{path}"),
    }
}

/// A file of a later version: with one of everything that this one does not know.
#[test]
fn the_future_is_read() {
    let run = read(FUTURE);
    is_what_was_recorded(&run);
    numbers_are_of_their_kinds(&run);
    let later = run
        .series
        .iter()
        .find(|series| series.stage.name() == "reinforcement")
        .unwrap();
    assert_eq!(later.subject, "ppo");
    assert_eq!(later.labels[&Label::of_name("environment").unwrap()], "cartpole");
    assert_eq!(later.fields[&Number::of_name("reward").unwrap()].sum, 7.5);
    assert_eq!((later.outcomes.ok, later.outcomes.other), (3, 2));
    // Two of its calls ended as no call of this version does.
    assert_eq!((later.started, later.history.len()), (5, 3));
    let markdown = Report::new(&run, &Config::default()).to_markdown();
    assert!(
        markdown.contains("ppo") && markdown.contains("reward"),
        "{markdown}"
    );
}

/// The file of the future has what it says: an unknown member in each kind of object.
#[test]
fn the_future_is_unknown_everywhere() {
    fn collect<'v>(value: &'v Value, kinds: &mut BTreeSet<Vec<&'v str>>, known: &mut usize) {
        match value {
            Value::Object(object) => {
                if object.contains_key("unheard_of") {
                    kinds.insert(object.keys().map(String::as_str).collect());
                    *known += 1;
                }
                object.values().for_each(|value| collect(value, kinds, known));
            }
            Value::Array(list) => list.iter().for_each(|value| collect(value, kinds, known)),
            _ => {}
        }
    }
    let future: Value = serde_json::from_str(FUTURE).unwrap();
    let (mut kinds, mut known) = (BTreeSet::new(), 0);
    collect(&future, &mut kinds, &mut known);
    assert!(kinds.len() >= 14 && known > 500, "{} {known}", kinds.len());
    assert_eq!(future["schema_version"], 9);
}

/// A file may lack whatever it likes.
#[test]
fn every_member_has_a_default() {
    let whole: Value = serde_json::from_str(SCHEMA_2).unwrap();
    let empty = serde_json::json!({ "aimlm": "run", "schema_version": 3 });
    let mut later = Snapshot::default();
    later.schema_version = 3;
    assert_eq!(read(&empty.to_string()), later);
    for name in whole
        .as_object()
        .unwrap()
        .keys()
        .filter(|name| !["aimlm", "schema_version"].contains(&name.as_str()))
    {
        let mut less = whole.clone();
        less.as_object_mut().unwrap().remove(name);
        read(&less.to_string());
    }
    let members: BTreeSet<String> = whole["series"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|series| series.as_object().unwrap().keys().cloned())
        .collect();
    for name in members {
        let mut less = whole.clone();
        less["schema_version"] = 3.into();
        for series in less["series"].as_array_mut().unwrap() {
            series.as_object_mut().unwrap().remove(&name);
        }
        read(&less.to_string());
    }
}
