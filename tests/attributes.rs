//! The attributes in use: series, outcomes and values as the documentation promises them.

mod support;

use std::future::Future;
use std::pin::Pin;

use aimlm::{Metrics, Stage, track_inference, track_model_load, track_operation, track_training_step};
use support::{block_on, numbers, one, yield_now};

#[track_inference(model = "fixed", device = "cpu", batch_size = inputs.len(), tokens_out = |out| out.len())]
fn fixed(inputs: &[u8]) -> Vec<u8> {
    inputs.to_vec()
}

#[test]
fn literals_values_and_results() {
    fixed(&[1, 2, 3]);
    fixed(&[1]);
    let tally = one(Stage::Inference, "fixed");
    assert_eq!(tally.started, 2);
    assert_eq!(tally.outcomes.ok, 2);
    assert_eq!(numbers(&tally, "batch_size"), [3.0, 1.0]);
    assert_eq!(numbers(&tally, "tokens_out"), [3.0, 1.0]);
    assert_eq!(tally.site.as_ref().unwrap().function, "attributes::fixed");
}

type Fallible<T> = Result<T, std::num::ParseIntError>;

struct Model {
    name: String,
    metrics: Metrics,
}

impl Model {
    #[track_inference(model = self.name, batch_size = Some(1), tokens_out = |n| *n, error_kind = |e| e.to_string())]
    fn parse(&self, text: &str) -> Fallible<u32> {
        let n: u32 = text.parse()?;
        Ok(n)
    }

    #[track_model_load(model = self.name, source = self.source(), metrics = self.metrics)]
    async fn load(&mut self, waits: usize) -> Fallible<&mut String> {
        for _ in 0..waits {
            yield_now().await;
        }
        Ok(&mut self.name)
    }

    fn source(&self) -> Option<&str> {
        None
    }
}

#[test]
fn run_time_subjects_and_results_by_type() {
    let mut model = Model {
        name: "m-17".into(),
        metrics: Metrics::default_instance(),
    };
    assert!(model.parse("41").is_ok());
    assert!(model.parse("x").is_err());
    let tally = one(Stage::Inference, "m-17");
    assert_eq!((tally.outcomes.ok, tally.outcomes.error), (1, 1));
    assert_eq!(numbers(&tally, "tokens_out"), [41.0]);
    assert_eq!(
        tally.error_kinds.into_iter().collect::<Vec<_>>(),
        [("invalid digit found in string".into(), 1)]
    );

    block_on(model.load(3)).unwrap().push('!');
    let tally = support::of(&model.metrics, Stage::ModelLoad, "m-17");
    assert_eq!(tally.outcomes.ok, 1);
}

#[track_training_step(model = "step", step = step, loss = |out| out.0, accuracy = |out| out.1, ok_if = |out| out.0.is_finite())]
async fn step(step: u64, loss: f32) -> (f32, Option<f64>) {
    (loss, Some(0.5))
}

#[test]
fn judged_by_a_closure() {
    block_on(step(1, 0.25));
    block_on(step(2, f32::NAN));
    let tally = one(Stage::TrainingStep, "step");
    assert_eq!((tally.outcomes.ok, tally.outcomes.error), (1, 1));
    assert_eq!(numbers(&tally, "loss"), [0.25]);
    assert_eq!(numbers(&tally, "step"), [1.0, 2.0]);
}

#[track_operation]
fn boxed(fail: bool) -> Pin<Box<dyn Future<Output = Result<u8, String>> + Send>> {
    Box::pin(async move {
        yield_now().await;
        if fail { Err("no".to_owned()) } else { Ok(7) }
    })
}

#[track_operation(items = |_| 3)]
fn opaque<'a>(text: &'a str) -> impl Future<Output = usize> + use<'a> {
    async move {
        yield_now().await;
        text.len()
    }
}

#[track_operation]
fn pair() -> (impl Future<Output = u8>, &'static str) {
    (std::future::ready(5), "id")
}

#[track_operation]
fn items(upto: u32) -> impl DoubleEndedIterator<Item = u32> + ExactSizeIterator {
    (0..upto as usize).map(|n| n as u32)
}

#[track_operation]
async fn panics(at: usize) {
    yield_now().await;
    assert_ne!(at, 1, "as asked");
    yield_now().await;
}

#[test]
fn what_is_handed_out_is_timed_to_its_end() {
    assert_eq!(block_on(boxed(false)), Ok(7));
    assert!(block_on(boxed(true)).is_err());
    drop(boxed(true));
    let tally = one(Stage::Operation, "boxed");
    assert_eq!(
        (tally.started, tally.outcomes.ok, tally.outcomes.error),
        (2, 1, 1)
    );

    assert_eq!(block_on(opaque("four")), 4);
    assert_eq!(numbers(&one(Stage::Operation, "opaque"), "items"), [3.0]);

    let (future, id) = pair();
    assert_eq!((block_on(future), id), (5, "id"));
    assert_eq!(one(Stage::Operation, "pair").outcomes.ok, 1);

    assert_eq!(items(3).rev().collect::<Vec<_>>(), [2, 1, 0]);
    assert_eq!(items(3).len(), 3);
    let mut some = items(3);
    some.next();
    drop(some);
    let tally = one(Stage::Operation, "items");
    assert_eq!(
        (tally.started, tally.outcomes.ok, tally.outcomes.cancelled),
        (2, 1, 1)
    );
}

#[test]
fn panics_and_cancellations() {
    assert!(std::panic::catch_unwind(|| block_on(panics(1))).is_err());
    block_on(panics(0));
    support::poll_and_drop(panics(0), 1);
    support::poll_and_drop(panics(0), 0);
    let tally = one(Stage::Operation, "panics");
    assert_eq!(tally.started, 3);
    assert_eq!(
        (
            tally.outcomes.ok,
            tally.outcomes.panicked,
            tally.outcomes.cancelled
        ),
        (1, 1, 1)
    );
}

#[track_operation]
#[track_caller]
fn caller(text: Option<&str>) -> Result<u32, std::num::ParseIntError> {
    let Some(text) = text else {
        return Ok(std::panic::Location::caller().line());
    };
    let n: u32 = text.parse()?;
    Ok(n)
}

#[test]
fn the_caller_is_still_the_caller() {
    assert_eq!(caller(None), Ok(line!()));
    assert_eq!(caller(Some("4")), Ok(4));
    assert!(caller(Some("x")).is_err());
    let tally = one(Stage::Operation, "caller");
    assert_eq!((tally.outcomes.ok, tally.outcomes.error), (2, 1));
}

#[track_operation(track_memory)]
fn watched(wait: impl Fn()) {
    wait();
}

#[track_operation(name = name, track_memory)]
fn watched_by_name(name: &str, wait: impl Fn()) {
    let _ = name;
    wait();
}

#[track_operation]
fn unwatched(wait: impl Fn()) {
    wait();
}

#[test]
fn memory_is_sampled_where_it_is_asked_for() {
    let is_sampled = |name: &str| one(Stage::Operation, name).memory.is_some();
    let until = |name: &'static str| {
        move || {
            while !is_sampled(name) {
                std::thread::sleep(std::time::Duration::from_millis(1));
            }
        }
    };
    unwatched(|| {
        watched(until("watched"));
        watched_by_name("by name", until("by name"));
    });
    assert!(!is_sampled("unwatched"));
}
