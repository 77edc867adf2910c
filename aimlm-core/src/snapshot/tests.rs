use proptest::prelude::*;

use super::*;
use crate::event::{Field, Label};
use crate::views::fixture::{Series, snapshot};

fn json(snapshot: &Snapshot) -> String {
    serde_json::to_string(snapshot).unwrap()
}

/// A snapshot in which every number that can be anything is one of these.
fn with(numbers: &[f64]) -> Snapshot {
    let mut series = Series::new(Stage::TrainingEpoch, "m").memory(&[1, 2]);
    for &number in numbers {
        series = series
            .ok(0.1, &[(Field::Loss, number), (Field::NumSamples, 5.0)])
            .sample(Field::Accuracy, number, number);
    }
    let mut snapshot = snapshot([series]);
    let first = numbers.first().copied().unwrap_or(0.0);
    snapshot.taken_at = first;
    snapshot.window_seconds = first;
    snapshot.engine.collector_busy_seconds = first;
    snapshot.engine.call_cost_ns = Some(first);
    let series = &mut snapshot.series[0];
    series.busy_seconds = Some(first);
    series.first_start = Some(first);
    for field in series.fields.values_mut() {
        field.sum = numbers.iter().sum();
    }
    if let Some(memory) = &mut series.memory {
        memory.mean_bytes = first;
    }
    if let Some(rate) = &mut series.rate {
        rate.sum = numbers.iter().sum();
    }
    for call in &mut series.history.calls {
        call.start = first;
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
        let back: Snapshot = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(json(&back), text);
    }

    #[test]
    fn a_round_trip_changes_no_digit(number in prop::num::f64::NORMAL) {
        let ours = Series::new(Stage::TrainingStats, "m").sample(Field::Loss, 1.0, number);
        let ours = snapshot([ours]);
        prop_assert_eq!(serde_json::from_str::<Snapshot>(&json(&ours)).unwrap(), ours);
    }
}

