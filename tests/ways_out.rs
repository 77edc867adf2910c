//! How an async function may be left, and what its call counts as: also where a macro hides the way out, and where a
//! `?` works on something else than a `Result`.

mod support;

use std::future::Future;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use aimlm::{Metrics, Number, OperationMetrics, Outcomes, track_operation};
use futures_core::{FusedStream, Stream};
use support::{block_on, poll_and_drop, poll_once, yield_now};

fn recorded(name: &str) -> OperationMetrics {
    Metrics::global()
        .snapshot()
        .operation(name)
        .expect("it was called")
}

/// Calls that ended ok, as errors, panicked, cancelled.
fn ended(name: &str) -> [u64; 4] {
    let series = support::one(aimlm::Stage::Operation, name);
    let Outcomes {
        ok,
        error,
        panicked,
        cancelled,
        ..
    } = series.outcomes;
    assert_eq!(series.in_flight, 0, "{name}");
    [ok, error, panicked, cancelled]
}

fn items(name: &str) -> Option<f64> {
    recorded(name)
        .calls
        .number(Number::Items)
        .map(|items| items.total)
}

#[track_operation(items = |out| *out)]
async fn result(text: &str) -> Result<u64, std::num::ParseIntError> {
    yield_now().await;
    let number: u64 = text.parse()?;
    Ok(number)
}

#[test]
fn an_err_that_a_question_mark_hands_on_is_an_error_without_numbers() {
    assert_eq!(block_on(result("5")), Ok(5));
    assert!(block_on(result("x")).is_err());
    assert_eq!(ended("result"), [1, 1, 0, 0]);
    assert_eq!(items("result"), Some(5.0));
}

type Maybe = Option<u64>;

#[track_operation(items = |out| out.map_or(7, |n| n))]
async fn option(given: Maybe) -> Maybe {
    yield_now().await;
    Some(given? + 1)
}

#[test]
fn a_none_that_a_question_mark_hands_on_is_a_value_like_another() {
    assert_eq!(block_on(option(Some(1))), Some(2));
    assert_eq!(block_on(option(None)), None);
    assert_eq!(ended("option"), [2, 0, 0, 0]);
    assert_eq!(items("option"), Some(9.0));
}

#[track_operation]
async fn unlooked_option(given: Option<u64>) -> Option<u64> {
    yield_now().await;
    Some(given? + 1)
}

#[track_operation]
async fn out_of_poll(given: Poll<Result<u64, String>>) -> Result<Poll<u64>, String> {
    yield_now().await;
    Ok(given?)
}

#[track_operation]
async fn out_of_polled(given: Poll<Option<Result<u64, String>>>) -> Result<bool, String> {
    yield_now().await;
    let given = given?;
    Ok(given.is_pending())
}

#[track_operation]
async fn poll(given: Poll<Result<u64, String>>) -> Poll<Result<u64, String>> {
    yield_now().await;
    let given = given?;
    given.map(Ok)
}

#[track_operation]
async fn control(given: ControlFlow<u64, u64>) -> ControlFlow<u64, u64> {
    yield_now().await;
    ControlFlow::Continue(given? + 1)
}

#[test]
fn a_question_mark_works_on_more_than_results() {
    block_on(unlooked_option(None));
    assert_eq!(ended("unlooked_option"), [1, 0, 0, 0]);

    assert!(block_on(out_of_poll(Poll::Ready(Err("no".to_owned())))).is_err());
    assert_eq!(block_on(out_of_poll(Poll::Pending)), Ok(Poll::Pending));
    assert_eq!(ended("out_of_poll"), [1, 1, 0, 0]);

    assert!(block_on(out_of_polled(Poll::Ready(Some(Err("no".to_owned()))))).is_err());
    assert_eq!(block_on(out_of_polled(Poll::Ready(None))), Ok(false));
    assert_eq!(ended("out_of_polled"), [1, 1, 0, 0]);

    assert!(block_on(poll(Poll::Ready(Err("no".to_owned())))).is_ready());
    assert_eq!(ended("poll"), [1, 0, 0, 0]);

    assert!(block_on(control(ControlFlow::Break(1))).is_break());
    assert_eq!(ended("control"), [1, 0, 0, 0]);
}

#[track_operation(error_kind = |error| error.as_str(), items = |out| *out)]
async fn kind(fails: bool) -> Result<u64, String> {
    yield_now().await;
    if fails {
        Err("told")?;
    }
    Ok(3)
}

#[track_operation(ok_if = |out| out.is_err())]
async fn judged(given: Result<u64, String>) -> Result<u64, String> {
    yield_now().await;
    Ok(given? + 1)
}

#[test]
fn what_looks_at_the_result_sees_the_one_of_a_question_mark() {
    let (failed, fine) = (block_on(kind(true)), block_on(kind(false)));
    assert!(failed.is_err() && fine.is_ok());
    assert_eq!(ended("kind"), [1, 1, 0, 0]);
    assert_eq!(recorded("kind").calls.error_kinds["told"], 1);
    assert_eq!(items("kind"), Some(3.0));

    assert!(block_on(judged(Err("as it should".to_owned()))).is_err());
    assert!(block_on(judged(Ok(1))).is_ok());
    assert_eq!(ended("judged"), [1, 1, 0, 0]);
}

macro_rules! leave_with {
    ($value:expr) => {
        return Ok($value)
    };
}

/// Named like a macro that writes a line of a log.
macro_rules! error {
    ($why:expr) => {
        return Err($why.to_owned())
    };
}

macro_rules! wait_here {
    () => {
        yield_now().await
    };
}

#[track_operation(items = |out| *out)]
async fn hidden_return(early: bool) -> Result<u64, String> {
    yield_now().await;
    if early {
        leave_with!(4);
    }
    Ok(1)
}

#[track_operation]
async fn hidden_error() -> Result<u64, String> {
    yield_now().await;
    error!("no");
}

#[track_operation]
async fn hidden_wait() -> u64 {
    yield_now().await;
    wait_here!();
    1
}

#[track_operation]
async fn wait_in_a_known_macro() -> Vec<u64> {
    yield_now().await;
    vec![hidden_wait().await, 2]
}

#[test]
fn a_macro_may_hide_a_way_out_or_a_wait() {
    assert_eq!(block_on(hidden_return(true)), Ok(4));
    assert_eq!(block_on(hidden_return(false)), Ok(1));
    assert_eq!(ended("hidden_return"), [2, 0, 0, 0]);
    assert_eq!(items("hidden_return"), Some(5.0));

    assert!(block_on(hidden_error()).is_err());
    assert_eq!(ended("hidden_error"), [0, 1, 0, 0]);

    poll_and_drop(wait_in_a_known_macro(), 2);
    assert_eq!(block_on(wait_in_a_known_macro()), [1, 2]);
    assert_eq!(ended("hidden_wait"), [1, 0, 0, 1]);
    assert_eq!(ended("wait_in_a_known_macro"), [1, 0, 0, 1]);
}

#[track_operation]
async fn twice(depth: u64) -> u64 {
    yield_now().await;
    let inner = async { depth };
    inner.await
}

#[track_operation]
async fn in_arguments() -> u64 {
    twice(twice(1).await + twice(2).await).await
}

#[track_operation]
async fn returns_from_a_loop(upto: u64) -> u64 {
    loop {
        for n in 0.. {
            yield_now().await;
            if n == upto {
                return n;
            }
        }
    }
}

#[test]
fn waits_stand_in_waits_and_returns_in_loops() {
    assert_eq!(block_on(in_arguments()), 3);
    assert_eq!(ended("twice"), [3, 0, 0, 0]);
    assert_eq!(ended("in_arguments"), [1, 0, 0, 0]);
    assert_eq!(block_on(returns_from_a_loop(3)), 3);
    assert_eq!(ended("returns_from_a_loop"), [1, 0, 0, 0]);
}

#[track_operation]
async fn panics(after: u64) {
    for n in 0..3 {
        assert_ne!(n, after, "as asked");
        yield_now().await;
    }
}

#[track_operation]
async fn waits_for_a_panic() {
    panics(1).await;
}

#[track_operation]
async fn beside() {
    yield_now().await;
    yield_now().await;
}

/// Whoever unwinds has panicked; whoever is dropped by that has not.
#[test]
fn a_future_that_another_ones_panic_drops_is_cancelled() {
    let caught = catch_unwind(AssertUnwindSafe(|| {
        let mut waiting = pin!(beside());
        poll_once(waiting.as_mut());
        let mut context = Context::from_waker(Waker::noop());
        let mut panicking = pin!(waits_for_a_panic());
        while panicking.as_mut().poll(&mut context).is_pending() {}
    }));
    assert!(caught.is_err());
    assert_eq!(ended("panics"), [0, 0, 1, 0]);
    assert_eq!(ended("waits_for_a_panic"), [0, 0, 1, 0]);
    assert_eq!(ended("beside"), [0, 0, 0, 1]);
}

/// Says so where a wait under the function's own unwinding is not.
struct Waits;

impl Drop for Waits {
    fn drop(&mut self) {
        block_on(in_a_drop());
        poll_and_drop(in_a_drop(), 1);
    }
}

#[track_operation]
async fn in_a_drop() {
    yield_now().await;
}

#[test]
fn a_function_that_runs_while_the_thread_unwinds_has_not_panicked() {
    let caught = catch_unwind(|| {
        let _waits = Waits;
        panic!("as asked");
    });
    assert!(caught.is_err());
    assert_eq!(ended("in_a_drop"), [1, 0, 0, 1]);
}

/// Functions whose body stays in its place because of their caller.
mod under_track_caller {
    use super::*;

    #[track_operation]
    #[track_caller]
    fn tries(text: &str) -> Result<u64, std::num::ParseIntError> {
        let number: u64 = text.parse()?;
        assert_ne!(number, 13, "as asked");
        Ok(number)
    }

    #[track_operation]
    #[track_caller]
    fn finds(given: Option<u64>) -> Option<u64> {
        Some(given? + 1)
    }

    #[track_operation]
    #[track_caller]
    fn hides(early: bool) -> Result<u64, String> {
        if early {
            error!("no");
        }
        Ok(1)
    }

    #[track_operation]
    #[track_caller]
    fn counts(upto: u64) -> impl Iterator<Item = u64> {
        0..upto
    }

    #[test]
    fn a_question_mark_ends_the_call() {
        assert!(tries("x").is_err() && tries("4").is_ok());
        assert!(catch_unwind(|| tries("13")).is_err());
        assert_eq!(ended("tries"), [1, 1, 1, 0]);
        assert_eq!((finds(None), finds(Some(1))), (None, Some(2)));
        assert_eq!(ended("finds"), [2, 0, 0, 0]);
        assert!(hides(true).is_err() && hides(false).is_ok());
        assert_eq!(ended("hides"), [1, 1, 0, 0]);
    }

    #[test]
    fn what_is_handed_out_has_the_call() {
        assert_eq!(counts(3).count(), 3);
        assert_eq!(counts(3).take(1).count(), 1);
        assert_eq!(ended("counts"), [1, 0, 0, 1]);
    }

    /// Leaves by a way that is hidden, while its thread unwinds for another reason.
    struct Leaves;

    impl Drop for Leaves {
        fn drop(&mut self) {
            let _ = hides_while_unwinding();
        }
    }

    #[track_operation]
    #[track_caller]
    fn hides_while_unwinding() -> Result<u64, String> {
        error!("no");
    }

    #[test]
    fn a_hidden_way_out_is_no_panic_while_another_function_unwinds() {
        let caught = catch_unwind(|| {
            let _leaves = Leaves;
            panic!("as asked");
        });
        assert!(caught.is_err());
        assert_eq!(ended("hides_while_unwinding"), [0, 1, 0, 0]);
    }
}

#[track_operation]
fn panics_before_it_hands_out(upto: u64) -> impl Iterator<Item = u64> {
    assert!(upto > 0, "as asked");
    0..upto
}

#[test]
fn a_function_that_panics_before_it_hands_anything_out_has_panicked() {
    assert!(catch_unwind(|| panics_before_it_hands_out(0).count()).is_err());
    assert_eq!(panics_before_it_hands_out(2).count(), 2);
    assert_eq!(ended("panics_before_it_hands_out"), [1, 0, 1, 0]);
}

#[track_operation]
fn some_items(fail_at: usize) -> impl ExactSizeIterator<Item = Result<usize, String>> + DoubleEndedIterator {
    (0..4_usize).map(move |n| {
        if n == fail_at {
            Err("as asked".to_owned())
        } else {
            Ok(n)
        }
    })
}

/// One item that is an error makes the call an error, whatever comes after it and from whichever end it is taken.
#[test]
fn an_item_that_is_an_error_makes_the_call_one() {
    assert_eq!(some_items(9).filter(Result::is_err).count(), 0);
    assert_eq!(some_items(1).filter(Result::is_err).count(), 1);
    assert_eq!(some_items(3).rev().filter(Result::is_err).count(), 1);
    assert!(some_items(0).take(2).any(|item| item.is_err()));
    assert_eq!(ended("some_items"), [1, 3, 0, 0]);
}

#[track_operation]
fn sized(upto: usize) -> impl ExactSizeIterator<Item = usize> + DoubleEndedIterator {
    0..upto
}

#[test]
fn how_many_items_are_left_is_what_the_iterator_says() {
    let mut items = sized(4);
    assert_eq!((items.len(), items.size_hint()), (4, (4, Some(4))));
    assert!(items.next().is_some() && items.next_back().is_some());
    assert_eq!((items.len(), items.size_hint()), (2, (2, Some(2))));
}

/// Two items, more or fewer of which it says it has.
struct Two(usize);

impl Stream for Two {
    type Item = usize;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<usize>> {
        self.0 += 1;
        Poll::Ready((self.0 <= 2).then_some(self.0))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (2 + self.0, Some(7 + self.0))
    }
}

impl FusedStream for Two {
    fn is_terminated(&self) -> bool {
        self.0 > 2
    }
}

#[track_operation]
fn two() -> impl FusedStream<Item = usize> {
    Two(0)
}

#[test]
fn what_a_stream_says_of_itself_is_what_the_watched_one_says() {
    let mut items = pin!(two());
    let mut context = Context::from_waker(Waker::noop());
    for seen in 0..3 {
        assert_eq!(items.size_hint(), (2 + seen, Some(7 + seen)));
        assert!(!items.is_terminated());
        let expected = (seen < 2).then_some(seen + 1);
        assert_eq!(items.as_mut().poll_next(&mut context), Poll::Ready(expected));
    }
    assert!(items.is_terminated());
    assert_eq!(ended("two"), [1, 0, 0, 0]);
}
