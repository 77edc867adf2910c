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
