use aimlm_vocabulary::{Label, Number, NumberKind, Stage};
use proptest::prelude::*;

use super::*;
use crate::views::fixture::{Series, snapshot};

fn json(snapshot: &Snapshot) -> String {
    serde_json::to_string(snapshot).unwrap()
}

/// A snapshot in which every number that can be anything is one of these.
fn with(numbers: &[f64]) -> Snapshot {
    let mut series = Series::new(Stage::TrainingEpoch, "m").memory(&[1, 2]);
    for &number in numbers {
        series = series
            .ok(0.1, &[(Number::Loss, number), (Number::NumSamples, 5.0)])
            .sample(Number::Accuracy, number, number);
    }
    let mut snapshot = snapshot([series]);
    let first = numbers.first().copied().unwrap_or(0.0);
    snapshot.taken_at_ns = first as i64;
    snapshot.window_ns = first as u64;
    snapshot.engine.collector_busy_ns = first as u64;
    snapshot.engine.call_cost_ns = Some(first);
    let series = &mut snapshot.series[0];
    (series.first_start_ns, series.last_end_ns) = (Some(first as i64), Some(first as i64));
    let real = series
        .fields
        .iter_mut()
        .filter(|(field, _)| field.kind() == NumberKind::Real);
    for (_, numbers_of) in real {
        numbers_of.sum = numbers.iter().sum();
    }
    if let Some(memory) = &mut series.memory {
        memory.mean_bytes = first;
    }
    if let Some(rate) = &mut series.rate {
        rate.sum = numbers.iter().sum::<f64>().abs();
    }
    let calls = std::mem::take(&mut series.history);
    for call in calls.calls() {
        let values: Vec<_> = call.values().collect();
        series
            .history
            .push(first as i64, call.duration_ns, call.outcome, &values);
    }
    snapshot
}

#[test]
fn numbers_that_are_not_finite_read_back() {
    for numbers in [
        [f64::NAN, 1.0],
        [f64::INFINITY, 1.0],
        [1.0, f64::NEG_INFINITY],
        [f64::MAX, f64::MAX],
    ] {
        let text = json(&with(&numbers));
        let back: Snapshot =
            serde_json::from_str(&text).unwrap_or_else(|error| panic!("{numbers:?}: {error}"));
        assert_eq!(json(&back), text);
        let overview = serde_json::to_string(&back.views(&[50.0]).overview()).unwrap();
        serde_json::from_str::<crate::Overview>(&overview).unwrap();
    }
}

proptest! {
    #[test]
    fn any_snapshot_reads_back(numbers in prop::collection::vec(any::<f64>(), 0..6)) {
        let text = json(&with(&numbers));
        let mut back: Snapshot = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(json(&back), text);
        back.merge(&back.clone());
        let _ = back.views(&[]).overview();
    }

    #[test]
    fn a_round_trip_changes_no_digit(number in prop::num::f64::NORMAL) {
        let ours = Series::new(Stage::TrainingStats, "m").sample(Number::Loss, 1.0, number);
        let ours = snapshot([ours]);
        prop_assert_eq!(serde_json::from_str::<Snapshot>(&json(&ours)).unwrap(), ours);
    }
}

#[test]
fn series_out_of_order_are_put_in_order() {
    let ours = snapshot([
        Series::new(Stage::Inference, "a").ok(0.1, &[]),
        Series::new(Stage::Inference, "b").ok(0.1, &[]),
        Series::new(Stage::Operation, "c").ok(0.1, &[]),
    ]);
    let mut mixed = ours.clone();
    mixed.series.reverse();
    mixed.series.extend(vec![ours.series[1].clone(); 6]);
    let mut back: Snapshot = serde_json::from_str(&json(&mixed)).unwrap();
    let calls = |snapshot: &Snapshot| -> Vec<u64> { snapshot.series.iter().map(|s| s.started).collect() };
    assert_eq!(calls(&back), [1, 7, 1]);
    back.merge(&ours);
    assert_eq!(calls(&back), [2, 8, 2]);
}

/// Its times would be taken for none.
#[test]
fn an_older_version_says_who_reads_it() {
    let mut value = serde_json::to_value(snapshot([])).unwrap();
    value["schema_version"] = 1.into();
    let error = serde_json::from_str::<Snapshot>(&value.to_string()).unwrap_err();
    assert!(error.to_string().contains("`Snapshot::from_run_file`"), "{error}");
}

/// Counts as large as they get are no reason to panic.
#[test]
fn sums_stop_at_the_largest() {
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
    let field = series.fields.get_mut(&Number::BatchSize).unwrap();
    (field.count, field.not_finite) = (u64::MAX - 1, u64::MAX);
    series.latency = serde_json::from_str(&format!(
        r#"{{"count":{n},"sum_ns":{n},"min_ns":1,"max_ns":1,"buckets":[[1,{n}]]}}"#,
        n = u64::MAX
    ))
    .unwrap();
    let theirs = ours.clone();
    ours.merge(&theirs);
    assert_eq!(ours.series[0].started, u64::MAX);
    assert_eq!(ours.series[0].outcomes.ended(), u64::MAX);
    assert_eq!(ours.series[0].latency.quantile(0.5), Some(1));
}

/// What is said of all calls over the limit holds of those of both.
#[test]
fn the_share_of_the_noisiest_is_of_all_calls() {
    let part = |calls, subject: &str, share| {
        let mut part = snapshot([]);
        part.engine.overflow_calls = calls;
        part.engine.overflow_subject = Some(subject.to_owned());
        part.engine.overflow_subject_share = Some(share);
        part
    };
    let merged = |mut ours: Snapshot, theirs: &Snapshot| {
        ours.merge(theirs);
        (ours.engine.overflow_subject, ours.engine.overflow_subject_share)
    };
    let (noisy, other) = (part(300, "noisy", 0.5), part(100, "other", 1.0));
    for (ours, theirs) in [(&noisy, &other), (&other, &noisy)] {
        assert_eq!(merged(ours.clone(), theirs), (Some("noisy".into()), Some(0.375)));
    }
    let again = part(100, "noisy", 1.0);
    assert_eq!(merged(noisy.clone(), &again), (Some("noisy".into()), Some(0.625)));
    let none = snapshot([]);
    assert_eq!(merged(none.clone(), &noisy), (Some("noisy".into()), Some(0.5)));
    assert_eq!(merged(none.clone(), &none), (None, None));
}
