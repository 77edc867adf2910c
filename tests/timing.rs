//! What is timed is the work: each shape on a clock that stands still until told otherwise.

mod support;

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use aimlm::{Outcome, Stage, track_operation, track_training_step};
use futures_core::Stream;
use support::one;

/// The clock of this process; nothing else may read a clock before it is here.
fn clock() -> &'static quanta::Mock {
    static CLOCK: OnceLock<std::sync::Arc<quanta::Mock>> = OnceLock::new();
    CLOCK.get_or_init(aimlm::__private::mock_clock)
}

fn pass(time: u64) {
    clock().increment(Duration::from_micros(time));
}

/// The clock is the process's: one test at a time moves it.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Waits for one poll, during which so much time passes.
async fn wait(time: u64) {
    let mut waited = false;
    std::future::poll_fn(move |_| {
        pass(time);
        if std::mem::replace(&mut waited, true) {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
}

/// Polls to the end; between two polls time passes too, and it belongs to the call.
fn finish<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return output;
        }
        pass(1000);
    }
}

/// Microseconds and outcome of the one call under a name.
fn timed(name: &str) -> (u64, Outcome) {
    let series = one(Stage::Operation, name);
    assert_eq!(series.started, 1, "{name}");
    assert_eq!(series.in_flight, 0, "{name}");
    let call = series.history.calls().next().unwrap();
    (call.duration_ns / 1000, call.outcome)
}

const OK: Outcome = Outcome::Ok;

#[track_operation]
fn sync() {
    pass(5);
}

/// Longer than the end of a call has bits for.
const HOURS: u64 = 10 * 3_600_000_000;

#[track_operation]
fn for_hours() {
    pass(HOURS);
}

#[track_training_step(model = "for hours", step = 7, loss = 0.5)]
fn step_for_hours() -> Result<(), ()> {
    pass(HOURS);
    Err(())
}

#[track_operation]
async fn asynchronous() {
    pass(1);
    wait(2).await;
}

#[track_operation]
fn returned() -> impl Future<Output = ()> {
    pass(100);
    async {
        pass(10);
        wait(1).await;
    }
}

#[track_operation]
fn boxed() -> Pin<Box<dyn Future<Output = Result<(), String>> + Send>> {
    pass(100);
    Box::pin(async {
        wait(1).await;
        Err("no".to_owned())
    })
}

#[track_operation]
fn paired() -> (u8, impl Future<Output = ()>) {
    pass(100);
    (1, wait(1))
}

#[track_operation]
fn fallible(fail: bool) -> Result<impl Future<Output = ()>, String> {
    pass(100);
    if fail { Err("no".to_owned()) } else { Ok(wait(1)) }
}

#[track_operation(timing = "call")]
fn call_only() -> impl Future<Output = ()> {
    pass(100);
    wait(1)
}

#[track_operation]
async fn cancelled() {
    wait(1).await;
    wait(1).await;
}

#[track_operation]
fn iterator() -> impl Iterator<Item = u64> {
    pass(100);
    (0..3).inspect(|_| pass(10))
}

#[track_operation]
fn boxed_iterator() -> Box<dyn Iterator<Item = u64>> {
    pass(100);
    Box::new((0..3).inspect(|_| pass(10)))
}

#[track_operation]
fn dropped_iterator() -> impl Iterator<Item = u64> {
    (0..3).inspect(|_| pass(10))
}

/// Hands out an item at every second poll.
struct Tokens {
    left: u32,
    ready: bool,
}

impl Stream for Tokens {
    type Item = Result<u32, String>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        pass(10);
        self.ready = !self.ready;
        if self.ready {
            return Poll::Pending;
        }
        if self.left == 0 {
            return Poll::Ready(None);
        }
        self.left -= 1;
        Poll::Ready(Some(if self.left == 7 {
            Err("broken".to_owned())
        } else {
            Ok(self.left)
        }))
    }
}

const fn tokens(left: u32) -> Tokens {
    Tokens { left, ready: false }
}

fn drain(stream: impl Stream, most: usize) {
    let mut stream = pin!(stream);
    let mut items = 0;
    while items < most {
        match stream.as_mut().poll_next(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(None) => return,
            Poll::Ready(Some(_)) => items += 1,
            Poll::Pending => pass(1000),
        }
    }
}

#[track_operation]
fn stream() -> impl Stream<Item = Result<u32, String>> {
    pass(100);
    tokens(3)
}

#[track_operation]
async fn later_stream() -> Result<impl Stream<Item = Result<u32, String>>, String> {
    wait(1).await;
    Ok(tokens(1))
}

#[track_operation]
fn boxed_stream() -> Pin<Box<dyn Stream<Item = Result<u32, String>> + Send>> {
    Box::pin(tokens(1))
}

#[track_operation]
fn dropped_stream() -> impl Stream<Item = Result<u32, String>> {
    tokens(5)
}

#[track_operation]
fn broken_stream() -> impl Stream<Item = Result<u32, String>> {
    tokens(9)
}

#[test]
fn each_shape_is_timed_to_its_end() {
    let _alone = alone();
    pass(1);
    sync();
    assert_eq!(timed("sync"), (5, OK));

    finish(asynchronous());
    assert_eq!(timed("asynchronous"), (1 + 2 + 1000 + 2, OK));

    let future = returned();
    pass(10_000);
    finish(future);
    assert_eq!(timed("returned"), (100 + 10_000 + 10 + 1 + 1000 + 1, OK));

    assert!(finish(boxed()).is_err());
    assert_eq!(timed("boxed"), (100 + 1 + 1000 + 1, Outcome::Error));

    let (_, future) = paired();
    finish(future);
    assert_eq!(timed("paired"), (100 + 1 + 1000 + 1, OK));

    finish(call_only());
    assert_eq!(timed("call_only"), (100, OK));

    support::poll_and_drop(cancelled(), 2);
    assert_eq!(timed("cancelled"), (1 + 1 + 1, Outcome::Cancelled));

    assert!(fallible(true).is_err());
    assert_eq!(timed("fallible"), (100, Outcome::Error));
}

#[test]
fn items_are_timed_to_the_last() {
    let _alone = alone();
    pass(1);
    // Between the items the caller works; that time passes for the call too, as it does for a user who waits.
    assert_eq!(iterator().map(|_| pass(1)).count(), 3);
    assert_eq!(timed("iterator"), (100 + 3 * 11, OK));

    assert_eq!(boxed_iterator().count(), 3);
    assert_eq!(timed("boxed_iterator"), (100 + 3 * 10, OK));

    let mut items = dropped_iterator();
    items.next();
    drop(items);
    assert_eq!(timed("dropped_iterator"), (10, Outcome::Cancelled));
}

#[test]
fn streams_are_timed_to_the_last_item() {
    let _alone = alone();
    pass(1);
    drain(stream(), 9);
    assert_eq!(timed("stream"), (100 + 4 * 1020, OK));

    drain(finish(later_stream()).unwrap(), 9);
    assert_eq!(timed("later_stream"), (1 + 1000 + 1 + 2 * 1020, OK));

    drain(boxed_stream(), 9);
    assert_eq!(timed("boxed_stream"), (2 * 1020, OK));

    drain(dropped_stream(), 2);
    assert_eq!(timed("dropped_stream"), (2 * 1020, Outcome::Cancelled));

    // A stream that is left at an error has failed; it was not cancelled.
    drain(broken_stream(), 2);
    assert_eq!(timed("broken_stream"), (2 * 1020, Outcome::Error));

    drop(stream());
    assert_eq!(one(Stage::Operation, "stream").started, 1);
}

/// As when a thread moves to a processor whose counter is behind, or a counter begins anew.
#[test]
fn a_clock_that_goes_back_makes_no_negative_duration() {
    let _alone = alone();
    pass(10_000);
    let metrics = aimlm::Metrics::default_instance();
    let first = metrics.track_operation("goes back").start();
    clock().decrement(Duration::from_micros(5_000));
    first.ok();
    let second = metrics.track_operation("goes back").start();
    pass(3_000);
    second.ok();
    let series = support::of(&metrics, Stage::Operation, "goes back");
    let durations: Vec<_> = series.history.calls().map(|call| call.duration_ns).collect();
    assert_eq!(durations, [0, 3_000_000]);
    assert_eq!((series.outcomes.ok, series.in_flight), (2, 0));
    let busy = series.busy.seconds().unwrap();
    assert!((0.0..1.0).contains(&busy), "{busy}");
    pass(10_000);
}

#[test]
fn a_call_of_hours_is_timed_to_its_end() {
    let _alone = alone();
    clock();
    for_hours();
    assert_eq!(timed("for_hours"), (HOURS, OK));
    step_for_hours().unwrap_err();
    let series = one(Stage::TrainingStep, "for hours");
    let call = series.history.calls().next().unwrap();
    assert_eq!((call.duration_ns / 1000, call.outcome), (HOURS, Outcome::Error));
    assert_eq!(support::numbers(&series, "step"), [7.0]);
    assert_eq!(support::numbers(&series, "loss"), [0.5]);
}
