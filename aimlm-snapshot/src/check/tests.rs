use aimlm_vocabulary::{Number, Outcome, Stage};
use proptest::prelude::*;

use crate::Snapshot;
use crate::views::fixture::{Series, snapshot};

fn written() -> serde_json::Value {
    let series = Series::new(Stage::Inference, "m")
        .ok(0.25, &[(Number::BatchSize, 4.0)])
        .ok(0.5, &[(Number::BatchSize, 8.0)])
        .ended(Outcome::Error, 0.5, &[])
        .error_kind("io", 1)
        .in_flight(2)
        .memory(&[5, 7]);
    let mut written = serde_json::to_value(snapshot([series])).unwrap();
    for bounds in ["carried_at", "left_at"] {
        written["series"][0][bounds] = serde_json::json!({ "7": 0 });
    }
    written
}

fn refused(pointer: &str, value: serde_json::Value) -> String {
    let mut written = written();
    *written.pointer_mut(pointer).expect(pointer) = value;
    // As text, for this is what is read.
    serde_json::from_str::<Snapshot>(&written.to_string())
        .expect_err(pointer)
        .to_string()
}

#[test]
fn what_does_not_add_up_is_refused_by_name_and_figures() {
    serde_json::from_str::<Snapshot>(&written().to_string()).unwrap();
    for (pointer, value, expected) in [
        (
            "/series/0/started",
            (1_u64 << 63).into(),
            "the series of inference `m` does not add up: `started` is 9223372036854775808, but 3 ended and \
             `in_flight` is 2",
        ),
        (
            "/series/0/in_flight",
            0.into(),
            "`started` is 5, but 3 ended and `in_flight` is 0",
        ),
        (
            "/series/0/outcomes/ok",
            1.into(),
            "`started` is 5, but 2 ended and `in_flight` is 2",
        ),
        (
            "/series/0/error_kinds/io",
            3.into(),
            "`error_kinds` are 3 and `error` is 1",
        ),
        (
            "/series/0/last_end_ns",
            15.into(),
            "over `last_end_ns`, which is 15",
        ),
        (
            "/series/0/rate/min",
            100.5.into(),
            "`rate.min` is 100.5, over `rate.max`, which is 16",
        ),
        ("/series/0/rate/min", (-1.0).into(), "`rate.min` is -1"),
        (
            "/series/0/memory/min_bytes",
            8.into(),
            "`memory.min_bytes` is 8, over `memory.max_bytes`, which is 7",
        ),
        (
            "/series/0/fields/batch_size/max",
            1.0.into(),
            "of batch_size, `min` is 4, over `max`, which is 1",
        ),
        (
            "/series/0/fields/batch_size/not_finite",
            3.into(),
            "of batch_size, `not_finite` is 3, over `count`, which is 2",
        ),
        (
            "/series/0/busy/0/busy_ns",
            u64::MAX.into(),
            "`busy` has 18446744073709551615 ns from",
        ),
        ("/series/0/busy/0/end_ns", 0.into(), "to 0"),
        (
            "/series/0/carried",
            6.into(),
            "`carried` is 6, over `started`, which is 5",
        ),
        (
            "/series/0/left_at",
            serde_json::json!({ "7": 2, "9": 1 }),
            "`left_at` are 3, over `in_flight`, which is 2",
        ),
        (
            "/series/0/carried_at",
            serde_json::json!({ "7": u64::MAX, "9": 1 }),
            "`carried_at` are 18446744073709551615, over `carried`, which is 0",
        ),
        (
            "/series/0/fields/batch_size/count",
            (1_u64 << 60).into(),
            "of batch_size, `count` is 1152921504606846976, of 2 calls and samples",
        ),
        (
            "/series/0/fields/batch_size/sum",
            (-5.0).into(),
            "of batch_size, `sum` is -5",
        ),
        (
            "/series/0/fields/batch_size/sum",
            serde_json::Value::Null,
            "`sum` is NaN",
        ),
        (
            "/series/0/fields/batch_size/min",
            (-1.0).into(),
            "of batch_size, `min` is -1",
        ),
        (
            "/series/0/latency/sum_ns",
            0.into(),
            "2 durations of 250000000 ns to 500000000 ns make 0 ns",
        ),
        (
            "/series/0/latency/sum_ns",
            (u64::MAX - 1).into(),
            "make 18446744073709551614 ns of calls that are ok",
        ),
        (
            "/series/0/history/calls/0/duration_ns",
            u64::MAX.into(),
            "a call of `history` took 18446744073709551615 ns, and the longest of all 500000000 ns",
        ),
        (
            "/series/0/rate/total_items",
            u64::MAX.into(),
            "and the fields say 12",
        ),
        ("/series/0/rate/calls", u64::MAX.into(), "of 2 calls that are ok"),
        (
            "/series/0/rate/count",
            u64::MAX.into(),
            "calls that said their items",
        ),
        ("/series/0/rate/sum", (-1.0).into(), "`rate.sum` is -1"),
        (
            "/percentiles",
            serde_json::json!([50, 100.5]),
            "`percentiles` has 100.5, which is not from 0 to 100",
        ),
        ("/window_ns", (-5).into(), "invalid value: integer `-5`"),
    ] {
        let message = refused(pointer, value);
        assert!(message.contains(expected), "{pointer}: {message}");
    }
    let mut two = written();
    let (ok, started) = (12.into(), 15.into());
    *two.pointer_mut("/series/0/outcomes/ok").unwrap() = ok;
    *two.pointer_mut("/series/0/started").unwrap() = started;
    let message = serde_json::from_str::<Snapshot>(&two.to_string())
        .unwrap_err()
        .to_string();
    assert!(message.contains("12 calls are ok, with 2 durations"), "{message}");
}

#[test]
fn a_history_of_more_calls_than_ended_is_refused() {
    let mut many = written();
    let calls = many.pointer_mut("/series/0/history/calls").unwrap();
    let call = calls[0].clone();
    calls.as_array_mut().unwrap().push(call);
    let error = serde_json::from_str::<Snapshot>(&many.to_string()).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("`history` is 4, of 3 calls that ended"),
        "{error}"
    );
}

#[test]
fn a_count_of_a_call_that_is_none_is_refused() {
    let pointer = "/series/0/history/calls/1/values/0/1";
    for (value, said) in [
        (serde_json::Value::Null, "NaN"),
        ((-1).into(), "-1"),
        (2.5.into(), "2.5"),
    ] {
        let problem = refused(pointer, value);
        let expected = format!("a call of `history` has {said} as batch_size");
        assert!(problem.contains(&expected), "{problem}");
    }
}

#[test]
fn a_total_far_from_the_sum_is_refused() {
    for (total, expected) in [(12, None), (13, Some("`total` is 13 and `sum` 12"))] {
        let mut two = written();
        two["series"][0]["fields"]["batch_size"]["total"] = total.into();
        let read = serde_json::from_str::<Snapshot>(&two.to_string());
        match expected {
            None => drop(read.unwrap()),
            Some(expected) => assert!(read.unwrap_err().to_string().contains(expected)),
        }
    }
}

#[test]
fn a_key_that_stands_twice_is_refused() {
    let mut written = written();
    written["subjects"] = serde_json::json!([
        { "stage": "inference", "subject": "m", "busy": [], "rated": [], "fields": { "tokens_in": [] } }
    ]);
    let text = written.to_string();
    for (map, entry, key) in [
        ("error_kinds", r#""io":0,"#, "io"),
        (
            "fields",
            r#""batch_size":{"count":0,"sum":0,"min":null,"max":null,"curve":[],"not_finite":0},"#,
            "batch_size",
        ),
        ("labels", r#""device":"a","device":"b""#, "device"),
        ("carried_at", r#""7":0,"#, "7"),
        ("left_at", r#""7":0,"#, "7"),
        ("busy\":[],\"fields", r#""tokens_in":[],"#, "tokens_in"),
    ] {
        let twice = text.replacen(&format!("\"{map}\":{{"), &format!("\"{map}\":{{{entry}"), 1);
        let error = serde_json::from_str::<Snapshot>(&twice).unwrap_err().to_string();
        assert!(
            error.contains("stands twice in a map") && error.contains(key),
            "{error}"
        );
    }
}

proptest! {
    /// Whatever was recorded, alone and merged, is never refused.
    #[test]
    fn what_was_recorded_reads_back(
        calls in prop::collection::vec((0..4_usize, 0.0..10.0_f64, any::<f64>(), 0..1_000_000_u32), 0..30),
        in_flight in 0..5_u64,
    ) {
        let outcomes = [Outcome::Ok, Outcome::Error, Outcome::Panicked, Outcome::Cancelled];
        let mut one = Series::new(Stage::TrainingEpoch, "m").in_flight(in_flight);
        for (outcome, seconds, loss, samples) in calls {
            let values = [(Number::Loss, loss), (Number::NumSamples, f64::from(samples))];
            one = one.ended(outcomes[outcome], seconds, &values);
        }
        let one = snapshot([one]);
        let mut both = one.clone();
        both.merge(&one);
        for snapshot in [one, both] {
            let text = serde_json::to_string(&snapshot).unwrap();
            prop_assert!(serde_json::from_str::<Snapshot>(&text).is_ok(), "{text}");
        }
    }
}
