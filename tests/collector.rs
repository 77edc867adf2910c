//! Nothing depends on the collector: stopped, slow or panicking, it loses no call and holds none up.
#![allow(unsafe_code)]

#[path = "support/process.rs"]
mod process;
mod support;

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use aimlm::{Config, FindingKind, Metrics, Outcomes, Stage, track_inference};
use process::{in_own_process, in_own_process_with};
use support::{books_balance, one};

const RUNS: u8 = 0;
const STOPPED: u8 = 1;
const SLOW: u8 = 2;
const PANICS: u8 = 3;

static MODE: AtomicU8 = AtomicU8::new(RUNS);
static IS_HELD: AtomicBool = AtomicBool::new(false);
static HAS_BEGUN: AtomicBool = AtomicBool::new(false);

/// What the collector meets before each of its rounds.
fn disturb() {
    HAS_BEGUN.store(true, Ordering::SeqCst);
    match MODE.load(Ordering::SeqCst) {
        STOPPED => {
            IS_HELD.store(true, Ordering::SeqCst);
            wait_until("the collector is let go", || {
                MODE.load(Ordering::SeqCst) != STOPPED
            });
            IS_HELD.store(false, Ordering::SeqCst);
        }
        SLOW => thread::sleep(Duration::from_millis(20)),
        PANICS => resume_unwind(Box::new("as asked")),
        _ => {}
    }
}

fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(120);
    while !is_so() {
        assert!(Instant::now() < deadline, "never: {what}");
        thread::sleep(Duration::from_millis(1));
    }
}

#[track_inference(model = "alone")]
fn alone() {}

/// Runs `body` while the process may start no thread.
#[cfg(target_os = "linux")]
fn without_threads(body: impl FnOnce()) {
    let mut limit = libc::rlimit {
        rlim_cur: 0,
        rlim_max: 0,
    };
    // SAFETY: the limit outlives the call.
    let read = unsafe { libc::getrlimit(libc::RLIMIT_NPROC, &raw mut limit) };
    assert_eq!(read, 0);
    let most = limit.rlim_max;
    let mut set = |threads| {
        limit.rlim_cur = threads;
        // SAFETY: as above.
        let set = unsafe { libc::setrlimit(libc::RLIMIT_NPROC, &raw const limit) };
        assert_eq!(set, 0);
    };
    set(0);
    body();
    set(most);
}

/// The limit is not for who may do everything. In a process of its own, which becomes nobody's.
#[cfg(target_os = "linux")]
fn become_nobody() {
    // SAFETY: reads a number.
    if unsafe { libc::geteuid() } == 0 {
        // SAFETY: takes a number.
        assert_eq!(unsafe { libc::setuid(65534) }, 0);
    }
}

/// The global instance, with a collector that would never rest.
fn configure() -> Metrics {
    aimlm::__private::before_each_round(disturb);
    let config = Config::builder().flush_interval(Duration::from_millis(1));
    Metrics::init_global(config.build().unwrap()).unwrap()
}

#[track_inference(model = "storm", batch_size = n)]
fn answer(n: u64) -> Result<u64, String> {
    match n % 5 {
        0 => Err("no".into()),
        1 => resume_unwind(Box::new(())),
        _ => Ok(n),
    }
}

/// Calls that fill every ring several times, from threads that stay and threads that end with records left in
/// theirs; adds them to the books.
fn storm(books: &mut Outcomes) {
    const CALLS: u64 = 5_000;
    let call = |n: u64| _ = catch_unwind(AssertUnwindSafe(|| answer(n)));
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..CALLS).for_each(call));
            scope.spawn(|| {
                for _ in 0..20 {
                    thread::scope(|scope| _ = scope.spawn(|| (0..5).for_each(call)));
                }
            });
        }
    });
    let fives = 4 * (CALLS / 5 + 20);
    books.error += fives;
    books.panicked += fives;
    books.ok += 3 * fives;
}

fn check(books: &Outcomes) {
    books_balance(&Metrics::global().snapshot());
    let series = one(Stage::Inference, "storm");
    assert_eq!((series.outcomes, series.in_flight), (*books, 0));
    assert_eq!(series.latency.count(), books.ok);
    let batches =
        [&series.fields, &series.failed_fields].map(|fields| fields[&aimlm::Number::BatchSize].count);
    assert_eq!(batches, [books.ok, books.ended() - books.ok]);
}

fn sweeps(metrics: &Metrics) -> u64 {
    metrics.snapshot().engine.collector_sweeps
}

#[aimlm::track_operation]
fn plain() {}

#[test]
fn the_engine_counts_every_record_once_and_tells_what_it_costs() {
    let _ = in_own_process(
        "the_engine_counts_every_record_once_and_tells_what_it_costs",
        || {
            let metrics = configure();
            thread::scope(|scope| {
                for _ in 0..4 {
                    scope.spawn(|| (0..10_000).for_each(|_| plain()));
                }
            });
            wait_until("the collector has done everything once", || {
                let engine = metrics.snapshot().engine;
                engine.call_cost_ns.is_some() && engine.clock_anchors > 0 && engine.collector_sweeps > 1
            });
            let engine = metrics.snapshot().engine;
            let records = engine.folded_by_owner + engine.folded_by_others + engine.added_directly;
            assert_eq!(records, 2 * 4 * 10_000, "a start and an end for each call");
            assert!(engine.collector_busy_ns > 0);
            assert!(engine.call_cost_ns > Some(0.0));
            assert!((1..=4).contains(&engine.rings), "{}", engine.rings);
        },
    );
}

#[test]
fn a_collector_that_stops_loses_nothing() {
    let _ = in_own_process("a_collector_that_stops_loses_nothing", || {
        let metrics = configure();
        MODE.store(STOPPED, Ordering::SeqCst);
        let mut books = Outcomes::default();
        storm(&mut books);
        wait_until("the collector stops", || IS_HELD.load(Ordering::SeqCst));
        let before = sweeps(&metrics);
        storm(&mut books);
        check(&books);
        let engine = metrics.snapshot().engine;
        assert_eq!(engine.collector_sweeps, before, "it stands still");
        assert!(engine.folded_by_owner > 0, "threads fold their own rings");
        MODE.store(RUNS, Ordering::SeqCst);
        wait_until("the collector goes on", || sweeps(&metrics) > before + 1);
        storm(&mut books);
        check(&books);
    });
}

#[test]
fn a_slow_collector_loses_nothing() {
    let _ = in_own_process("a_slow_collector_loses_nothing", || {
        let metrics = configure();
        MODE.store(SLOW, Ordering::SeqCst);
        let mut books = Outcomes::default();
        let mut rounds = 0;
        while rounds < 3 || sweeps(&metrics) < 3 {
            storm(&mut books);
            check(&books);
            rounds += 1;
        }
    });
}

#[test]
fn a_collector_that_panics_is_started_again_and_loses_nothing() {
    let _ = in_own_process(
        "a_collector_that_panics_is_started_again_and_loses_nothing",
        || {
            let metrics = configure();
            let restarts = || metrics.snapshot().engine.collector_restarts;
            let mut books = Outcomes::default();
            storm(&mut books);
            wait_until("it runs", || sweeps(&metrics) > 0);
            for _ in 0..2 {
                let before = restarts();
                MODE.store(PANICS, Ordering::SeqCst);
                wait_until("it panics", || restarts() > before);
                storm(&mut books);
                check(&books);
                MODE.store(RUNS, Ordering::SeqCst);
                let before = sweeps(&metrics);
                wait_until("it runs again", || sweeps(&metrics) > before + 1);
                storm(&mut books);
                check(&books);
            }
            assert!(restarts() >= 2);
            let report = metrics.comprehensive_report().to_text();
            assert!(report.contains("Restarts of the collector"), "{report}");
        },
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_collector_that_can_not_be_started_is_missed_by_no_call_and_tried_again() {
    let _ = in_own_process(
        "a_collector_that_can_not_be_started_is_missed_by_no_call_and_tried_again",
        || {
            become_nobody();
            let metrics = configure();
            without_threads(|| {
                assert!(thread::Builder::new().spawn(|| {}).is_err(), "there is no limit");
                (0..100_000).for_each(|_| alone());
                let report = metrics.comprehensive_report();
                let engine = &report.engine;
                assert_eq!((engine.collector_sweeps, engine.internal_faults), (0, 0));
                // Not with every call, nor with every full ring.
                assert!((1..300).contains(&engine.collector_start_failures));
                let kinds: Vec<_> = report.findings.iter().map(|finding| finding.kind).collect();
                assert_eq!(kinds, [FindingKind::NoCollector]);
                assert!(!report.to_text().contains("missing"));
                assert_eq!(one(Stage::Inference, "alone").outcomes.ok, 100_000);
            });
            let mut calls = 100_000;
            // By the calls of a thread that has its ring, without a report.
            while !HAS_BEGUN.load(Ordering::SeqCst) {
                alone();
                calls += 1;
            }
            wait_until("the collector runs", || sweeps(&metrics) > 0);
            assert_eq!(one(Stage::Inference, "alone").outcomes.ok, calls);
            assert!(metrics.comprehensive_report().findings.is_empty());
        },
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_report_starts_a_collector_that_could_not_be_started() {
    let _ = in_own_process("a_report_starts_a_collector_that_could_not_be_started", || {
        become_nobody();
        let metrics = configure();
        without_threads(alone);
        wait_until("the collector runs", || sweeps(&metrics) > 0);
        assert_eq!(one(Stage::Inference, "alone").outcomes.ok, 1);
    });
}

#[test]
fn a_held_stream_holds_no_collector_up() {
    let test = "a_held_stream_holds_no_collector_up";
    let output = in_own_process_with(test, &[("AIMLM_HISTORY_SIZE", "many")], || {
        let held = std::io::stderr().lock();
        alone();
        wait_until("the collector sweeps", || {
            Metrics::global().snapshot().engine.collector_sweeps > 0
        });
        std::mem::forget(held);
    });
    let Some(output) = output else { return };
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(said.matches("AIMLM_HISTORY_SIZE").count(), 1, "{said}");
}

/// It got the number of standard error, which the program has closed.
#[cfg(unix)]
#[test]
fn what_is_not_taken_is_said_in_no_file_of_the_programs() {
    use std::os::fd::AsRawFd;

    let test = "what_is_not_taken_is_said_in_no_file_of_the_programs";
    let _ = in_own_process_with(test, &[("AIMLM_HISTORY_SIZE", "many")], || {
        // SAFETY: takes a number; whoever writes to it after is what is looked for.
        unsafe { libc::close(2) };
        let file = tempfile::tempfile().unwrap();
        assert_eq!(file.as_raw_fd(), 2);
        alone();
        wait_until("the collector sweeps", || {
            Metrics::global().snapshot().engine.collector_sweeps > 0
        });
        let length = file.metadata().unwrap().len();
        // The test harness may write there.
        std::process::exit(i32::from(length > 0));
    });
}
