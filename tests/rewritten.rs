//! An attribute of aimlm above one that rewrites what the function returns: the call is the one of the function as it is
//! in the end.

mod support;

use aimlm::{Metrics, Number, Stage, track_inference, track_operation};
use support::{block_on, one, yield_now};

fn ended(name: &str) -> (u64, u64) {
    let series = one(Stage::Operation, name);
    assert_eq!(series.in_flight, 0, "{name}");
    (series.outcomes.ok, series.outcomes.error)
}

#[track_operation(error_kind = |error| error.as_str(), items = |out| *out)]
#[rewrites::throws]
fn throws(text: &str) -> u64 {
    if text.is_empty() {
        return Err("empty".to_owned());
    }
    text.parse::<u64>().map_err(|error| error.to_string())?
}

#[test]
fn a_function_that_becomes_fallible_has_errors() {
    assert_eq!(throws("5"), Ok(5));
    assert!(throws("x").is_err());
    assert!(throws("").is_err());
    assert_eq!(ended("throws"), (1, 2));
    let calls = Metrics::global().snapshot().operation("throws").unwrap().calls;
    assert_eq!(calls.error_kinds["empty"], 1);
    assert_eq!(calls.number(Number::Items).unwrap().total, 5.0);
}

#[track_operation]
#[rewrites::throws]
async fn throws_later(text: String) -> u64 {
    yield_now().await;
    text.parse::<u64>().map_err(|error| error.to_string())?
}

#[track_operation(items = n)]
#[rewrites::boxed]
async fn boxed(n: u64) -> u64 {
    yield_now().await;
    if n == 0 { 0 } else { boxed(n - 1).await + 1 }
}

#[test]
fn an_async_function_that_becomes_another_is_timed_to_its_end() {
    assert!(block_on(throws_later("x".to_owned())).is_err());
    assert_eq!(block_on(throws_later("3".to_owned())), Ok(3));
    assert_eq!(ended("throws_later"), (1, 1));

    let mut started = boxed(2);
    support::poll_once(std::pin::Pin::new(&mut started));
    assert_eq!(one(Stage::Operation, "boxed").in_flight, 1);
    assert_eq!(block_on(started), 2);
    assert_eq!(ended("boxed"), (3, 0));
}

#[track_operation]
#[rewrites::blocking]
async fn blocking(n: u64) -> u64 {
    std::convert::identity(n).await + 1
}

#[test]
fn an_async_function_may_become_none() {
    assert_eq!(blocking(1), 2);
    assert_eq!(ended("blocking"), (1, 0));
}

/// Both attributes of ours, and one of another's between them.
#[track_operation(name = "outer")]
#[rewrites::throws]
#[track_inference(model = "inner")]
fn between(fails: bool) -> u8 {
    if fails { Err("as asked".to_owned())? } else { 1 }
}

#[test]
fn the_order_of_what_is_known_stays() {
    assert_eq!(between(false), Ok(1));
    assert!(between(true).is_err());
    assert_eq!(ended("outer"), (1, 1));
    let inner = one(Stage::Inference, "inner").outcomes;
    assert_eq!((inner.ok, inner.error), (1, 1));
}

/// Where aimlm is re-exported.
mod renamed {
    pub(crate) use aimlm::__private;
    pub(crate) use aimlm::track_operation;
}

#[renamed::track_operation(crate = crate::renamed)]
#[rewrites::throws]
fn through_another_path() -> u8 {
    Err("always".to_owned())?
}

#[test]
fn the_path_to_the_attribute_is_the_one_that_was_given() {
    assert!(through_another_path().is_err());
    assert_eq!(ended("through_another_path"), (0, 1));
}

/// Harnesses and runtimes are left where they are, and so is their test.
#[track_operation]
#[test]
fn a_test_of_its_own() {
    assert!(Metrics::global().is_enabled());
}

#[track_operation]
#[tokio::main(flavor = "current_thread")]
async fn runs_alone() -> Result<u8, String> {
    tokio::task::yield_now().await;
    Err("no".to_owned())
}

#[test]
fn a_runtime_is_started_around_the_call() {
    assert!(runs_alone().is_err());
    assert_eq!(ended("runs_alone"), (0, 1));
}
