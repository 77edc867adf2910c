//! 100,000 mixed calls: every one ends in exactly one way, and nothing is left in flight.

mod support;

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::{Pin, pin};
use std::task::{Context, Waker};
use std::thread;

use aimlm::{Metrics, Outcomes, SeriesSnapshot, Stage, track_operation};
use support::{Made, one, yield_now};

const CALLS: u64 = 100_000;
const THREADS: u64 = 4;
/// Calls of which one step consists at the most.
const MOST: u64 = 3;
const NAMES: [&str; 6] = ["plain", "waiting", "nested", "inner", "handed", "counted"];
static MADE: Made = Made::new();
/// Await points of the async functions.
const WAITS: u64 = 3;

#[track_operation]
fn plain(fate: u64) -> Result<u64, String> {
    if fate == 0 {
        return Err("early".to_owned());
    }
    if fate == 1 {
        panic!("as asked");
    }
    let n: u64 = if fate == 2 { "x" } else { "4" }
        .parse()
        .map_err(|_| "late".to_owned())?;
    Ok(n)
}

#[track_operation]
async fn waiting(fate: u64) -> Result<u64, String> {
    for wait in 0..WAITS {
        yield_now().await;
        if fate == wait {
            return Err("early".to_owned());
        }
    }
    assert_ne!(fate, WAITS, "as asked");
    Ok(nested(fate).await)
}

#[track_operation]
async fn nested(fate: u64) -> u64 {
    yield_now().await;
    inner(fate)
}

#[track_operation]
fn inner(fate: u64) -> u64 {
    fate
}

#[track_operation]
fn handed(fate: u64) -> Pin<Box<dyn Future<Output = Result<u64, String>> + Send>> {
    Box::pin(async move {
        yield_now().await;
        if fate == 0 { Err("no".to_owned()) } else { Ok(fate) }
    })
}

#[track_operation]
fn counted(upto: u64) -> impl Iterator<Item = u64> {
    0..upto
}

/// What should have been recorded under one name.
#[derive(Default, Clone, Copy)]
struct Expected {
    started: u64,
    outcomes: Outcomes,
}

impl Expected {
    fn ended(&mut self, outcome: impl FnOnce(&mut Outcomes) -> &mut u64) {
        self.started += 1;
        *outcome(&mut self.outcomes) += 1;
    }

    fn add(&mut self, other: Self) {
        self.started += other.started;
        self.outcomes.merge(&other.outcomes);
    }
}

#[derive(Default, Clone, Copy)]
struct All {
    plain: Expected,
    waiting: Expected,
    nested: Expected,
    inner: Expected,
    handed: Expected,
    counted: Expected,
}

impl All {
    const fn started(&self) -> u64 {
        self.plain.started
            + self.waiting.started
            + self.nested.started
            + self.inner.started
            + self.handed.started
            + self.counted.started
    }
}

/// A small generator of numbers; the same for the same seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }
}

/// Polls so many times at most; says what came out, if it ended.
fn poll<F: Future>(future: F, polls: u64) -> Option<F::Output> {
    let mut future = pin!(future);
    for _ in 0..polls {
        let polled = future.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        if let std::task::Poll::Ready(output) = polled {
            return Some(output);
        }
    }
    None
}

fn call_plain(dice: &mut Dice, all: &mut All) {
    let fate = dice.roll(10);
    let returned = catch_unwind(|| plain(fate));
    all.plain.ended(|outcomes| match returned {
        Ok(Ok(_)) => &mut outcomes.ok,
        Ok(Err(_)) => &mut outcomes.error,
        Err(_) => &mut outcomes.panicked,
    });
}

/// Cancelled at any of its await points, those of what it calls among them, or not at all.
fn call_waiting(dice: &mut Dice, all: &mut All) {
    let (fate, polls) = (dice.roll(8), dice.roll(WAITS + 4));
    let returned = catch_unwind(AssertUnwindSafe(|| poll(waiting(fate), polls)));
    if polls == 0 {
        return;
    }
    all.waiting.ended(|outcomes| match returned {
        Ok(Some(Ok(_))) => &mut outcomes.ok,
        Ok(Some(Err(_))) => &mut outcomes.error,
        Ok(None) => &mut outcomes.cancelled,
        Err(_) => &mut outcomes.panicked,
    });
    // The poll after the last wait of `waiting` is the first of `nested`; the next one ends it.
    if fate > WAITS && polls > WAITS {
        let ended = polls > WAITS + 1;
        all.nested.ended(|outcomes| {
            if ended {
                &mut outcomes.ok
            } else {
                &mut outcomes.cancelled
            }
        });
        if ended {
            all.inner.ended(|outcomes| &mut outcomes.ok);
        }
    }
}

fn call_handed(dice: &mut Dice, all: &mut All) {
    let polls = dice.roll(3);
    let returned = poll(handed(dice.roll(3)), polls);
    if polls == 0 {
        return;
    }
    all.handed.ended(|outcomes| match returned {
        Some(Ok(_)) => &mut outcomes.ok,
        Some(Err(_)) => &mut outcomes.error,
        None => &mut outcomes.cancelled,
    });
}

fn call_counted(dice: &mut Dice, all: &mut All) {
    let (upto, taken) = (dice.roll(4), dice.roll(6));
    let mut items = counted(upto);
    let mut ended = false;
    for _ in 0..taken {
        ended |= items.next().is_none();
    }
    drop(items);
    if taken > 0 {
        all.counted.ended(|outcomes| {
            if ended {
                &mut outcomes.ok
            } else {
                &mut outcomes.cancelled
            }
        });
    }
}

fn mixed(seed: u64) -> All {
    let (mut dice, mut all) = (Dice(seed), All::default());
    for _ in 0..CALLS / THREADS {
        let before = all.started();
        MADE.begin(MOST);
        match dice.roll(4) {
            0 => call_plain(&mut dice, &mut all),
            1 => call_waiting(&mut dice, &mut all),
            2 => call_handed(&mut dice, &mut all),
            _ => call_counted(&mut dice, &mut all),
        }
        let calls = all.started() - before;
        MADE.end(calls, MOST - calls);
    }
    all
}

fn check(name: &str, expected: Expected) {
    let series: SeriesSnapshot = one(Stage::Operation, name);
    assert_eq!(series.started, expected.started, "{name}");
    assert_eq!(series.outcomes, expected.outcomes, "{name}");
    assert_eq!(series.in_flight, 0, "{name}");
}

#[test]
fn every_call_ends_in_exactly_one_way() {
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !panic
            .payload()
            .downcast_ref::<&str>()
            .map(|text| (*text).to_owned())
            .or(panic.payload().downcast_ref::<String>().cloned())
            .is_some_and(|text| text.contains("as asked"))
        {
            hook(panic);
        }
    }));
    let threads: Vec<_> = (1..=THREADS)
        .map(|n| std::thread::spawn(move || mixed(n + 0x9e37_79b9_7f4a_7c15)))
        .collect();
    // Reports in between see what had begun, and what had ended.
    for _ in 0..20 {
        MADE.holds(
            || Metrics::global().snapshot(),
            |series| NAMES.contains(&series.subject.as_str()),
        );
    }
    let mut all = All::default();
    for thread in threads {
        let theirs = thread.join().expect("the panics of the calls are caught");
        all.plain.add(theirs.plain);
        all.waiting.add(theirs.waiting);
        all.nested.add(theirs.nested);
        all.inner.add(theirs.inner);
        all.handed.add(theirs.handed);
        all.counted.add(theirs.counted);
    }
    check("plain", all.plain);
    check("waiting", all.waiting);
    check("nested", all.nested);
    check("inner", all.inner);
    check("handed", all.handed);
    check("counted", all.counted);
}

#[track_operation(items = |_out: &u64| -> u64 { panic!("as asked") })]
async fn badly_counted() -> u64 {
    yield_now().await;
    1
}

#[test]
fn a_number_that_panics_after_the_body_is_a_panic() {
    let mut future = Box::pin(badly_counted());
    let mut context = Context::from_waker(Waker::noop());
    assert!(future.as_mut().poll(&mut context).is_pending());
    let polled = catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(&mut context)));
    assert!(polled.is_err());
    drop(future);
    let outcomes = support::all(Stage::Operation, "badly_counted")[0].outcomes;
    assert_eq!((outcomes.panicked, outcomes.ended()), (1, 1));
}

#[track_operation]
async fn watched() {
    yield_now().await;
}

#[test]
fn in_flight_is_exact_between_polls() {
    let in_flight = || {
        let all = support::all(Stage::Operation, "watched");
        all.first().map_or(0, |series| series.in_flight)
    };
    let mut first: Pin<Box<dyn Future<Output = ()>>> = Box::pin(watched());
    let mut second: Pin<Box<dyn Future<Output = ()>>> = Box::pin(watched());
    assert_eq!(in_flight(), 0);
    let poll = |future: &mut Pin<Box<dyn Future<Output = ()>>>| {
        future
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()))
            .is_ready()
    };
    assert!(!poll(&mut first));
    assert_eq!(in_flight(), 1);
    assert!(!poll(&mut second));
    assert_eq!(in_flight(), 2);
    assert!(poll(&mut first));
    assert_eq!(in_flight(), 1);
    drop(second);
    assert_eq!(in_flight(), 0);
}

#[track_operation(error_kind = |kind: &String| kind.as_str())]
fn fails_at_length(kind: String) -> Result<(), String> {
    Err(kind)
}

#[test]
fn long_kinds_of_errors_are_kept_apart() {
    let stem = "kind ".repeat(100);
    for number in [1, 2, 2] {
        fails_at_length(format!("{stem}{number}")).unwrap_err();
    }
    let kinds = one(Stage::Operation, "fails_at_length").error_kinds;
    let mut counts: Vec<_> = kinds.values().copied().collect();
    counts.sort_unstable();
    assert_eq!(counts, [1, 2], "{kinds:?}");
    assert!(
        kinds
            .keys()
            .all(|kind| kind.len() <= 256 && kind.starts_with("kind kind"))
    );
}

/// Calls while its thread unwinds.
struct CleansUp(Metrics);

impl Drop for CleansUp {
    fn drop(&mut self) {
        self.0.track_operation("clean-up").start().ok();
    }
}

#[test]
fn a_call_made_while_unwinding_has_not_panicked() {
    let metrics = Metrics::global();
    let thread = thread::spawn(move || {
        let _cleans_up = CleansUp(metrics);
        resume_unwind(Box::new(()));
    });
    assert!(thread.join().is_err());
    assert_eq!(one(Stage::Operation, "clean-up").outcomes.ok, 1);
}
