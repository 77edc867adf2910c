//! The processes of a merged snapshot.

use super::tables::first_row;
use super::*;

/// What one of two ranks recorded: as many calls as its process's number has thousands, of which one failed.
fn rank(rank: u64, pid: u32) -> Snapshot {
    let mut series = Series::new(Stage::Communication, "all_reduce").ended(Outcome::Error, 0.1, &[]);
    for _ in 1..pid / 1000 {
        series = series.ok(0.1, &[]);
    }
    let mut own = snapshot([series]);
    let source = &mut own.sources[0];
    (source.rank, source.world_size, source.pid) = (Some(rank), Some(2), Some(pid));
    source.host = Some(format!("node-{rank}"));
    source.program = Some("train".into());
    source.version = Some("0.1.0".into());
    (source.started_at_ns, source.window_ns) = (Some(1_795_446_869_000_000_000), 90_000_000_000);
    own
}

pub(super) fn job() -> Snapshot {
    let mut job = rank(1, 3000);
    job.merge(&rank(0, 12_000));
    job
}

#[test]
fn each_process_of_a_merged_snapshot_has_a_row() {
    let report = Report::new(&job(), &Config::default());
    let row = first_row(&report.to_markdown(), "## Processes");
    let row: Vec<_> = row
        .iter()
        .map(|(title, cell)| (title.as_str(), cell.as_str()))
        .collect();
    assert_eq!(
        row[1..row.len() - 1],
        [
            ("Process", "12000"),
            ("Host", "node-0"),
            ("Program", "train"),
            ("Rank", "0"),
            ("World size", "2"),
            ("Started", "2026-11-23T15:14:29Z"),
            ("Recorded for", "1 min 30 s"),
            ("Calls", "12"),
            ("Failed", "1"),
            ("Version", "0.1.0"),
        ]
    );
    for text in [report.to_text(), report.to_markdown()] {
        for shown in ["12000", "3000", "2026-11-23T15:14:29Z", "1 min 30 s", "0.1.0"] {
            assert!(text.contains(shown), "{shown}: {text}");
        }
    }
}

#[test]
fn json_has_the_processes_by_rank_with_their_calls() {
    let json: serde_json::Value =
        serde_json::from_str(&Report::new(&job(), &Config::default()).to_json()).unwrap();
    let of = |member: &str| {
        json["sources"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one[member].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(of("rank"), [0, 1]);
    assert_eq!(of("pid"), [12_000, 3000]);
    let counts = |name: &str| {
        of("counts")
            .iter()
            .map(|counts| counts[name].as_u64().unwrap())
            .collect::<Vec<_>>()
    };
    assert_eq!((counts("started"), counts("error")), (vec![12, 3], vec![1, 1]));
    assert!(of("series").iter().all(serde_json::Value::is_null));
}

/// A process alone is in the head, and in JSON with all its calls.
#[test]
fn one_process_needs_no_table() {
    let report = Report::new(&rank(0, 5000), &Config::default());
    assert!(!report.to_markdown().contains("Processes"));
    let [only] = report.metrics.sources.as_slice() else {
        panic!()
    };
    assert_eq!((only.counts.started, only.counts.failed()), (5, 1));
}
