//! Memory is bounded by configuration, whatever a program does. One test: the process must be its own.

mod support;

use std::thread;
use std::time::{Duration, Instant};

use aimlm::{Config, Metrics, Stage, track_inference};
use support::{books_balance, resident_bytes};

const NAMES: u64 = 1_000_000;
const LIMIT: u64 = 2000;

#[track_inference(model = name)]
fn infer(name: &str) {
    let _ = name;
}

/// How much resident memory `body` adds.
fn grown(body: impl FnOnce()) -> u64 {
    let before = resident_bytes().unwrap_or(0);
    body();
    resident_bytes().unwrap_or(0).saturating_sub(before)
}

const MIB: u64 = 1 << 20;

fn a_million_model_names() {
    let added = grown(|| {
        thread::scope(|scope| {
            for worker in 0..2 {
                scope.spawn(move || {
                    for name in (worker..NAMES).step_by(2) {
                        infer(&format!("model-{name}"));
                    }
                });
            }
        });
    });
    assert!(added < 50 * MIB, "{} MiB", added / MIB);
    let snapshot = Metrics::global().snapshot();
    books_balance(&snapshot);
    assert!(
        snapshot.series.len() as u64 <= LIMIT + 1,
        "{}",
        snapshot.series.len()
    );
    let total: u64 = snapshot.series.iter().map(|series| series.outcomes.ok).sum();
    assert_eq!(total, NAMES);
    let overflow: Vec<_> = snapshot.stage(Stage::Overflow).collect();
    assert_eq!(overflow.len(), 1);
    assert_eq!(overflow[0].subject, "other");
    assert_eq!(overflow[0].started, snapshot.engine.overflow_calls);
    assert!(snapshot.engine.overflow_calls >= NAMES - LIMIT);
    let site = snapshot.engine.overflow_site.clone().unwrap();
    assert!(site.contains("cardinality::infer"), "{site}");
    let share = snapshot.engine.overflow_subject_share.unwrap();
    assert!(
        snapshot.engine.overflow_subject.is_some() && share < 0.01,
        "{share}"
    );
    let engine = &snapshot.engine;
    let held = engine.series_bytes + engine.ring_bytes + engine.shared_bytes;
    assert!(held < 50 * MIB, "{held}");

    // What is over the limit stays exact after a reset.
    Metrics::global().reset();
    infer("one more");
    let snapshot = Metrics::global().snapshot();
    assert_eq!(snapshot.engine.overflow_calls, 1);
    assert_eq!(snapshot.engine.overflow_subject.as_deref(), Some("one more"));
}

/// A third of the calls over the limit are for one name.
fn the_noisiest_is_named() {
    Metrics::global().reset();
    for call in 0..60_000 {
        match call % 3 {
            0 => infer("the noisiest of all"),
            _ => infer(&format!("again {}", call % 20_000)),
        }
    }
    let report = Metrics::global().comprehensive_report();
    let engine = &report.engine;
    assert_eq!(engine.overflow_calls, 60_000);
    assert_eq!(engine.overflow_subject.as_deref(), Some("the noisiest of all"));
    let share = engine.overflow_subject_share.unwrap();
    assert!((0.15..0.5).contains(&share), "{share}");
    let text = report.to_markdown();
    assert!(text.contains("calls for “the noisiest of all”"), "{text}");
    assert!(text.contains("most of all by “cardinality::infer"), "{text}");
}

fn threads_that_come_and_go() {
    let rings = || Metrics::global().snapshot().engine.rings;
    for _ in 0..2000 {
        thread::spawn(|| infer("known")).join().unwrap();
    }
    let before = rings();
    assert!(before <= 16, "{before} rings");
}

fn instances_that_come_and_go() {
    let make = |instances: u64| {
        thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(move || {
                    for number in 0..instances {
                        let config = Config::builder().max_series(8).history_size(16).build();
                        let metrics = Metrics::new(config.unwrap()).unwrap();
                        for subject in ["a", "b", "c"] {
                            metrics.record_inference(subject, Duration::from_micros(number));
                        }
                        let kept = metrics
                            .track_operation("outlives its instance's last handle")
                            .start();
                        let snapshot = metrics.snapshot();
                        let counts = snapshot
                            .series
                            .iter()
                            .map(|series| (series.started, series.outcomes.ok));
                        assert_eq!(counts.collect::<Vec<_>>(), [(1, 1), (1, 1), (1, 1), (1, 0)]);
                        drop(metrics);
                        kept.ok();
                    }
                });
            }
        });
    };
    make(500);
    // The collector gives numbers back between sweeps.
    let sweeps = || Metrics::global().snapshot().engine.collector_sweeps;
    let swept = sweeps();
    let deadline = Instant::now() + Duration::from_secs(60);
    while sweeps() < swept + 2 {
        assert!(Instant::now() < deadline, "the collector does not run");
        thread::sleep(Duration::from_millis(1));
    }
    let added = grown(|| make(5000));
    assert!(added < 4 * MIB, "{} MiB", added / MIB);
}

#[test]
fn memory_is_bounded() {
    let config = Config::builder()
        .flush_interval(Duration::from_millis(1))
        .build()
        .unwrap();
    assert_eq!(config.max_series as u64, LIMIT);
    Metrics::init_global(config).unwrap();
    a_million_model_names();
    the_noisiest_is_named();
    threads_that_come_and_go();
    instances_that_come_and_go();
}
