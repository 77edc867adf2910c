use proptest::prelude::*;

use super::*;

fn rendered(report: &Report) -> [String; 4] {
    [
        report.to_markdown(),
        report.to_text(),
        report.to_json(),
        report.to_legacy_json(),
    ]
}

/// Counts as large as they get are no reason to panic.
#[test]
fn sums_at_the_largest_are_shown() {
    let whole = Series::new(Stage::Inference, "m")
        .label(Label::Device, "cpu")
        .ok(0.1, &[(Number::BatchSize, 2.0)])
        .memory(&[1])
        .error_kind("io", u64::MAX)
        .in_flight(u64::MAX - 1);
    let mut ours = snapshot([whole]);
    ours.engine.rings = u64::MAX;
    let series = &mut ours.series[0];
    series.outcomes.ok = u64::MAX;
    series.outcomes.error = u64::MAX;
    series.samples = u64::MAX;
    series.memory.as_mut().unwrap().samples = u64::MAX;
    let rate = series.rate.as_mut().unwrap();
    (rate.total_items, rate.count) = (u64::MAX, u64::MAX);
    ours.merge(&ours.clone());
    let shown = rendered(&Report::new(&ours, &Config::default()));
    assert!(shown.iter().all(|text| text.contains('m')));
}

/// A sum beyond the largest number has no mean, rather than one that is infinite.
#[test]
fn what_adds_up_to_more_than_numbers_go_has_no_mean() {
    let own = Number::of_name("depth").unwrap();
    let said = [(Number::Loss, 1e308), (own, 1e308)];
    let epochs = Series::new(Stage::TrainingEpoch, "m")
        .ok(1.0, &said)
        .ok(1.0, &said);
    let steps = Series::new(Stage::TrainingStep, "m")
        .ok(1.0, &said)
        .ok(1.0, &said);
    let report = Report::new(&snapshot([epochs, steps]), &Config::default());
    let training = &report.metrics.training["m"];
    let calls = training.epochs.as_ref().unwrap();
    assert_eq!(calls.number(own).unwrap().mean, None);
    assert!(training.curves.values().all(|curve| curve.mean.is_none()));
    let shown = rendered(&report);
    assert!(
        shown
            .iter()
            .all(|text| !text.contains("inf") || text.contains("inference"))
    );
    assert!(
        shown[0].contains("1.00e308") && !shown[0].contains(" inf "),
        "{}",
        shown[0]
    );
}

#[test]
fn epochs_of_several_label_sets_stop_at_the_largest() {
    let epochs = |device| {
        Series::new(Stage::TrainingEpoch, "m")
            .label(Label::Device, device)
            .ok(0.1, &[])
    };
    let mut ours = snapshot([epochs("cpu"), epochs("cuda")]);
    for series in &mut ours.series {
        series.outcomes.ok = u64::MAX;
    }
    let report = Report::new(&ours, &Config::default());
    assert!(report.to_legacy_json().contains(&u64::MAX.to_string()));
}

#[test]
fn faults_of_the_recording_are_shown() {
    let mut ours = snapshot([Series::new(Stage::Operation, "o").ok(0.1, &[])]);
    let text = |snapshot: &Snapshot| Report::new(snapshot, &Config::default()).to_text();
    assert!(!text(&ours).contains("fault"));
    ours.engine.internal_faults = 1;
    assert!(text(&ours).contains("fault"));
}

proptest! {
    #[test]
    fn any_number_can_be_shown(numbers in prop::collection::vec(any::<f64>(), 0..6)) {
        let mut series = Series::new(Stage::TrainingEpoch, "m").memory(&[1, 2]);
        for &number in &numbers {
            series = series
                .ok(0.1, &[(Number::Loss, number), (Number::NumSamples, 5.0)])
                .sample(Number::Accuracy, number, number);
        }
        let mut ours = snapshot([series]);
        let first = numbers.first().copied().unwrap_or(0.0);
        (ours.taken_at_ns, ours.window_ns) = (first as i64, first as u64);
        (ours.series[0].first_start_ns, ours.series[0].last_end_ns) = (Some(first as i64), Some(first as i64));
        ours.engine.call_cost_ns = Some(first);
        ours.merge(&ours.clone());
        let shown = rendered(&Report::new(&ours, &Config::default()));
        prop_assert!(shown.iter().all(|text| !text.is_empty()));
    }
}
