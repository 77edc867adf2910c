//! Writes the golden files of `tests/golden` that `tests/versions.rs` reads: once for each version of the schema, when it is
//! released, by `GOLDEN=overwrite cargo test --test golden_files`. Files of earlier versions
//! are what programs of their time wrote, and stay.

use std::collections::BTreeSet;
use std::time::Duration;

use aimlm::{Config, Metrics, SCHEMA_VERSION, Snapshot};
use serde_json::{Value, json};

/// One of everything, as every golden file has it.
fn recorded() -> Snapshot {
    let config = Config::builder()
        .track_memory_usage(true)
        .memory_sample_interval(Duration::from_millis(1))
        .max_series(40)
        .history_size(20);
    let metrics = Metrics::new(config.build().unwrap()).unwrap();
    metrics.describe(|run| {
        run.rank(1, 2)
            .local_rank(1)
            .git_revision("0123456789abcdef0123456789abcdef01234567");
        run.parameter("learning_rate", 0.01);
    });
    for device in ["cuda:0", "cuda:1"] {
        for n in 0..30_u64 {
            let call = metrics
                .track_inference("minilm")
                .device(device)
                .batch_size(4 + n % 3);
            let call = call.tokens_in(100_u64).tokens_out(n).label("region", "eu");
            let call = call.number("kv_cache", 0.5 + n as f64 / 100.0);
            let call = call.queue_time(Duration::from_micros(n * 100)).queue_depth(n % 5);
            let call = call
                .number("cached", n)
                .number("tokenized_in", Duration::from_nanos(n * 700));
            if n % 7 == 3 {
                call.start().fail_with("timeout");
            } else {
                call.record(Duration::from_micros(900 + n * 37));
            }
        }
    }
    for epoch in 0..3_u64 {
        for step in 0..8_u64 {
            let loss = if (epoch, step) == (1, 4) {
                f64::NAN
            } else {
                2.0 / (1 + epoch * 8 + step) as f64
            };
            let call = metrics.track_training_step("mlp").epoch(epoch).step(step);
            call.loss(loss)
                .num_samples(32_u64)
                .record(Duration::from_millis(2));
        }
        let call = metrics
            .track_training_epoch("mlp")
            .epoch(epoch)
            .num_samples(256_u64);
        call.loss(1.0 / (1 + epoch) as f64)
            .record(Duration::from_millis(20));
    }
    metrics.record_model_load("minilm", Duration::from_millis(40));
    let held = metrics.track_operation("held").start();
    let slow = metrics.track_operation("slow").start();
    std::thread::sleep(Duration::from_millis(20));
    slow.ok();
    for n in 0..60 {
        metrics.record_inference(&format!("model-{n}"), Duration::from_millis(1));
    }
    let mut whole = metrics.snapshot_and_reset();
    metrics.record_operation("later", Duration::from_millis(3));
    held.ok();
    whole.merge(&metrics.snapshot());
    whole.sources[0].program = Some("golden".into());
    whole
}

/// With something unknown in every object, a stage, labels and numbers that nobody knows, and calls that ended in a new way.
fn of_the_future(mut file: Value) -> Value {
    file["schema_version"] = 9.into();
    let calls = |outcome: &str| json!({ "start_ns": 1_795_000_000_000_000_000_i64, "duration_ns": 5, "outcome": outcome });
    let reward =
        json!({ "kind": "estimate", "count": 3, "sum": 7.5, "min": 1.5, "max": 4.0, "unit": "{point}" });
    let series = file["series"].as_array_mut().unwrap();
    series.push(json!({
        "stage": "reinforcement",
        "subject": "ppo",
        "labels": { "environment": "cartpole" },
        "started": 5,
        "outcomes": { "ok": 3, "truncated": 2 },
        "latency": { "count": 3, "sum_ns": 15, "min_ns": 5, "max_ns": 5, "buckets": [[5, 3]] },
        "fields": { "reward": reward },
        "history": { "complete": true, "calls": [calls("ok"), calls("truncated"), calls("ok"), calls("truncated"), calls("ok")] },
    }));
    add_unknown(&mut file, true);
    file
}

/// Not to maps by names of the program's own.
fn add_unknown(value: &mut Value, is_structure: bool) {
    match value {
        Value::Object(members) => {
            for (name, value) in members.iter_mut() {
                let maps = [
                    "labels",
                    "fields",
                    "failed_fields",
                    "error_kinds",
                    "parameters",
                    "carried_at",
                    "left_at",
                ];
                add_unknown(value, !maps.contains(&name.as_str()));
            }
            if is_structure {
                members.insert("unheard_of".into(), json!({ "deep": [1, "two", null] }));
            }
        }
        Value::Array(list) => list.iter_mut().for_each(|value| add_unknown(value, true)),
        _ => {}
    }
}

/// Every member of a file, by the names that lead to it.
fn members(value: &Value, path: &str, all: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => {
            for (name, value) in object {
                let path = format!("{path}/{name}");
                members(value, &path, all);
                all.insert(path);
            }
        }
        Value::Array(list) => list.iter().for_each(|value| members(value, path, all)),
        _ => {}
    }
}

/// Whatever is written today stands in the golden file of this version. `GOLDEN=overwrite` writes it, and that of the future.
#[test]
fn the_golden_file_has_every_member() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden");
    let path = format!("{folder}/schema_{SCHEMA_VERSION}.aimlm.json");
    let run = recorded().to_run_file();
    let written: Value = serde_json::from_str(&run).unwrap();
    if std::env::var("GOLDEN").is_ok_and(|how| how == "overwrite") {
        std::fs::write(&path, &run).unwrap();
        let future = of_the_future(written.clone());
        std::fs::write(format!("{folder}/future.aimlm.json"), future.to_string()).unwrap();
    }
    let golden: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    let (mut of_now, mut of_file) = (BTreeSet::new(), BTreeSet::new());
    members(&written, "", &mut of_now);
    members(&golden, "", &mut of_file);
    let lacking: Vec<_> = of_now.difference(&of_file).collect();
    assert!(lacking.is_empty(), "{lacking:?}: see `GOLDEN=overwrite`");
}
