//! No call is lost or counted twice, whatever threads do.

mod support;

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Barrier, Mutex};
use std::thread;
use std::time::Duration;

use aimlm::{
    Config, Guard, Metrics, Outcome, Outcomes, SeriesSnapshot, Snapshot, Stage, stage, track_inference,
    track_operation, track_training_step,
};
use support::{Made, books_balance, of, one, poll_and_drop, yield_now};

/// Small, fast, and the same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % n
    }
}

/// The global instance, with a collector that never rests. Every test asks for it first.
fn global() -> Metrics {
    let config = Config::builder().flush_interval(Duration::from_millis(1));
    let _ = Metrics::init_global(config.build().unwrap());
    Metrics::global()
}

#[track_inference(model = "storm", batch_size = n, metrics = metrics)]
fn answer(metrics: &Metrics, n: u64) -> Result<u64, String> {
    match n % 4 {
        0 => Err("no".into()),
        1 => resume_unwind(Box::new(())),
        _ => Ok(n),
    }
}

#[track_operation(name = "waiting", metrics = metrics)]
async fn wait(metrics: &Metrics) {
    yield_now().await;
}

#[track_operation(name = "outer", metrics = metrics)]
fn nested(metrics: &Metrics, depth: u64) {
    if depth > 0 {
        nested(metrics, depth - 1);
    }
}

const SERIES: [(Stage, &str); 4] = [
    (Stage::Inference, "storm"),
    (Stage::Operation, "waiting"),
    (Stage::Operation, "outer"),
    (Stage::Operation, "held"),
];

/// Does one random thing, and writes down how many calls of which series ended how.
fn act(
    metrics: &Metrics,
    random: &mut Random,
    held: &Mutex<Vec<Guard<stage::Operation>>>,
    books: &mut [Outcomes; 4],
    made: &Made,
) {
    match random.below(10) {
        0..5 => {
            let n = random.below(1000);
            made.begin(1);
            let outcome = match catch_unwind(AssertUnwindSafe(|| answer(metrics, n))) {
                Ok(Ok(_)) => &mut books[0].ok,
                Ok(Err(_)) => &mut books[0].error,
                Err(_) => &mut books[0].panicked,
            };
            *outcome += 1;
            made.end(1, 0);
        }
        5 => {
            made.begin(1);
            poll_and_drop(wait(metrics), 1);
            books[1].cancelled += 1;
            made.end(1, 0);
        }
        6 => {
            made.begin(1);
            poll_and_drop(wait(metrics), 2);
            books[1].ok += 1;
            made.end(1, 0);
        }
        7 => {
            let depth = random.below(5);
            made.begin(depth + 1);
            nested(metrics, depth);
            books[2].ok += depth + 1;
            made.end(depth + 1, 0);
        }
        8 => {
            made.begin(1);
            let guard = metrics.track_operation("held").start();
            held.lock().unwrap().push(guard);
        }
        _ => {
            // Most likely another thread's.
            if let Some(guard) = held.lock().unwrap().pop() {
                books[3].ok += 1;
                guard.ok();
                made.end(1, 0);
            }
        }
    }
}

/// Checks that no count went down since the report before.
fn grew(before: &Snapshot, now: &Snapshot) {
    for old in &before.series {
        let new = now.subject(old.stage, &old.subject).next().unwrap();
        let counts = |series: &SeriesSnapshot| {
            let outcomes = series.outcomes;
            let (ok, failed) = (series.latency.count(), series.failed_latency.count());
            let ended = [outcomes.ok, outcomes.error, outcomes.panicked, outcomes.cancelled];
            (series.started, ended, ok, failed)
        };
        let (old, new) = (counts(old), counts(new));
        assert!(old.0 <= new.0, "{old:?} {new:?}");
        assert!(
            old.1.iter().zip(new.1).all(|(old, new)| *old <= new),
            "{old:?} {new:?}"
        );
        assert!(old.2 <= new.2 && old.3 <= new.3, "{old:?} {new:?}");
    }
}

#[test]
fn sixty_four_threads_at_random_while_reports_are_taken() {
    const THREADS: u64 = 64;
    const ACTIONS: usize = if cfg!(debug_assertions) { 1_500 } else { 20_000 };
    global();
    let metrics = Metrics::default_instance();
    let held = Mutex::new(Vec::new());
    let running = AtomicU64::new(THREADS);
    let made = Made::new();
    let mut totals = [Outcomes::default(); 4];
    thread::scope(|scope| {
        let workers: Vec<_> = (1..=THREADS)
            .map(|seed| {
                let (metrics, held, running, made) = (&metrics, &held, &running, &made);
                scope.spawn(move || {
                    let mut random = Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
                    let mut books = [Outcomes::default(); 4];
                    (0..ACTIONS).for_each(|_| act(metrics, &mut random, held, &mut books, made));
                    running.fetch_sub(1, Ordering::Release);
                    books
                })
            })
            .collect();
        let mut last = metrics.snapshot();
        while running.load(Ordering::Acquire) > 0 {
            let now = made.holds(|| metrics.snapshot(), |_| true);
            grew(&last, &now);
            last = now;
        }
        for worker in workers {
            for (total, own) in totals.iter_mut().zip(worker.join().unwrap()) {
                total.merge(&own);
            }
        }
    });
    let still_held = held.lock().unwrap().len() as u64;
    assert_eq!(of(&metrics, Stage::Operation, "held").in_flight, still_held);
    held.into_inner().unwrap().into_iter().for_each(Guard::ok);
    totals[3].ok += still_held;
    for ((stage, subject), total) in SERIES.into_iter().zip(totals) {
        let series = of(&metrics, stage, subject);
        assert_eq!((series.outcomes, series.in_flight), (total, 0), "{subject}");
        assert_eq!(series.latency.count(), total.ok, "{subject}");
        assert_eq!(
            series.failed_latency.count(),
            total.ended() - total.ok,
            "{subject}"
        );
    }
    let storm = of(&metrics, Stage::Inference, "storm");
    let batches = [&storm.fields, &storm.failed_fields].map(|fields| fields[&aimlm::Number::BatchSize].count);
    assert_eq!(batches, [totals[0].ok, totals[0].ended() - totals[0].ok]);
}

#[track_operation(name = "own books", metrics = metrics)]
fn counted(metrics: &Metrics) {}

#[test]
fn a_thread_finds_its_own_calls_in_every_report() {
    global();
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let metrics = Metrics::default_instance();
                for calls in 1..=40 {
                    counted(&metrics);
                    assert_eq!(of(&metrics, Stage::Operation, "own books").outcomes.ok, calls);
                }
            });
        }
    });
}

#[test]
fn a_report_from_inside_a_call_shows_it_in_flight() {
    let metrics = global();
    let inside = metrics
        .track_operation("reporting")
        .run(|_| one(Stage::Operation, "reporting"));
    assert_eq!((inside.started, inside.in_flight), (1, 1));
    assert_eq!(one(Stage::Operation, "reporting").in_flight, 0);
}

#[track_operation]
fn last_words() {}

/// Calls when its thread is almost gone.
struct Dying;

impl Drop for Dying {
    fn drop(&mut self) {
        (0..3).for_each(|_| last_words());
    }
}

thread_local! {
    static EARLY: Dying = const { Dying };
    static LATE: Dying = const { Dying };
}

#[test]
fn calls_in_destructors_of_thread_locals_count() {
    global();
    const THREADS: u64 = 50;
    for _ in 0..THREADS {
        let thread = thread::spawn(|| {
            // Whatever the order of destructors, one of the two comes after the ring has gone.
            EARLY.with(|_| ());
            last_words();
            LATE.with(|_| ());
        });
        thread.join().unwrap();
    }
    // A thread whose only calls are in its destructors.
    thread::spawn(|| EARLY.with(|_| ())).join().unwrap();
    assert_eq!(one(Stage::Operation, "last_words").outcomes.ok, THREADS * 7 + 3);
}

#[track_operation]
fn short() {}

#[test]
fn a_burst_of_short_threads_loses_nothing() {
    global();
    for round in 1..=5 {
        thread::scope(|scope| {
            for _ in 0..200 {
                scope.spawn(|| (0..3).for_each(|_| short()));
            }
        });
        let series = one(Stage::Operation, "short");
        assert_eq!((series.started, series.outcomes.ok), (round * 600, round * 600));
    }
}

#[track_operation(name = "burst", metrics = metrics)]
fn in_burst(metrics: &Metrics) {}

/// As when a signal reaches every thread of a program, and each of them asks for a report.
#[test]
fn reports_from_every_thread_at_once_are_whole() {
    const THREADS: usize = 64;
    global();
    let metrics = Metrics::default_instance();
    let (ready, returned) = (Barrier::new(THREADS), AtomicU64::new(0));
    for round in 1..=5 {
        thread::scope(|scope| {
            for _ in 0..THREADS {
                scope.spawn(|| {
                    // Some of it in the ring, some past it.
                    (0..300).for_each(|_| in_burst(&metrics));
                    returned.fetch_add(300, Ordering::AcqRel);
                    ready.wait();
                    in_burst(&metrics);
                    let before = returned.fetch_add(1, Ordering::AcqRel) + 1;
                    let snapshot = metrics.snapshot();
                    books_balance(&snapshot);
                    let seen = snapshot.subject(Stage::Operation, "burst").next().unwrap();
                    assert!(seen.outcomes.ok >= before, "{} {before}", seen.outcomes.ok);
                });
            }
        });
        let series = of(&metrics, Stage::Operation, "burst");
        let made = round * THREADS as u64 * 301;
        assert_eq!((series.started, series.outcomes.ok), (made, made));
    }
}

#[test]
fn a_guard_ends_as_its_last_thread_ends_it() {
    let metrics = global();
    let guards: Vec<_> = (0..3).map(|_| metrics.track_operation("moved").start()).collect();
    let mut guards = guards.into_iter();
    let (first, second, third) = (guards.next(), guards.next(), guards.next());
    thread::spawn(move || first.unwrap().ok()).join().unwrap();
    let panicked = thread::spawn(move || {
        let _second = second;
        resume_unwind(Box::new(()));
    });
    assert!(panicked.join().is_err());
    third.unwrap().finish(Outcome::Cancelled);
    let series = one(Stage::Operation, "moved");
    let expected = Outcomes {
        ok: 1,
        panicked: 1,
        cancelled: 1,
        ..Outcomes::default()
    };
    assert_eq!((series.outcomes, series.in_flight), (expected, 0));
}

#[test]
fn a_short_history_holds_the_last_calls() {
    global();
    for size in [1, 5, 15] {
        let metrics = Metrics::new(Config::builder().history_size(size).build().unwrap()).unwrap();
        for step in 0..300 {
            metrics.track_training_step("m").step(step).start().ok();
        }
        let steps = support::numbers(&of(&metrics, Stage::TrainingStep, "m"), "step");
        let last: Vec<_> = (300 - size..300).map(|step| step as f64).collect();
        assert_eq!(steps, last);
    }
}

#[track_training_step(
    model = "of four",
    loss = 0.5,
    accuracy = 0.25,
    learning_rate = 2.0,
    gradient_norm = 4.0
)]
fn of_four() {}

#[track_operation(name = "of none")]
fn of_none() {}

/// A group of records that does not fit before a ring is full must not go over what nobody has folded yet.
#[test]
fn calls_with_many_numbers_are_whole_wherever_a_ring_is_full() {
    const CALLS: u64 = 21_000;
    let metrics = global();
    thread::scope(|scope| {
        scope.spawn(|| {
            for number in 0..CALLS {
                // So that a ring is full before each of a group's records once.
                (0..number % 3).for_each(|_| of_none());
                of_four();
                let by_hand = metrics.track_training_step("of four, by hand");
                let by_hand = by_hand.loss(0.5).accuracy(0.25).learning_rate(2.0);
                by_hand.gradient_norm(4.0).start().ok();
            }
        });
    });
    let none = one(Stage::Operation, "of none");
    assert_eq!((none.started, none.outcomes.ok), (CALLS, CALLS));
    for subject in ["of four", "of four, by hand"] {
        let series = one(Stage::TrainingStep, subject);
        assert_eq!((series.started, series.outcomes.ok), (CALLS, CALLS), "{subject}");
        for (field, each) in [
            (aimlm::Number::Loss, 0.5),
            (aimlm::Number::Accuracy, 0.25),
            (aimlm::Number::LearningRate, 2.0),
            (aimlm::Number::GradientNorm, 4.0),
        ] {
            let field = &series.fields[&field];
            assert_eq!(
                (field.count, field.sum),
                (CALLS, each * CALLS as f64),
                "{subject}"
            );
        }
    }
}
