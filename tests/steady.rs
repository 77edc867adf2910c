//! What a call may not do after a thread's first: allocate. One test: the process must be its own.
#![allow(unsafe_code)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::backtrace::Backtrace;
use std::cell::{Cell, RefCell};
use std::hint::{black_box, spin_loop};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use aimlm::__private::before_each_round;
use aimlm::{Config, Metrics, track_inference, track_training_step};

/// The system's allocator, which counts what the calling thread asks of it while it is told to.
struct Watching;

thread_local! {
    static IS_WATCHED: Cell<bool> = const { Cell::new(false) };
    static ASKED: Cell<u64> = const { Cell::new(0) };
    /// Where the first was asked for.
    static FIRST: RefCell<Option<Backtrace>> = const { RefCell::new(None) };
}

fn count() {
    if IS_WATCHED.replace(false) {
        ASKED.set(ASKED.get() + 1);
        FIRST.with_borrow_mut(|first| _ = first.get_or_insert_with(Backtrace::force_capture));
        IS_WATCHED.set(true);
    }
}

// SAFETY: every call is passed on as it came; counting touches no memory of theirs.
unsafe impl GlobalAlloc for Watching {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: the caller keeps the contract.
        unsafe { System.alloc(layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        count();
        // SAFETY: the caller keeps the contract.
        unsafe { System.realloc(pointer, layout, new_size) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the contract.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Watching = Watching;

/// Rounds of the collector.
static ROUNDS: AtomicU64 = AtomicU64::new(0);

/// Waits until the collector has made ready what is taken while threads call.
fn wait_for_the_collector() {
    // One round may have begun before.
    let before = ROUNDS.load(Ordering::Acquire);
    while ROUNDS.load(Ordering::Acquire) < before + 3 {
        // So that it does not rest.
        named("waiting");
        thread::sleep(Duration::from_millis(1));
    }
}

/// Makes calls, and says what they asked of the allocator if it was anything.
fn asked_by(what: &str, calls: impl FnOnce()) -> Option<String> {
    wait_for_the_collector();
    ASKED.set(0);
    IS_WATCHED.set(true);
    calls();
    IS_WATCHED.set(false);
    let first = FIRST.take();
    (ASKED.get() > 0).then(|| {
        let first = first.map(|first| first.to_string()).unwrap_or_default();
        let ours = first.lines().filter(|line| line.contains("aimlm"));
        let ours: Vec<_> = ours.take(12).collect();
        format!("{what}: {} times, first in\n{}", ASKED.get(), ours.join("\n"))
    })
}

/// As many as make the thread fold its ring some times.
const FOLDS: u64 = 2_000;

#[track_inference(model = "annotated", batch_size = n)]
fn annotated(n: u64) -> Result<u64, u64> {
    black_box(if n.is_multiple_of(3) { Err(n) } else { Ok(n) })
}

#[track_training_step(model = "reals", step = step, loss = loss, learning_rate = loss, gradient_norm = loss)]
fn reals(step: u64, loss: f64) {
    black_box(step);
}

#[track_inference(model = "amounts", batch_size = large, tokens_in = n, tokens_out = n % 64)]
fn amounts(n: u64, large: u64) {
    black_box((n, large));
}

#[track_inference(model = "sometimes", batch_size = n)]
fn sometimes(n: Option<u64>) {
    black_box(n);
}

#[track_inference(model = "times", queue_time = Duration::from_nanos(n))]
fn times(n: u64) {
    black_box(n);
}

#[track_inference(model = "failing", tokens_out = n, error_kind = |kind| *kind)]
fn failing(n: u64, kind: &'static str) -> Result<u64, &'static str> {
    black_box(if n == 0 { Ok(n) } else { Err(kind) })
}

#[track_training_step(model = "curves", step = step, loss = f64::NAN, learning_rate = 0.5)]
fn curves(step: u64) {
    black_box(step);
}

#[track_inference(model = model)]
fn named(model: &str) {
    black_box(model);
}

/// Calls with a gap between them, so that when each of them ran is kept.
fn apart(calls: u64, call: impl Fn(u64)) {
    for number in 0..calls {
        call(number);
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_micros(3) {
            spin_loop();
        }
    }
}

/// What one thread does: what it may find missing is looked for in portions, as time goes on.
fn drive(metrics: &Metrics) -> Vec<String> {
    let mut asked = Vec::new();
    let mut of = |what: &str, calls: &dyn Fn()| asked.extend(asked_by(what, calls));
    of("annotated", &|| (0..FOLDS).for_each(|n| _ = annotated(n % 100)));
    of("reals", &|| (0..300).for_each(|n| reals(n, n as f64)));
    for portion in 1..5 {
        of("reals, going on", &|| {
            (300 * portion..300 * (portion + 1)).for_each(|n| reals(n, n as f64));
        });
    }
    let took = |name: &str, portion: u32| {
        for number in 0..FOLDS {
            let took = Duration::from_nanos(1 << (8 * portion + number as u32 % 8));
            metrics.track_inference(name).record(took);
        }
    };
    metrics.record_inference("durations", Duration::from_nanos(1));
    for portion in 0..6 {
        of("durations", &|| took("durations", portion));
    }
    // A kind is named once a process.
    for kind in ["first", "second"] {
        metrics.track_inference("other").start().fail_with(kind);
    }
    let _ = failing(0, "first");
    of("failures", &|| {
        (1..FOLDS).for_each(|n| _ = failing(n, ["first", "second"][n as usize % 2]));
    });
    amounts(0, 0);
    for portion in 0..4 {
        of("amounts", &|| {
            (0..FOLDS).for_each(|n| amounts(n, n << (8 * portion)));
        });
    }
    times(0);
    of("times", &|| (0..FOLDS).for_each(times));
    curves(0);
    for portion in 0..4 {
        of("curves", &|| {
            (400 * portion..400 * (portion + 1)).for_each(curves);
        });
    }
    let names: Vec<_> = (0..10).map(|number| format!("name {number}")).collect();
    names.iter().for_each(|name| named(name));
    for _ in 0..5 {
        of("many names in turn", &|| {
            (0..50).for_each(|_| names.iter().for_each(|name| named(name)));
        });
    }
    asked
}

/// With gaps that are kept because other threads call too.
fn drive_apart(metrics: &Metrics) -> Vec<String> {
    let mut asked = Vec::new();
    let mut of = |what: &str, calls: &dyn Fn()| asked.extend(asked_by(what, calls));
    named("apart");
    for _ in 0..3 {
        of("apart", &|| apart(FOLDS, |_| named("apart")));
    }
    let amount = |n: u64| sometimes(n.is_multiple_of(3).then_some(n));
    amount(0);
    for _ in 0..3 {
        of("an amount of some calls", &|| apart(FOLDS, amount));
    }
    metrics.track_inference("open").start().ok();
    let mut open = Vec::with_capacity(300);
    for _ in 0..2 {
        open.clear();
        let calls = RefCell::new(&mut open);
        of("many open at once", &|| {
            (0..300).for_each(|_| calls.borrow_mut().push(metrics.track_inference("open").start()));
            calls.borrow_mut().drain(..).for_each(|call| call.ok());
        });
    }
    asked
}

/// While others call and read the same without pause.
fn drive_beside_others(metrics: &Metrics) -> Vec<String> {
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        let until = |work: &dyn Fn()| {
            while !is_over.load(Ordering::Relaxed) {
                work();
            }
        };
        scope.spawn(move || until(&|| _ = metrics.snapshot()));
        let is_over = &is_over;
        scope.spawn(move || {
            while !is_over.load(Ordering::Relaxed) {
                named("apart");
            }
        });
        let asked = (0..5)
            .filter_map(|_| asked_by("beside others", || (0..100 * FOLDS).for_each(|_| named("apart"))));
        let asked = asked.collect();
        is_over.store(true, Ordering::Relaxed);
        asked
    })
}

#[test]
fn calls_after_a_threads_first_allocate_nothing() {
    let config = Config::builder().flush_interval(Duration::from_millis(1));
    let metrics = Metrics::init_global(config.build().unwrap()).unwrap();
    before_each_round(|| _ = ROUNDS.fetch_add(1, Ordering::Release));
    (_, _) = (annotated(1), annotated(3));
    reals(0, 0.0);
    let mut asked = drive(&metrics);
    thread::scope(|scope| _ = scope.spawn(|| named("of another thread")));
    asked.extend(drive_apart(&metrics));
    asked.extend(drive_beside_others(&metrics));
    assert!(asked.is_empty(), "{}", asked.join("\n\n"));
}
