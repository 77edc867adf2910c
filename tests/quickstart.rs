//! The quickstart's report has what the quickstart says it did.
#![cfg(unix)]

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// Builds the example where this test was built, and gives its path.
fn quickstart() -> PathBuf {
    let mut command = Command::new(env!("CARGO"));
    command.args(["build", "--quiet", "--example", "quickstart", "--manifest-path"]);
    command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"));
    if !cfg!(debug_assertions) {
        command.arg("--release");
    }
    assert!(command.status().unwrap().success());
    // …/<profile>/deps/<this test>
    let executable = std::env::current_exe().unwrap();
    executable.ancestors().nth(2).unwrap().join("examples/quickstart")
}

/// Runs it in a folder, and gives what it printed.
fn run(report: &Path, folder: &Path) -> String {
    let output = Command::new(quickstart())
        .env("AIMLM_REPORT", report)
        .env("TMPDIR", folder)
        .current_dir(folder)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}\n{error}");
    text
}

/// The number before a word of what was printed.
fn said(printed: &str, after: &str) -> u64 {
    let mut words = printed.split_whitespace();
    let found = std::iter::from_fn(|| {
        let word = words.next()?;
        Some((word, words.clone().collect::<Vec<_>>().join(" ")))
    })
    .find(|(word, rest)| rest.starts_with(after) && word.parse::<u64>().is_ok());
    let (word, _) = found.unwrap_or_else(|| panic!("no number before {after:?} in\n{printed}"));
    word.parse().unwrap()
}

/// A number of the report.
fn reported(report: &Value, path: &str) -> f64 {
    let found = report.pointer(path);
    found
        .and_then(Value::as_f64)
        .unwrap_or_else(|| panic!("{path}: {found:?}"))
}

#[test]
fn its_report_has_what_it_did() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("quickstart");
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("report.json");
    let printed = run(&path, &folder);
    let report: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    let same = |what: &str, did: u64| {
        let path = format!("/{what}");
        assert_eq!(reported(&report, &path), did as f64, "{what}\n{printed}");
    };

    let (rows, trained) = (said(&printed, "rows:"), said(&printed, "to train"));
    let epochs = printed.lines().filter(|line| line.starts_with("epoch ")).count() as u64;
    let (rounds, workers) = (said(&printed, "rounds"), said(&printed, "workers"));
    same("datasets/digits/load/counts/ok", 1);
    same("datasets/digits/load/throughput/total", rows);
    same("datasets/digits/preprocessing/split/counts/ok", 2);
    same("training/digits/epochs/counts/ok", epochs);
    same("training/digits/epochs/throughput/total", epochs * trained);
    same("training/digits/steps/counts/ok", epochs * trained.div_ceil(32));
    same("training/digits/steps/throughput/total", epochs * trained);
    same("training/digits/validation/counts/ok", epochs);
    same("training/digits/curves/validation_accuracy/count", epochs);
    same("models/digits/checkpoint_save/counts/ok", 1);
    same(
        "models/digits/checkpoint_save/numbers/size_bytes/total",
        said(&printed, "bytes"),
    );
    same("models/digits/load/counts/ok", 1);
    same("distributed/tasks/data-parallel/calls/counts/ok", 1);
    same("distributed/tasks/data-parallel/phases/compute/counts/ok", rounds);
    same("distributed/communication/all_reduce/counts/ok", rounds);
    for worker in 0..workers {
        same(
            &format!("distributed/workers/worker-{worker}/utilization/count"),
            rounds,
        );
    }
    let requests = said(&printed, "requests,");
    same("inference/digits/calls/counts/ok", requests);
    same("inference/digits/calls/throughput/total", requests * 32);

    // It learns, and so do its curves.
    assert!(said(&printed, "rows right") * 10 > requests * 32 * 9, "{printed}");
    let loss = |end: &str| reported(&report, &format!("/training/digits/curves/loss/{end}"));
    assert!(loss("last") < loss("first") / 4.0);

    // The checkpoint is not left behind, and nothing else but the report is.
    let left: Vec<_> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(left, ["report.json"]);
}
