//! Calls recorded by hand end as what they were, and carry whatever an attribute can say.

mod support;

use std::future::{Future, pending, ready};
use std::num::{NonZero, ParseIntError};
use std::panic::{AssertUnwindSafe, catch_unwind, panic_any};
use std::path::Path;
use std::pin::pin;
use std::time::Duration;

use aimlm::{Config, Label, Metrics, Number, Outcome, Outcomes, Stage};
use support::{block_on, books_balance, numbers, poll_and_drop, yield_now};

const OK: Outcomes = outcomes(1, 0, 0, 0);
const ERROR: Outcomes = outcomes(0, 1, 0, 0);
const PANICKED: Outcomes = outcomes(0, 0, 1, 0);
const CANCELLED: Outcomes = outcomes(0, 0, 0, 1);

const fn outcomes(ok: u64, error: u64, panicked: u64, cancelled: u64) -> Outcomes {
    Outcomes {
        ok,
        error,
        panicked,
        cancelled,
        other: 0,
    }
}

/// How the calls ended that `record` makes.
fn recorded(record: impl FnOnce(&Metrics)) -> Outcomes {
    let metrics = Metrics::default_instance();
    record(&metrics);
    let series = support::of(&metrics, Stage::Inference, "m");
    assert_eq!(series.in_flight, 0);
    series.outcomes
}

/// The same, where `record` unwinds.
fn unwound(record: impl FnOnce(&Metrics)) -> Outcomes {
    recorded(|metrics| assert!(catch_unwind(AssertUnwindSafe(|| record(metrics))).is_err()))
}

#[test]
fn a_closure_is_what_it_returns() {
    let run = |result: Result<u32, &'static str>| {
        recorded(|metrics| assert_eq!(metrics.track_inference("m").run(|_| result), result))
    };
    assert_eq!(run(Ok(1)), OK);
    assert_eq!(run(Err("no")), ERROR);
    let parse = |text: &str| {
        recorded(|metrics| {
            let _ = metrics.track_inference("m").run(|call| {
                let number: u32 = text.parse()?;
                call.tokens_out(number);
                Ok::<_, ParseIntError>(number)
            });
        })
    };
    assert_eq!((parse("12"), parse("twelve")), (OK, ERROR));
    assert_eq!(recorded(|metrics| metrics.track_inference("m").run(|_| ())), OK);
    assert_eq!(
        recorded(|metrics| assert_eq!(metrics.track_inference("m").run(|_| None::<u8>), None)),
        OK
    );
    assert_eq!(
        unwound(|metrics| metrics.track_inference("m").run(|_| panic_any(()))),
        PANICKED
    );
}

/// Types that are known only where this is used.
fn run_any<T>(metrics: &Metrics, body: impl FnOnce() -> T) -> T {
    metrics.track_inference("m").run(|_| body())
}

#[test]
fn a_closure_of_any_type_is_what_it_returns() {
    assert_eq!(recorded(|metrics| run_any(metrics, || ())), OK);
    let failed = recorded(|metrics| run_any(metrics, || Err::<(), _>(())).unwrap_err());
    assert_eq!(failed, ERROR);
}

#[test]
fn a_guard_is_what_it_was_told() {
    let start = |metrics: &Metrics| metrics.track_inference("m").start();
    assert_eq!(recorded(|metrics| start(metrics).ok()), OK);
    assert_eq!(recorded(|metrics| start(metrics).fail()), ERROR);
    assert_eq!(recorded(|metrics| start(metrics).fail_with("timeout")), ERROR);
    assert_eq!(recorded(|metrics| drop(start(metrics))), ERROR);
    let with = |result| recorded(|metrics| assert_eq!(start(metrics).finish_with(result), result));
    assert_eq!((with(Ok(1)), with(Err(2))), (OK, ERROR));
    let cancelled = recorded(|metrics| start(metrics).finish(Outcome::Cancelled));
    assert_eq!(cancelled, CANCELLED);
}

#[test]
fn a_guard_left_by_a_question_mark_is_an_error() {
    fn inline(metrics: &Metrics, text: &str) -> Result<u32, ParseIntError> {
        let call = metrics.track_inference("m").start();
        let number = text.parse()?;
        call.ok();
        Ok(number)
    }
    let calls = recorded(|metrics| {
        inline(metrics, "12").unwrap();
        inline(metrics, "twelve").unwrap_err();
    });
    assert_eq!(calls, outcomes(1, 1, 0, 0));
}

#[test]
fn a_guard_that_unwinds_has_panicked_and_one_made_while_unwinding_has_not() {
    struct CleansUp<'a>(&'a Metrics);

    impl Drop for CleansUp<'_> {
        fn drop(&mut self) {
            self.0.track_inference("m").start().ok();
            drop(self.0.track_inference("m").start());
        }
    }

    let calls = unwound(|metrics| {
        let _cleans_up = CleansUp(metrics);
        let _call = metrics.track_inference("m").start();
        panic_any(());
    });
    assert_eq!(calls, outcomes(1, 1, 1, 0));
}

fn drive(future: impl Future) {
    let _ = block_on(future);
}

/// Drops a pending future while it unwinds itself.
fn poll_and_unwind(future: impl Future) {
    let mut future = pin!(future);
    support::poll_once(future.as_mut());
    panic_any(())
}

#[test]
fn a_future_is_what_became_of_it() {
    async fn run(metrics: &Metrics, body: impl Future<Output = Result<(), ()>>) -> Result<(), ()> {
        metrics.track_inference("m").run_async(async |_| body.await).await
    }
    async fn watch(metrics: &Metrics, body: impl Future<Output = Result<(), ()>>) -> Result<(), ()> {
        let mut call = metrics.track_inference("m").start();
        call.watch(body).await?;
        call.ok();
        Ok(())
    }
    async fn later(result: Result<(), ()>) -> Result<(), ()> {
        yield_now().await;
        result
    }
    async fn panics() -> Result<(), ()> {
        yield_now().await;
        panic_any(())
    }
    macro_rules! both {
        ($ending:ident, $body:expr, $drive:expr) => {
            [
                $ending(|metrics| $drive(run(metrics, $body))),
                $ending(|metrics| $drive(watch(metrics, $body))),
            ]
        };
    }
    assert_eq!(both!(recorded, later(Ok(())), drive), [OK; 2]);
    assert_eq!(both!(recorded, later(Err(())), drive), [ERROR; 2]);
    assert_eq!(
        both!(recorded, later(Ok(())), |call| poll_and_drop(call, 1)),
        [CANCELLED; 2]
    );
    assert_eq!(
        both!(recorded, pending(), |call| poll_and_drop(call, 3)),
        [CANCELLED; 2]
    );
    assert_eq!(both!(unwound, panics(), drive), [PANICKED; 2]);
    // Dropped by someone else's panic it has not panicked itself.
    let dropped_while_unwinding = both!(unwound, pending(), poll_and_unwind);
    assert_eq!(dropped_while_unwinding, [CANCELLED; 2]);
}

#[test]
fn a_call_that_outlives_a_dropped_future_is_what_it_is_told_then() {
    let calls = recorded(|metrics| {
        block_on(async {
            let mut call = metrics.track_inference("m").start();
            poll_and_drop(call.watch(pending::<()>()), 1);
            call.ok();
            let mut call = metrics.track_inference("m").start();
            drop(call.watch(pending::<()>()));
            call.watch(ready(())).await;
            drop(call);
        });
    });
    assert_eq!(calls, outcomes(1, 1, 0, 0));
}

#[test]
fn what_is_never_polled_is_no_call() {
    let metrics = Metrics::default_instance();
    drop(metrics.track_inference("m").run_async(async |_| ()));
    assert_eq!(metrics.snapshot().series.len(), 0);
}

#[test]
fn a_future_of_a_call_goes_to_other_threads() {
    fn spawn<F: Future<Output: Send> + Send + 'static>(future: F) -> F::Output {
        std::thread::spawn(move || block_on(future)).join().ok().unwrap()
    }
    let metrics = Metrics::default_instance();
    let own = metrics.clone();
    let answer = spawn(async move {
        let prompt = String::from("hello");
        let called = own
            .track_inference("m")
            .batch_size(prompt.len())
            .run_async(async |call| {
                yield_now().await;
                call.tokens_out(prompt.len());
                Ok::<_, ()>(prompt.len())
            });
        called.await
    });
    assert_eq!(answer, Ok(5));
    let own = metrics.clone();
    spawn(async move {
        let mut call = own.track_inference("m").start();
        call.watch(yield_now()).await;
        call.tokens_out(7_u8);
        call.ok();
    });
    let series = support::of(&metrics, Stage::Inference, "m");
    assert_eq!((series.outcomes, series.in_flight), (outcomes(2, 0, 0, 0), 0));
    assert_eq!(numbers(&series, "tokens_out"), [5.0, 7.0]);
}

#[test]
fn whatever_type_an_attribute_takes_is_taken() {
    let metrics = Metrics::default_instance();
    let (rows, one, three_quarters) = ([0_u8; 3], &1_i64, &0.75);
    let device = Some(String::from("cuda:0"));
    let track = || {
        let step = metrics.track_training_step("m").device(&device).epoch(one);
        step.step(7_usize).batch_size(rows.len()).num_samples(Some(9_u16))
    };
    let mut call = track().tokens_in(NonZero::new(5_u32)).loss(0.5_f32).start();
    call.accuracy(three_quarters)
        .learning_rate(Some(0.125))
        .gradient_norm(2);
    call.ok();
    // The later word counts, and `None` takes back what was said; a negative number says nothing.
    let mut call = track().tokens_in(-1).num_samples(None::<u8>).loss(3).start();
    call.loss(0.25).batch_size(None::<usize>);
    call.ok();

    let series = support::of(&metrics, Stage::TrainingStep, "m");
    assert_eq!(series.label(Label::Device), Some("cuda:0"));
    let calls: Vec<Vec<_>> = series
        .history
        .calls()
        .map(|call| call.values().collect())
        .collect();
    let both = [(Number::Epoch, 1.0), (Number::Step, 7.0)];
    let first = [
        (Number::BatchSize, 3.0),
        (Number::NumSamples, 9.0),
        (Number::TokensIn, 5.0),
        (Number::Loss, 0.5),
        (Number::Accuracy, 0.75),
        (Number::LearningRate, 0.125),
        (Number::GradientNorm, 2.0),
    ];
    assert_eq!(calls[0], [&both[..], &first].concat());
    assert_eq!(calls[1], [&both[..], &[(Number::Loss, 0.25)]].concat());

    let load = metrics
        .track_model_load("m")
        .source(Path::new("/models/m"))
        .format(&None::<&str>);
    load.device(&0).size_bytes(rows.len()).start().ok();
    let series = support::of(&metrics, Stage::ModelLoad, "m");
    let labels: Vec<_> = series
        .labels
        .iter()
        .map(|(label, text)| (*label, text.as_str()))
        .collect();
    assert_eq!(labels, [(Label::Source, "/models/m"), (Label::Device, "0")]);
}

#[test]
fn stages_without_an_attribute_are_tracked_too() {
    let metrics = Metrics::default_instance();
    let fetched = metrics.track_data_loading("image").run(|call| {
        call.size_bytes(4096_usize);
        Err::<(), _>("no such file")
    });
    fetched.unwrap_err();
    metrics
        .track_sync_operation("barrier")
        .size_bytes(64)
        .start()
        .ok();
    let counts = |stage, subject| support::of(&metrics, stage, subject).outcomes;
    assert_eq!(counts(Stage::DataLoading, "image"), ERROR);
    assert_eq!(counts(Stage::Synchronization, "barrier"), OK);
}

/// A closure names the kind of its error, and a call that succeeds after all has none.
#[test]
fn a_closure_names_the_kind_of_its_error() {
    let metrics = Metrics::default_instance();
    let call = |ok: bool| {
        let _ = metrics.track_operation("kinds").run(|call| {
            call.error_kind("timeout");
            if ok { Ok(()) } else { Err(()) }
        });
    };
    [true, false, false].into_iter().for_each(call);
    let calls = &metrics.snapshot().operation("kinds").unwrap().calls;
    assert_eq!((calls.counts.ok, calls.counts.error), (1, 2));
    assert_eq!(calls.error_kinds["timeout"], 2);
}

#[test]
fn absurd_durations_and_repeated_labels_do_no_harm() {
    let metrics = Metrics::new(Config::builder().max_series(4).history_size(3).build().unwrap()).unwrap();
    for _ in 0..9 {
        metrics.record_inference("m", Duration::MAX);
        metrics
            .track_inference("m")
            .device("cpu")
            .device("gpu")
            .start()
            .ok();
    }
    let snapshot = metrics.snapshot();
    books_balance(&snapshot);
    let counts: Vec<_> = snapshot.series.iter().map(|series| series.started).collect();
    assert_eq!(counts, [9, 9]);
    assert_eq!(snapshot.engine.overflow_calls, 0);
}
