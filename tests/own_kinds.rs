//! The kind of a number of the program's own follows from the type of its values.

use std::time::Duration;

use aimlm::{Metrics, Number, NumberKind, NumberStats, Snapshot, track_operation};

fn stats(snapshot: &Snapshot, name: &str) -> NumberStats {
    snapshot.operation("own").unwrap().calls.numbers[&number(name)]
}

fn number(name: &str) -> Number {
    Number::of_name(name).expect("the name is taken")
}

#[track_operation(
    name = "own",
    metrics = metrics,
    numbers(kinds_hits = hits, kinds_wait = Duration::from_millis(7), kinds_score = |out| out.1, kinds_rows = |out| out.0)
)]
fn look_up(metrics: &Metrics, hits: u32) -> (usize, f32) {
    (hits as usize * 10, 0.5)
}

#[test]
fn an_attribute_takes_values_of_each_kind() {
    let metrics = Metrics::default_instance();
    for hits in 1..=9 {
        let _ = look_up(&metrics, hits);
    }
    let snapshot = metrics.snapshot();
    let hits = stats(&snapshot, "kinds_hits");
    assert_eq!(
        (hits.kind, hits.median, hits.p95),
        (NumberKind::Count, Some(5.0), Some(9.0))
    );
    let rows = stats(&snapshot, "kinds_rows");
    assert_eq!(
        (rows.kind, rows.median, rows.total),
        (NumberKind::Count, Some(50.0), 450.0)
    );
    let wait = stats(&snapshot, "kinds_wait");
    assert_eq!(
        (wait.kind, wait.median, wait.total),
        (NumberKind::Time, Some(0.007), 0.063)
    );
    assert_eq!(number("kinds_wait").unit(), "s");
    let score = stats(&snapshot, "kinds_score");
    assert_eq!((score.kind, score.median), (NumberKind::Real, None));
    let series = &snapshot.series[0];
    assert_eq!(series.fields[&number("kinds_score")].curve.len(), 9);
    assert_eq!(series.fields[&number("kinds_wait")].total, Some(63_000_000));
    assert!(snapshot.operation("own").unwrap().calls.rates.is_empty());
}

/// The kind is that of the first value.
#[test]
fn what_comes_later_is_converted_or_left_out() {
    let metrics = Metrics::default_instance();
    let second = Duration::from_millis(1_500);
    let call = |metrics: &Metrics| metrics.track_operation("own").start();
    let mut first = call(&metrics);
    first
        .number("kinds_real", 0.5)
        .number("kinds_time", second)
        .number("kinds_count", 3_u8);
    first.ok();
    let left_out = metrics.snapshot().engine.names_left_out;
    let mut later = call(&metrics);
    later
        .number("kinds_real", second)
        .number("kinds_time", 2.5)
        .number("kinds_count", 4.0);
    later.ok();
    let mut last = call(&metrics);
    last.number("kinds_real", 7_u64)
        .number("kinds_time", 3_u64)
        .number("kinds_count", 2.5);
    last.ok();
    let snapshot = metrics.snapshot();
    let of = |name| (stats(&snapshot, name).count, stats(&snapshot, name).total);
    assert_eq!(
        [of("kinds_real"), of("kinds_time"), of("kinds_count")],
        [(3, 9.0), (1, 1.5), (2, 7.0)]
    );
    assert_eq!(snapshot.engine.names_left_out - left_out, 3);
}

/// Another process may not know the name, or have another kind of it.
#[test]
fn files_say_the_kind() {
    let metrics = Metrics::default_instance();
    let record = |value: Duration| {
        metrics
            .track_operation("own")
            .number("kinds_here", value)
            .start()
            .ok();
    };
    record(Duration::from_millis(250));
    let text = serde_json::to_string(&metrics.snapshot()).unwrap();
    let mut read: Snapshot = serde_json::from_str(&text.replace("kinds_here", "kinds_there")).unwrap();
    assert_eq!(number("kinds_there").kind(), NumberKind::Real);
    read.merge(&read.clone());
    let there = stats(&read, "kinds_there");
    assert_eq!(
        (there.kind, there.total, there.median),
        (NumberKind::Time, 0.5, Some(0.25))
    );

    let other = Metrics::default_instance();
    other
        .track_operation("own")
        .number("kinds_mixed", 2.0)
        .start()
        .ok();
    let text = text.replace("kinds_here", "kinds_mixed");
    for merged in [
        serde_json::from_str::<Snapshot>(&text).map(|mut read| {
            read.merge(&other.snapshot());
            read
        }),
        serde_json::from_str::<Snapshot>(&text).map(|read| {
            let mut ours = other.snapshot();
            ours.merge(&read);
            ours
        }),
    ] {
        let mixed = stats(&merged.unwrap(), "kinds_mixed");
        assert_eq!(
            (mixed.kind, mixed.count, mixed.total),
            (NumberKind::Real, 2, 2.25)
        );
        assert_eq!(
            (mixed.min, mixed.max, mixed.median),
            (Some(0.25), Some(2.0), None)
        );
    }
}

#[track_operation(numbers(kinds_off = rows))]
fn rest(rows: u32) -> u32 {
    rows
}

/// What is not recorded says nothing.
#[test]
fn where_recording_is_off_no_kind_is_said() {
    Metrics::global().set_enabled(false);
    rest(5);
    assert_eq!(number("kinds_off").kind(), NumberKind::Real);
    Metrics::global().set_enabled(true);
    rest(5);
    assert_eq!(number("kinds_off").kind(), NumberKind::Count);
}
