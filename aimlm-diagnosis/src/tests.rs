mod page;
mod promises;
mod settings;

use aimlm_snapshot::fixture::{Series, snapshot};
use aimlm_vocabulary::{Label, Number, Outcome, Stage};

use super::*;

fn kinds(series: impl IntoIterator<Item = Series>) -> Vec<(FindingKind, Severity)> {
    let findings = analyze(&snapshot(series), &Thresholds::default());
    findings
        .iter()
        .map(|finding| (finding.kind, finding.severity))
        .collect()
}

#[test]
fn healthy_data_is_silent() {
    let found = kinds([
        Series::new(Stage::ModelLoad, "m").ok(5.0, &[]),
        Series::new(Stage::Inference, "m")
            .ok(0.1, &[])
            .ended(Outcome::Cancelled, 9.0, &[])
            .in_flight(3),
        Series::new(Stage::DatasetLoad, "d").ok(10.0, &[]),
        Series::new(Stage::TrainingEpoch, "m")
            .ok(1.0, &[(Number::NumSamples, 101.0), (Number::Loss, 0.5)])
            .ok(1.0, &[(Number::NumSamples, 101.0), (Number::Loss, 0.4)]),
        Series::new(Stage::DistributedTask, "t")
            .label(Label::Phase, "coordination")
            .ok(5.0, &[]),
        Series::new(Stage::WorkerUtilization, "w").sample(Number::Utilization, 0.0, 0.5),
    ]);
    assert_eq!(found, []);
    assert_eq!(kinds([]), []);
}

#[test]
fn each_bound_has_its_severity() {
    use FindingKind as Kind;
    for (kind, stage, medium, high) in [
        (Kind::SlowModelLoad, Stage::ModelLoad, 5.1, 10.1),
        (Kind::SlowInference, Stage::Inference, 0.11, 0.51),
        (Kind::SlowDatasetLoad, Stage::DatasetLoad, 10.1, 30.1),
        (Kind::CoordinationOverhead, Stage::DistributedTask, 5.1, 10.1),
    ] {
        let of = |seconds| {
            let series = Series::new(stage, "x");
            let is_task = stage == Stage::DistributedTask;
            let series = if is_task {
                series.label(Label::Phase, "coordination")
            } else {
                series
            };
            kinds([series.ok(seconds, &[])])
        };
        assert_eq!(of(medium), [(kind, Severity::Medium)]);
        assert_eq!(of(high), [(kind, Severity::High)]);
    }
}

#[test]
fn failures_do_not_make_a_model_slow() {
    let found = kinds([Series::new(Stage::Inference, "m")
        .ok(0.01, &[])
        .ended(Outcome::Error, 60.0, &[])]);
    assert_eq!(found, [(FindingKind::Errors, Severity::Medium)]);
}

#[test]
fn the_worst_comes_first() {
    let found = kinds([
        Series::new(Stage::Inference, "m")
            .ended(Outcome::Panicked, 0.1, &[])
            .ended(Outcome::Error, 0.1, &[]),
        Series::new(Stage::TrainingStats, "m").sample(Number::Loss, 7.0, f64::NAN),
    ]);
    let expected = [
        (FindingKind::NotFinite, Severity::High),
        (FindingKind::Panics, Severity::High),
        (FindingKind::Errors, Severity::High),
    ];
    assert_eq!(found, expected);
}

/// Of equal findings the one that takes the most time, or has the most calls, comes first; then it goes by name.
#[test]
fn what_weighs_more_comes_first() {
    let model = |id, calls: u32, seconds| {
        (0..calls).fold(Series::new(Stage::Inference, id), |model, _| {
            model.ok(seconds, &[])
        })
    };
    let failing = |id, errors: u32| {
        (0..errors).fold(Series::new(Stage::Operation, id).ok(0.1, &[]), |failing, _| {
            failing.ended(Outcome::Error, 0.001, &[])
        })
    };
    let findings = analyze(
        &snapshot([
            model("a", 1, 0.2),
            model("b", 9, 0.2),
            model("c", 1, 0.2),
            model("d", 1, 0.3),
            Series::new(Stage::ModelLoad, "e").ok(7.0, &[]),
            failing("f", 1),
            failing("g", 3),
            failing("h", 1),
        ]),
        &Thresholds::default(),
    );
    let subjects: Vec<_> = findings
        .iter()
        .map(|finding| finding.target.subject.clone().unwrap())
        .collect();
    assert_eq!(subjects, ["g", "f", "h", "e", "b", "d", "a", "c"]);
}

#[test]
fn training_is_rated() {
    let of = |samples| {
        let epoch = Series::new(Stage::TrainingEpoch, "m")
            .ok(1.0, &[(Number::NumSamples, samples)])
            .ok(1.0, &[(Number::NumSamples, samples)]);
        let snapshot = snapshot([epoch]);
        let rating = training_efficiency(&snapshot, &Thresholds::default())["m"].efficiency_rating;
        (rating, analyze(&snapshot, &Thresholds::default()).len())
    };
    assert_eq!(of(1001.0), (EfficiencyRating::High, 0));
    assert_eq!(of(1000.0), (EfficiencyRating::Medium, 0));
    assert_eq!(of(100.0), (EfficiencyRating::Low, 1));
}

#[test]
fn idle_workers_are_named() {
    let worker =
        |id, ratio| Series::new(Stage::WorkerUtilization, id).sample(Number::Utilization, 0.0, ratio);
    let snapshot = snapshot([worker("a", 0.9), worker("b", 0.2), worker("c", 0.3)]);
    let findings = analyze(&snapshot, &Thresholds::default());
    assert_eq!(findings.len(), 1);
    let names: Vec<&str> = findings[0]
        .evidence
        .iter()
        .map(|evidence| evidence.name.as_str())
        .collect();
    assert_eq!(names, ["b", "c"]);
    assert_eq!(
        findings[0].message,
        "2 of 3 workers are busy for less than 50 % of the time."
    );
}

#[test]
fn the_limit_of_series_names_its_site() {
    let mut snapshot = snapshot([]);
    snapshot.engine.overflow_calls = 1234;
    snapshot.engine.overflow_site = Some("server::answer".into());
    snapshot.engine.internal_faults = 1;
    // Five, and the one that the others went to.
    snapshot.engine.series = 6;
    let findings = analyze(&snapshot, &Thresholds::default());
    assert_eq!(findings[0].kind, FindingKind::SeriesLimit);
    let series = findings[0].evidence.iter().find(|said| said.name == "series");
    assert_eq!(series.unwrap().value, 5.0);
    assert!(
        findings[0].message.contains("1,234 calls"),
        "{}",
        findings[0].message
    );
    assert!(
        findings[0].message.contains("server::answer"),
        "{}",
        findings[0].message
    );
    assert_eq!(findings[1].kind, FindingKind::InternalFaults);
}

#[test]
fn the_limit_of_series_names_its_subject() {
    let mut snapshot = snapshot([]);
    snapshot.engine.overflow_calls = 10;
    snapshot.engine.overflow_subject = Some("request 7".into());
    for (share, expected) in [
        (
            0.4,
            "was reached, at least 40 % of the calls for “request 7”, as a sample says.",
        ),
        (0.001, "was reached, for many names such as “request 7”."),
    ] {
        snapshot.engine.overflow_subject_share = Some(share);
        let message = &analyze(&snapshot, &Thresholds::default())[0].message;
        assert!(message.ends_with(expected), "{message}");
    }
}

#[test]
fn nan_is_found_at_its_epoch_or_step() {
    for (stage, curve, at) in [
        (Stage::TrainingStats, "loss", "epoch 7"),
        (Stage::TrainingEpoch, "loss", "epoch 7"),
        (Stage::Validation, "validation_loss", "epoch 7"),
        (Stage::TrainingStep, "step_loss", "step 7"),
    ] {
        let numbers = Series::new(stage, "m")
            .sample(Number::Loss, 6.0, 0.5)
            .sample(Number::Loss, 7.0, f64::NAN)
            .sample(Number::Loss, 8.0, f64::NAN);
        let snapshot = snapshot([numbers]);
        let finding = &analyze(&snapshot, &Thresholds::default())[0];
        let expected = format!(
            "The curve “{curve}” of the model “m” is NaN or infinite in 2 of 3 points, first at {at}."
        );
        assert_eq!(finding.message, expected);
        assert_eq!(
            finding.action,
            format!("Look at what was trained on just before {at}.")
        );
    }
}

/// Where errors are not named by kind it is said how, for attributes and for calls by hand.
#[test]
fn errors_without_a_kind_say_how_to_name_it() {
    let failing = Series::new(Stage::Inference, "m").ended(Outcome::Error, 0.1, &[]);
    let action = &analyze(&snapshot([failing]), &Thresholds::default())[0].action;
    assert!(
        action.contains("“error_kind” on the attribute") && action.contains("“Guard::error_kind”"),
        "{action}"
    );
}

/// A first run looks for a checkpoint that is not there; one that is not found again and again is worse.
#[test]
fn a_first_run_without_a_checkpoint_is_no_disaster() {
    let load = || Series::new(Stage::CheckpointLoad, "m").ended(Outcome::Error, 0.1, &[]);
    let first = analyze(&snapshot([load()]), &Thresholds::default());
    assert_eq!(
        (first[0].kind, first[0].severity),
        (FindingKind::Errors, Severity::Medium)
    );
    assert!(first[0].action.contains("first run"), "{}", first[0].action);
    assert_eq!(
        kinds([load().ended(Outcome::Error, 0.1, &[])]),
        [(FindingKind::Errors, Severity::High)]
    );
}

#[test]
fn the_most_frequent_kind_of_error_comes_first() {
    let mut failing = Series::new(Stage::Inference, "m");
    for (kind, n) in [("a", 1), ("b", 2), ("c", 2), ("d", 9)] {
        failing = failing.error_kind(kind, n).ended(Outcome::Error, 0.1, &[]);
    }
    let findings = analyze(&snapshot([failing]), &Thresholds::default());
    let names: Vec<&str> = findings[0].evidence[2..]
        .iter()
        .map(|e| e.name.as_str())
        .collect();
    assert_eq!(names, ["kind d", "kind b", "kind c", "kind a"]);
}

#[test]
fn one_is_no_plural() {
    let failing = Series::new(Stage::Inference, "m").ended(Outcome::Error, 0.1, &[]);
    let nan = Series::new(Stage::TrainingStats, "m").sample(Number::Loss, 7.0, f64::NAN);
    let mut snapshot = snapshot([failing, nan]);
    snapshot.engine.overflow_calls = 1;
    snapshot.engine.internal_faults = 1;
    let findings = analyze(&snapshot, &Thresholds::default());
    let all: String = findings
        .iter()
        .map(|f| format!("{}\n{}\n", f.message, f.action))
        .collect();
    for expected in [
        "1 of 1 inference call of “m” returned an error (100 %).",
        "in 1 of 1 point,",
        "1 call went to the overflow series",
        "1 fault inside aimlm was caught",
    ] {
        assert!(all.contains(expected), "{expected}\n{all}");
    }
    assert!(!all.contains('`'), "{all}");
}
