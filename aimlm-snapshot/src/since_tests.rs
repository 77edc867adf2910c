//! Windows of readers: what is between two snapshots, put together again, is the whole.

use aimlm_vocabulary::{Label, Number, Outcome, Stage};
use proptest::prelude::*;

use crate::fixture::{NOW, Series, snapshot};
use crate::{Detail, Distribution, Snapshot};

/// A call: whose, how it ended, how long it took, and how many items.
type Call = (bool, u8, u32, u16);

fn calls() -> impl Strategy<Value = Vec<Call>> {
    prop::collection::vec((any::<bool>(), 0..4_u8, 1..2_000_000_u32, 0..99_u16), 0..30)
}

/// What an instance has after so many of the calls, while at most so many of one of its series run at once.
fn after(calls: &[Call], n: usize, at_once: usize) -> Snapshot {
    let mut both = [
        Series::new(Stage::Inference, "a").label(Label::Device, "cpu"),
        Series::new(Stage::Inference, "b"),
    ];
    for &(second, outcome, microseconds, items) in &calls[..n] {
        let outcome =
            [Outcome::Ok, Outcome::Error, Outcome::Panicked, Outcome::Cancelled][usize::from(outcome)];
        let values = [
            (Number::BatchSize, items.into()),
            (Number::Accuracy, f64::from(items) / 8.0),
        ];
        let [a, b] = both;
        let seconds = f64::from(microseconds) / 1e6;
        both = if second {
            [a, b.ended(outcome, seconds, &values)]
        } else {
            [a.ended(outcome, seconds, &values), b]
        };
    }
    let to_come = calls[n..].iter().filter(|call| !call.0).count();
    let [a, b] = both;
    let mut whole = snapshot([a.in_flight(to_come.min(at_once) as u64), b]);
    whole.series.retain(|series| series.started > 0);
    whole.taken_at_ns = NOW + 1_000 * n as i64;
    whole.window_ns = 1_000 * n as u64;
    for series in whole.series.iter_mut().filter(|series| series.in_flight > 0) {
        series.left_at = [(whole.taken_at_ns as u64, series.in_flight)].into();
    }
    whole
}

fn sums(snapshot: &Snapshot) -> Vec<impl PartialEq + std::fmt::Debug + use<>> {
    let of = |distribution: &Distribution| {
        (
            distribution.count(),
            distribution.sum(),
            distribution.buckets().collect::<Vec<_>>(),
        )
    };
    let series = snapshot.series.iter();
    series
        .map(|series| {
            let items = series
                .field(Number::BatchSize)
                .map(|items| (items.count, items.total, items.sum));
            (
                series.subject.clone(),
                (series.started, series.in_flight, series.outcomes),
                of(&series.latency),
                of(&series.failed_latency),
                items,
                series
                    .rate
                    .as_ref()
                    .map(|rate| (rate.total_items, rate.calls, rate.count)),
                series.busy.nanoseconds(),
            )
        })
        .collect()
}

proptest! {
    /// Wherever one cuts, and in whatever order the windows are put together.
    #[test]
    fn windows_make_the_whole(calls in calls(), at_once in 0..4_usize, mut cuts in prop::collection::vec(0..30_usize, 2)) {
        cuts.iter_mut().for_each(|cut| *cut = (*cut).min(calls.len()));
        cuts.sort_unstable();
        let moments = [cuts[0], cuts[1], calls.len()].map(|n| after(&calls, n, at_once));
        let windows = [moments[0].clone(), moments[1].since(&moments[0]), moments[2].since(&moments[1])];
        for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
            let mut whole = windows[order[0]].clone();
            whole.merge(&windows[order[1]]);
            whole.merge(&windows[order[2]]);
            prop_assert_eq!(sums(&whole), sums(&moments[2]));
        }
        // A version that does not say when it left them, left them when it was read.
        let mut silent = moments[1].clone();
        silent.series.iter_mut().for_each(|series| series.left_at.clear());
        prop_assert_eq!(&silent.since(&moments[0]).series, &windows[1].series);
        for window in &windows {
            // Its books add up.
            let text = serde_json::to_string(window).unwrap();
            prop_assert_eq!(&serde_json::from_str::<Snapshot>(&text).unwrap(), window);
        }
    }

    /// Durations of the later are those that were recorded between.
    #[test]
    fn a_window_of_durations_is_what_came_in_it(before in prop::collection::vec(any::<u64>(), 0..50), after in prop::collection::vec(any::<u64>(), 0..50)) {
        let of = |values: &[&[u64]]| {
            let mut all = Distribution::default();
            values.iter().copied().flatten().for_each(|&value| all.record(value / 128));
            all
        };
        let (since, exact) = (of(&[&before, &after]).since(&of(&[&before])), of(&[&after]));
        prop_assert_eq!((since.count(), since.sum()), (exact.count(), exact.sum()));
        prop_assert_eq!(since.buckets().collect::<Vec<_>>(), exact.buckets().collect::<Vec<_>>());
        // Extremes are exact, or in the bucket of the exact one.
        let bounds = |at: Option<u64>| at.map(crate::bucket_of);
        prop_assert_eq!(bounds(since.min()), bounds(exact.min()));
        prop_assert_eq!(bounds(since.max()), bounds(exact.max()));
    }
}

#[test]
fn what_was_reset_in_between_is_all_of_the_window() {
    let calls = [(false, 0, 7, 1); 5];
    let (many, mut few) = (after(&calls, 5, 0), after(&calls[..2], 2, 0));
    few.taken_at_ns = many.taken_at_ns + 1;
    assert_eq!(few.since(&many).series, few.series);
}

/// Of calls of a second each.
#[test]
fn a_window_has_what_came_in_it() {
    let after = |accuracies: &[f64]| {
        let mut series = Series::new(Stage::Inference, "a").after(100.0);
        for &accuracy in accuracies {
            series = series.ok(1.0, &[(Number::Accuracy, accuracy)]);
        }
        let mut whole = snapshot([series]);
        whole.taken_at_ns = NOW + 1_000_000_000 * accuracies.len() as i64;
        whole
    };
    let first = after(&[0.5, 0.25, 0.75]);
    let window = after(&[0.5, 0.25, 0.75, 0.375, 0.875]).since(&first);
    let series = &window.series[0];
    let starts: Vec<i64> = series.history.calls().map(|call| call.start_ns - NOW).collect();
    assert_eq!(starts, [3_000_000_000, 4_000_000_000]);
    let accuracy = series.field(Number::Accuracy).unwrap();
    let curve: Vec<f64> = accuracy.curve.iter().map(|point| point.y).collect();
    assert_eq!(curve, [0.375, 0.875]);
    // Of the smallest nothing is known but that it was reached before.
    assert_eq!((accuracy.min, accuracy.max), (None, Some(0.875)));
}

#[test]
fn since_nothing_is_the_whole() {
    let whole = after(&[(false, 0, 7, 1); 5], 5, 2);
    assert_eq!(whole.since(&Snapshot::default()), whole);
}

#[test]
fn nothing_new_is_nothing() {
    let calls = [(false, 0, 7, 1); 5];
    let whole = after(&calls, 5, 0);
    assert!(whole.since(&whole).series.is_empty());
}

#[test]
fn counters_have_sums_and_no_quantiles() {
    let calls: Vec<Call> = (1..200)
        .map(|n| (false, (n % 3 == 0).into(), n * 100, 2))
        .collect();
    let whole = after(&calls, calls.len(), 0);
    let counters = whole.clone().with_detail(Detail::Counters);
    let (full, less) = (&whole.series[0], &counters.series[0]);
    assert_eq!((less.started, less.outcomes), (full.started, full.outcomes));
    assert_eq!(
        (less.latency.sum(), less.latency.max()),
        (full.latency.sum(), full.latency.max())
    );
    assert_eq!((less.latency.quantile(0.5), less.history.len()), (None, 0));
    assert_eq!(less.busy.nanoseconds(), full.busy.nanoseconds());
    let text = counters.to_run_file();
    assert!(text.len() < whole.to_run_file().len() / 3);
    assert_eq!(Snapshot::from_run_file(text.as_bytes()), Ok(counters.clone()));
    // Quantiles of half of the calls are none of all.
    let mut both = whole.clone();
    both.merge(&counters);
    assert_eq!(
        (
            both.series[0].latency.count(),
            both.series[0].latency.quantile(0.5)
        ),
        (2 * full.latency.count(), None)
    );
}
