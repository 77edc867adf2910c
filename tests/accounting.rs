//! The memory that a report says is held is what the allocator gave. One test: the process must be its own.
#![allow(unsafe_code)]

mod support;

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::RefCell;
use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use aimlm::{Config, Metrics};

/// The system's allocator, which counts the bytes that are out.
struct Counting;

static OUT: AtomicUsize = AtomicUsize::new(0);

// SAFETY: every call is passed on as it came; counting touches no memory of theirs.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        OUT.fetch_add(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller keeps the contract.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        OUT.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller keeps the contract.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn out() -> usize {
    OUT.load(Ordering::Relaxed)
}

const THREADS: usize = 8;

/// Every kind of thing that is kept: failures, error kinds, counts, curves, rates, memory, history, long names.
fn record(metrics: &Metrics, thread: usize) {
    for number in 0..200_u64 {
        let model = format!("model {}", number % 20);
        let call = metrics
            .track_inference(&model)
            .batch_size(number)
            .tokens_out(number)
            .device("cuda:0");
        call.record(Duration::from_nanos(1 << (number % 40)));
        let kind = format!("kind {}", number % 10);
        metrics
            .track_dataset_load("data")
            .size_bytes(number)
            .start()
            .fail_with(&kind);
        metrics
            .record_training_stats(&model, number)
            .loss(1.0 / number as f64)
            .accuracy(0.5)
            .record();
    }
    let long = format!("{} {thread}", "long ".repeat(40));
    (0..600).for_each(|_| metrics.track_operation(&long).start().ok());
}

/// Lets as many threads as there are record at once.
fn record_on_threads(metrics: &Metrics) {
    let all = Barrier::new(THREADS);
    thread::scope(|scope| {
        for number in 0..THREADS {
            let all = &all;
            scope.spawn(move || {
                all.wait();
                record(metrics, number);
                all.wait();
            });
        }
    });
}

/// Calls of one series, with durations of every size.
fn more(metrics: &Metrics, calls: u64) {
    for number in 0..calls {
        let call = metrics
            .track_training_step("model")
            .step(number)
            .batch_size(number);
        call.record(Duration::from_nanos(1 << (number % 45)));
        metrics.record_training_stats("model", number).loss(0.5).record();
        let kind = format!("kind {}", number % 400);
        metrics.track_training_step("failing").start().fail_with(&kind);
    }
}

/// By how much what the report says differs from what the allocator says, as a part of it.
fn difference(said: u64, given: usize) -> f64 {
    said as f64 / given as f64 - 1.0
}

/// Waits until nothing of instances that were dropped before is left, and what threads took that was made before is made
/// again.
fn wait_for_the_collector() {
    let sweeps = || Metrics::global().snapshot().engine.collector_sweeps;
    // One round may have begun before.
    let swept = sweeps();
    while sweeps() < swept + 2 {
        thread::sleep(Duration::from_millis(1));
    }
}

/// Compares what something took, as the allocator has it, with what reports say it took.
fn takes(what: &str, said: impl Fn() -> u64, make: impl FnOnce()) {
    wait_for_the_collector();
    let (said_before, before) = (said(), out());
    make();
    // What has been recorded is folded.
    said();
    wait_for_the_collector();
    let (given, said) = (out() - before, said() - said_before);
    assert!(difference(said, given).abs() < 0.005, "{what}: {said} {given}");
}

/// Whatever a series may hold, apart from all else.
fn each_thing_of_a_series_is_accounted_for() {
    let config = Config::builder().max_series(2_000).history_size(0);
    let metrics = Metrics::new(config.build().unwrap()).unwrap();
    let names: Vec<_> = (0..200).map(|number| format!("model {number}")).collect();
    let long: Vec<_> = (0..200).map(|number| format!("{number:k<250}")).collect();
    let call = Duration::from_nanos(1_000);
    let said = || metrics.snapshot().engine.series_bytes;
    let each = |what, record: &dyn Fn(&str)| takes(what, said, || names.iter().for_each(|name| record(name)));
    metrics.track_inference("first").device("cpu").record(call);
    each("a series", &|name| metrics.record_inference(name, call));
    each("a number", &|name| {
        metrics.track_inference(name).tokens_in(7).record(call);
    });
    each("items and their rate", &|name| {
        metrics.track_inference(name).batch_size(7).record(call);
    });
    each("a failure", &|name| metrics.track_inference(name).start().fail());
    each("a number of a failure", &|name| {
        metrics.track_inference(name).tokens_out(7).start().fail();
    });
    each("kinds of errors", &|name| {
        metrics.track_inference(name).start().fail_with("kind");
    });
    each("a label", &|name| {
        metrics.track_inference(name).device("cuda").record(call);
    });
    takes("long texts", said, || {
        for long in &long {
            let load = metrics.track_model_load(long).device(long).framework(long);
            load.source(long).format(long).record(call);
        }
    });
}

fn samples_of_memory_are_accounted_for() {
    let config = Config::builder().max_series(2_000).history_size(0);
    let config = config
        .track_memory_usage(true)
        .memory_sample_interval(Duration::from_millis(1));
    let metrics = Metrics::new(config.build().unwrap()).unwrap();
    let names: Vec<_> = (0..200).map(|number| format!("model {number}")).collect();
    takes(
        "samples of memory",
        || metrics.snapshot().engine.series_bytes,
        || {
            names
                .iter()
                .for_each(|name| metrics.record_inference(name, Duration::from_nanos(1_000)));
            while !metrics
                .snapshot()
                .series
                .iter()
                .all(|series| series.memory.is_some())
            {
                thread::sleep(Duration::from_millis(1));
            }
        },
    );
}

/// What an instance has besides its series: most of it is the table, and a second one for subjects with labels.
fn instances_are_accounted_for() {
    let instances = RefCell::new(Vec::with_capacity(20));
    let said = || -> u64 {
        let instances = instances.borrow();
        let all = instances.iter().map(|metrics: &Metrics| metrics.snapshot());
        all.map(|snapshot| snapshot.engine.series_bytes).sum()
    };
    let call = Duration::from_nanos(1_000);
    takes("an instance", said, || {
        for _ in 0..20 {
            let config = Config::builder()
                .max_series(10_000)
                .history_size(0)
                .build()
                .unwrap();
            let metrics = Metrics::new(config).unwrap();
            metrics.record_inference("model", call);
            instances.borrow_mut().push(metrics);
        }
    });
    takes("an instance with labels", said, || {
        let instances = instances.borrow();
        instances
            .iter()
            .for_each(|metrics| metrics.track_inference("model").device("cuda").record(call));
    });
}

#[test]
fn what_is_held_is_accounted_for() {
    // Once the threads' own and the test's needs are met, only aimlm's are left.
    thread::scope(|scope| _ = scope.spawn(|| ()));
    let before = out();
    let config = Config::builder().max_series(200).track_memory_usage(true);
    let metrics = Metrics::init_global(config.build().unwrap()).unwrap();
    record_on_threads(&metrics);
    wait_for_the_collector();
    let given = out() - before;
    let engine = metrics.snapshot().engine;
    // Of a thread's names at hand nothing is on the heap.
    let said = engine.ring_bytes + engine.series_bytes + engine.shared_bytes;
    assert!(difference(said, given).abs() < 0.05, "{said} {given}");

    // An instance of its own, of which only the series are new.
    let before = out();
    let own = Metrics::new(
        Config::builder()
            .max_series(4000)
            .history_size(50)
            .build()
            .unwrap(),
    )
    .unwrap();
    for number in 0..3000 {
        own.record_inference(&format!("model {number}"), Duration::from_micros(number));
    }
    let shared = engine.shared_bytes;
    drop(own.snapshot());
    wait_for_the_collector();
    let given = out() - before;
    let engine = own.snapshot().engine;
    let said = engine.series_bytes + engine.shared_bytes - shared;
    assert!(difference(said, given).abs() < 0.05, "{said} {given}");

    // What a series holds does not grow with its calls.
    more(&own, 5_000);
    wait_for_the_collector();
    let (held, before_more) = (own.snapshot().engine.series_bytes, out());
    more(&own, 50_000);
    wait_for_the_collector();
    let grown = out().saturating_sub(before_more);
    let said = own.snapshot().engine.series_bytes.saturating_sub(held);
    // A failure of a new order of magnitude takes a page of 1 KiB.
    assert!(said <= 16 << 10 && grown <= 16 << 10, "{said} {grown}");

    // And an instance gives back what it had.
    drop(own);
    let kept = out() - before;
    assert!(kept < given / 4, "{kept} {given}");
    for accounted in [
        each_thing_of_a_series_is_accounted_for,
        samples_of_memory_are_accounted_for,
        instances_are_accounted_for,
    ] {
        wait_for_the_collector();
        accounted();
    }
}
