//! Rules beyond the means: epochs, tails, tokens, single models, phases.

use super::*;

fn found(series: impl IntoIterator<Item = Series>) -> Vec<Finding> {
    analyze(&snapshot(series), &Thresholds::default())
}

fn epochs(seconds: impl IntoIterator<Item = f64>) -> Series {
    let epochs = Series::new(Stage::TrainingEpoch, "net");
    let numbered = (1..).zip(seconds);
    numbered.fold(epochs, |epochs, (epoch, seconds)| {
        epochs.ok(seconds, &[(Number::Epoch, f64::from(epoch))])
    })
}

#[test]
fn the_slow_epoch_is_named() {
    let findings = found([epochs([2.0, 2.0, 2.0, 10.0, 2.0, 2.0])]);
    assert_eq!(findings.len(), 1);
    assert_eq!(
        (findings[0].kind, findings[0].severity),
        (FindingKind::SlowEpoch, Severity::Medium)
    );
    assert_eq!(
        findings[0].message,
        "Epoch 4 of the model “net” took 10.0 s; half of the epochs took 2.00 s or less."
    );
    // Two times as long is not over two times, and what is short is noise.
    assert_eq!(found([epochs([2.0, 2.0, 2.0, 4.0, 2.0, 2.0])]), []);
    assert_eq!(found([epochs([0.01, 0.01, 0.01, 0.05, 0.01, 0.01])]), []);
    assert_eq!(
        found([epochs([2.0, 10.0])]),
        [],
        "of two nobody knows which is usual"
    );
    let first = found([epochs([20.0, 2.0, 2.0, 2.0])]);
    assert_eq!(
        first[0].action,
        "It is the first: what is loaded, compiled or cached once may be in it."
    );
}

#[test]
fn epochs_that_grow_are_named() {
    let findings = found([epochs((1..=8).map(f64::from))]);
    assert_eq!(findings.len(), 1);
    assert_eq!(
        (findings[0].kind, findings[0].severity),
        (FindingKind::GrowingEpochs, Severity::High)
    );
    assert_eq!(
        findings[0].message,
        "The epochs of the model “net” take longer and longer: 1.50 s at first, 7.50 s at last."
    );
    // The last is much slower than the others, because all grow.
    let doubling = found([epochs((0..8).map(|nth| f64::from(1 << nth)))]);
    let kinds: Vec<_> = doubling.iter().map(|finding| finding.kind).collect();
    assert_eq!(kinds, [FindingKind::GrowingEpochs]);
    // Slow ones at the end are slow ones, and epochs that shrink are none of either.
    assert_eq!(
        found([epochs([2.0, 2.0, 2.0, 2.0, 9.0, 9.0])])[0].kind,
        FindingKind::SlowEpoch
    );
    assert_eq!(found([epochs((1..=8).rev().map(f64::from))]), []);
}

fn requests(model: &str, fast: usize, slow: usize, slow_seconds: f64) -> Series {
    let slow_each = (fast + slow) / slow;
    (0..fast + slow).fold(Series::new(Stage::Inference, model), |series, nth| {
        let seconds = if nth % slow_each == 0 { slow_seconds } else { 0.004 };
        series.ok(seconds, &[])
    })
}

#[test]
fn a_slow_tail_is_named_though_the_mean_is_fast() {
    let findings = found([requests("m", 900, 100, 0.8)]);
    assert_eq!(findings.len(), 1);
    assert_eq!(
        (findings[0].kind, findings[0].severity),
        (FindingKind::SlowInferenceTail, Severity::Medium)
    );
    assert_eq!(
        findings[0].message,
        "The model “m” answers after 800 ms or more in one call of twenty (p95)."
    );
    assert_eq!(
        findings[0].action,
        "Half of the calls take 4.00 ms or less: look at what the slow ones have in common."
    );
    assert_eq!(
        found([requests("m", 90, 10, 0.8)]),
        [],
        "of 100 calls a p95 is an accident"
    );
}

/// Where the mean is slow the tail is, too; that is one finding.
#[test]
fn one_slow_model_is_one_finding() {
    let findings = found([requests("m", 500, 500, 0.3)]);
    assert_eq!(
        findings.iter().map(|finding| finding.kind).collect::<Vec<_>>(),
        [FindingKind::SlowInference]
    );
    let as_slow = found([requests("m", 500, 500, 0.4)]);
    assert_eq!(
        as_slow.iter().map(|finding| finding.kind).collect::<Vec<_>>(),
        [FindingKind::SlowInference],
        "its tail is over its threshold, and no worse"
    );
    let worse = found([requests("m", 900, 100, 1.6)]);
    let kinds: Vec<_> = worse
        .iter()
        .map(|finding| (finding.kind, finding.severity))
        .collect();
    assert_eq!(
        kinds,
        [
            (FindingKind::SlowInferenceTail, Severity::High),
            (FindingKind::SlowInference, Severity::Medium)
        ]
    );
}

#[test]
fn a_stream_of_tokens_is_judged_by_its_tokens() {
    let stream = |model, seconds, tokens| {
        Series::new(Stage::Inference, model)
            .ok(seconds, &[(Number::TokensOut, tokens)])
            .ok(seconds, &[(Number::TokensOut, tokens)])
    };
    assert_eq!(
        found([stream("llm", 12.0, 300.0)]),
        [],
        "40 ms a token is faster than anybody reads"
    );
    let slow = found([stream("llm", 12.0, 48.0)]);
    assert_eq!(
        (slow.len(), slow[0].kind, slow[0].severity),
        (1, FindingKind::SlowTokens, Severity::High)
    );
    assert_eq!(
        slow[0].message,
        "The model “llm” takes 250 ms for each token that it generates."
    );
    assert_eq!(slow[0].action, "");
    let mixed = stream("llm", 12.0, 300.0).ok(600.0, &[]);
    assert_eq!(found([mixed]), [], "a call without tokens says nothing of tokens");
}

#[test]
fn a_model_may_be_slow_by_its_own_bounds() {
    let mut thresholds = Thresholds::default();
    for (key, value) in [("medium", 2.0), ("high", 5.0)] {
        let key = format!("inference_latency_seconds.{key}");
        thresholds.set_for("big", &key, value).unwrap();
    }
    let models = ["big", "small"].map(|model| Series::new(Stage::Inference, model).ok(0.7, &[]));
    let findings = analyze(&snapshot(models), &thresholds);
    let subjects: Vec<_> = findings
        .iter()
        .map(|finding| finding.target.subject.as_deref())
        .collect();
    assert_eq!(subjects, [Some("small")]);
}

#[test]
fn every_stage_has_its_threshold() {
    use FindingKind as Kind;
    for (stage, kind, healthy, slow) in [
        (
            Stage::ModelInitialization,
            Kind::SlowModelInitialization,
            5.0,
            5.1,
        ),
        (Stage::DatasetPreprocessing, Kind::SlowPreprocessing, 10.0, 10.1),
        (Stage::DataLoading, Kind::SlowDataLoading, 1.0, 1.1),
        (Stage::CheckpointSave, Kind::SlowCheckpointSave, 10.0, 10.1),
        (Stage::CheckpointLoad, Kind::SlowCheckpointLoad, 10.0, 10.1),
        (Stage::Communication, Kind::SlowCommunication, 5.0, 5.1),
        (Stage::Synchronization, Kind::SlowSynchronization, 5.0, 5.1),
    ] {
        let of = |seconds| kinds([Series::new(stage, "x").ok(seconds, &[])]);
        assert_eq!(of(healthy), [], "{stage}");
        assert_eq!(of(slow), [(kind, Severity::Medium)]);
    }
    let training = |validation| {
        let steps = Series::new(Stage::TrainingStep, "x").ok(10.0, &[]);
        kinds([steps, Series::new(Stage::Validation, "x").ok(validation, &[])])
    };
    assert_eq!(training(5.0), []);
    assert_eq!(training(6.0), [(Kind::LongValidation, Severity::Medium)]);
}

#[test]
fn failures_name_their_phase_once() {
    let phase = |phase| {
        Series::new(Stage::DistributedTask, "t")
            .label(Label::Phase, phase)
            .ok(0.1, &[])
            .ended(Outcome::Error, 0.1, &[])
    };
    let findings = found([phase("compute"), phase("aggregation")]);
    let messages: Vec<&str> = findings.iter().map(|finding| finding.message.as_str()).collect();
    assert_eq!(
        messages,
        [
            "1 of 2 distributed task calls of “t” in “aggregation” returned an error (50 %).",
            "1 of 2 distributed task calls of “t” in “compute” returned an error (50 %).",
        ]
    );
    assert_eq!(findings[0].target.part.as_deref(), Some("aggregation"));
}

/// All failed is worse than some.
#[test]
fn calls_of_which_none_succeeds_are_a_high_finding() {
    let failing = || Series::new(Stage::Operation, "o").ended(Outcome::Error, 0.1, &[]);
    assert_eq!(kinds([failing()]), [(FindingKind::Errors, Severity::High)]);
    assert_eq!(
        kinds([failing().ok(0.1, &[])]),
        [(FindingKind::Errors, Severity::Medium)]
    );
}

/// Nothing is cut and nothing merged, whatever else there is.
#[test]
fn every_error_of_a_configuration_is_its_own_line() {
    let lines: Vec<String> = (0..7)
        .map(|n| format!("`KEY_{n}` is {}", "x".repeat(300)))
        .collect();
    let mut snapshot = snapshot([Series::new(Stage::Operation, "o").ended(Outcome::Panicked, 0.1, &[])]);
    snapshot.engine.configuration_error =
        Some(format!("aimlm configuration: 7 errors\n{}", lines.join("\n")));
    let findings = analyze(&snapshot, &Thresholds::default());
    let configuration = findings
        .iter()
        .find(|finding| finding.kind == FindingKind::Configuration)
        .unwrap();
    assert_eq!(configuration.details.len(), 7);
    for (n, detail) in configuration.details.iter().enumerate() {
        assert_eq!(*detail, format!("“KEY_{n}” is {}", "x".repeat(300)));
    }
    snapshot.engine.configuration_error = Some("aimlm configuration: `A` is 1".to_owned());
    let one = &analyze(&snapshot, &Thresholds::default())[1];
    assert_eq!(
        (
            one.message.starts_with("1 problem with the configuration: "),
            &*one.details
        ),
        (true, &["“A” is 1".to_owned()][..])
    );
}
