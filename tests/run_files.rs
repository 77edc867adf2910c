//! Run files: everything that was recorded, as a file that another program reads.

use std::time::Duration;

use aimlm::{Metrics, Number, Report, ReportFormat, Snapshot};

fn recorded() -> Metrics {
    let metrics = Metrics::default_instance();
    for tokens in [3_u64, 5] {
        let call = metrics
            .track_inference("llm")
            .label("tenant", "free")
            .tokens_out(tokens);
        call.record(Duration::from_millis(7));
    }
    metrics
}

#[test]
fn what_is_exported_reads_back() {
    let folder = tempfile::tempdir().unwrap();
    let metrics = recorded();
    for name in ["plain.aimlm.json", "packed.aimlm.json.gz", "packed.json.gz"] {
        let path = folder.path().join(name);
        metrics.export(&path).unwrap();
        let run = Snapshot::read(&path).unwrap();
        assert_eq!(
            run.series[0].field(Number::TokensOut).unwrap().total,
            Some(8),
            "{name}"
        );
        let bytes = std::fs::read(&path).unwrap();
        assert_eq!(bytes.starts_with(&[0x1f, 0x8b]), name.ends_with(".gz"), "{name}");
    }
}

/// A report of a file is the report that the program itself would have made.
#[test]
fn a_report_of_a_file_is_the_programs() {
    let metrics = recorded();
    let snapshot = metrics.snapshot();
    let read = Snapshot::from_run_file(snapshot.to_run_file().as_bytes()).unwrap();
    let reports = [&snapshot, &read].map(|snapshot| Report::new(snapshot, metrics.config()));
    assert_eq!(reports[0].to_markdown(), reports[1].to_markdown());
    assert_eq!(reports[0].to_json(), reports[1].to_json());
}

#[test]
fn files_of_two_runs_are_one_when_merged() {
    let (first, second) = (recorded().snapshot(), recorded().snapshot());
    let mut whole = Snapshot::from_run_file(first.to_run_file().as_bytes()).unwrap();
    whole.merge(&Snapshot::from_run_file(&second.to_packed_run_file()).unwrap());
    assert_eq!(whole.inference_of("llm").unwrap().calls.counts.ok, 4);
}

/// A file that is rewritten while the program runs is whole each time that it is looked at.
#[test]
fn a_file_that_is_rewritten_is_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.aimlm.json.gz");
    let metrics = recorded();
    let reports = metrics.report_every(&path, Duration::from_millis(10)).unwrap();
    let mut seen = 0;
    while seen < 5 {
        if path.exists() {
            let run = Snapshot::read(&path).unwrap();
            assert_eq!(run.inference_of("llm").unwrap().calls.counts.ok, 2);
            seen += 1;
        }
    }
    reports.finish().unwrap();
}

#[test]
fn a_report_is_no_run_file_and_says_so_first() {
    let folder = tempfile::tempdir().unwrap();
    let metrics = recorded();
    let json = metrics.comprehensive_report().to_json();
    assert!(
        json.starts_with("{\n  \"aimlm\": \"report\",\n  \"schema_version\""),
        "{json}"
    );
    let path = folder.path().join("report.json");
    for (format, reason) in [
        (ReportFormat::Json, "a report of aimlm"),
        (ReportFormat::Legacy, "legacy"),
    ] {
        metrics.export_as(&path, format).unwrap();
        let refused = Snapshot::read(&path).unwrap_err().to_string();
        assert!(
            refused.contains(reason) && refused.contains("report.json"),
            "{refused}"
        );
    }
    for name in ["run.gz", "run.md.gz", "run.aimlm"] {
        let refused = metrics.export(folder.path().join(name)).unwrap_err().to_string();
        assert!(refused.contains(".aimlm.json"), "{refused}");
        assert!(!folder.path().join(name).exists());
    }
}
