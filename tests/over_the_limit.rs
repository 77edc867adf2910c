//! Calls over the limit of series are counted and said to be whose they are. One test: the process must be its own.

mod support;

use aimlm::{Config, Metrics, Stage, track_inference, track_operation};
use support::{books_balance, of};

#[track_operation]
fn known() {}

#[track_inference(model = "fixed and over the limit")]
fn over_the_limit() {}

#[track_inference(model = name)]
fn rare(name: &str) {
    let _ = name;
}

#[test]
fn a_fixed_site_over_the_limit_stays_the_noisiest() {
    let config = Config::builder().max_series(2).build().unwrap();
    let metrics = Metrics::init_global(config).unwrap();
    let long = "long ".repeat(100);
    known();
    rare(&long);
    for calls in [20_000, 10_000] {
        metrics.reset();
        for number in 0..calls {
            known();
            over_the_limit();
            if number % 10 == 0 {
                rare(&format!("rare {number}"));
                rare(&long);
            }
        }
        let snapshot = metrics.snapshot();
        books_balance(&snapshot);
        assert_eq!(of(&metrics, Stage::Operation, "known").outcomes.ok, calls);
        let of_long = snapshot.stage(Stage::Inference).next().unwrap();
        assert!(of_long.subject.starts_with("long long") && of_long.subject.len() <= 256);
        assert_eq!(of_long.outcomes.ok, calls / 10);
        assert_eq!(snapshot.engine.overflow_calls, calls + calls / 10);
        let subject = snapshot.engine.overflow_subject.as_deref();
        assert_eq!(subject, Some("fixed and over the limit"));
        let share = snapshot.engine.overflow_subject_share.unwrap();
        assert!((0.5..0.95).contains(&share), "{share}");
        let site = snapshot.engine.overflow_site.unwrap();
        assert!(site.contains("over_the_limit::over_the_limit"), "{site}");
    }
}

/// Once the series hold as much as they may, new ones share one, and nothing is lost; those there go on.
#[test]
fn a_budget_of_bytes_bounds_the_series() {
    let config = aimlm::Config::builder()
        .max_series_bytes(1 << 20)
        .history_size(1000);
    let metrics = aimlm::Metrics::new(config.max_series(10_000).build().unwrap()).unwrap();
    let calls = 4_000_u64;
    for n in 0..calls {
        for _ in 0..3 {
            metrics.record_inference(&format!("model-{n}"), std::time::Duration::from_millis(n));
        }
    }
    metrics.record_inference("model-0", std::time::Duration::from_millis(1));
    let snapshot = metrics.snapshot();
    let own = snapshot
        .series
        .iter()
        .filter(|series| series.stage == aimlm::Stage::Inference);
    let (own, ended) = own.fold((0, 0), |(n, ended), series| (n + 1, ended + series.outcomes.ok));
    assert!((16..400).contains(&own), "{own} series");
    assert_eq!(ended + snapshot.engine.overflow_calls, 3 * calls + 1);
    assert_eq!(
        snapshot
            .subject(aimlm::Stage::Inference, "model-0")
            .next()
            .unwrap()
            .outcomes
            .ok,
        4
    );
    let engine = &snapshot.engine;
    assert_eq!(engine.max_series_bytes, 1 << 20);
    // Between two looks a quarter more came.
    assert!(
        (1 << 20..3 << 20).contains(&engine.series_bytes),
        "{}",
        engine.series_bytes
    );
    let findings = aimlm::analyze(&snapshot, &aimlm::Thresholds::default());
    let finding = findings
        .iter()
        .find(|finding| finding.kind == aimlm::FindingKind::SeriesLimit)
        .unwrap();
    assert!(
        finding.message.contains("bytes") && finding.action.contains("max_series_bytes"),
        "{finding:?}"
    );
    // What a reset frees is for others.
    metrics.reset();
    metrics.record_inference("late", std::time::Duration::from_millis(1));
    assert!(
        metrics
            .snapshot()
            .subject(aimlm::Stage::Inference, "late")
            .next()
            .is_some()
    );
}
