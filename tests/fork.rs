//! A forked child starts empty and is exact; its parent does not notice.
#![cfg(unix)]
#![allow(unsafe_code)]

mod support;
#[path = "support/process.rs"]
mod process;

use std::future::Future;
use std::os::unix::process::CommandExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::Command;
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use aimlm::{Config, Metrics, Stage, track_inference, track_operation};
use process::{in_own_process, in_own_process_with};
use support::{block_on, of, one, yield_now};

#[track_inference(model = "forked", batch_size = 2)]
fn infer() {}

#[track_operation]
fn later() -> impl Future<Output = ()> {
    yield_now()
}

/// Runs `body` in a forked child, and gives whether it ended well. One that hangs is ended by an alarm.
fn forked(body: impl FnOnce()) -> bool {
    // SAFETY: the child runs `body` and leaves by `_exit`; the C library keeps its allocator usable there.
    let pid = unsafe { libc::fork() };
    assert!(pid >= 0, "fork: {}", std::io::Error::last_os_error());
    if pid == 0 {
        // SAFETY: takes a number.
        unsafe { libc::alarm(120) };
        let code = i32::from(catch_unwind(AssertUnwindSafe(body)).is_err());
        // SAFETY: takes a number, and does not return.
        unsafe { libc::_exit(code) };
    }
    let mut status = 0;
    // SAFETY: `status` outlives the call.
    let waited = unsafe { libc::waitpid(pid, &raw mut status, 0) };
    waited == pid && libc::WIFEXITED(status) && libc::WEXITSTATUS(status) == 0
}

fn configure() -> Metrics {
    let config = Config::builder()
        .flush_interval(Duration::from_millis(1))
        .build()
        .unwrap();
    Metrics::init_global(config).unwrap()
}

/// Everything that a child checks; it is its own only thread, and takes up 4 more.
fn child(own: &Metrics) {
    let inherited = Metrics::global().snapshot();
    assert!(
        inherited
            .series
            .iter()
            .all(|series| series.started == 0 && series.in_flight == 0)
    );
    assert!(inherited.series.iter().all(|series| series.history.is_empty()));
    assert_eq!(
        (inherited.engine.rings, inherited.engine.folded_by_others),
        (0, 0)
    );
    assert_eq!(inherited.engine.collector_sweeps, 0);
    for _ in 0..4 {
        thread::scope(|scope| {
            scope.spawn(|| (0..1500).for_each(|_| infer()));
        });
    }
    infer();
    own.record_operation("own", Duration::from_secs(3600));
    let series = one(Stage::Inference, "forked");
    assert_eq!(
        (series.started, series.outcomes.ok, series.in_flight),
        (6001, 6001, 0)
    );
    assert_eq!(series.latency.count(), 6001);
    assert_eq!(of(own, Stage::Operation, "own").outcomes.ok, 1);
    let deadline = Instant::now() + Duration::from_secs(60);
    while Metrics::global().snapshot().engine.collector_sweeps == 0 {
        assert!(Instant::now() < deadline, "the child has no collector");
        thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn a_child_starts_empty_and_its_parent_does_not_notice() {
    let _ = in_own_process("a_child_starts_empty_and_its_parent_does_not_notice", || {
        const THREADS: usize = 4;
        configure();
        let own = Metrics::default_instance();
        let (stop, made) = (AtomicBool::new(false), AtomicU64::new(0));
        thread::scope(|scope| {
            for _ in 0..THREADS {
                scope.spawn(|| {
                    while !stop.load(Ordering::Relaxed) {
                        infer();
                        own.record_operation("own", Duration::from_micros(5));
                        made.fetch_add(1, Ordering::Relaxed);
                    }
                });
            }
            while made.load(Ordering::Relaxed) < 1000 {
                thread::yield_now();
            }
            for _ in 0..25 {
                assert!(forked(|| child(&own)));
            }
            // A grandchild is as empty as a child.
            assert!(forked(|| {
                infer();
                assert!(forked(|| child(&own)));
                assert_eq!(one(Stage::Inference, "forked").started, 1);
            }));
            stop.store(true, Ordering::Relaxed);
        });
        let made = made.into_inner();
        let series = one(Stage::Inference, "forked");
        assert_eq!((series.started, series.outcomes.ok), (made, made));
        assert_eq!(of(&own, Stage::Operation, "own").outcomes.ok, made);
    });
}

#[test]
fn calls_in_flight_at_a_fork_are_the_parents() {
    let _ = in_own_process("calls_in_flight_at_a_fork_are_the_parents", || {
        let metrics = configure();
        infer();
        let mut guard = Some(metrics.track_inference("forked").start());
        let mut begun = Box::pin(later());
        support::poll_once(begun.as_mut());
        let mut handed_out = Some(later());
        assert!(forked(|| {
            guard.take().unwrap().ok();
            block_on(begun.as_mut());
            block_on(handed_out.take().unwrap());
            infer();
            let series = one(Stage::Inference, "forked");
            assert_eq!((series.started, series.in_flight), (1, 0));
            assert!(
                support::all(Stage::Operation, "later")
                    .iter()
                    .all(|series| series.started == 0)
            );
            block_on(later());
            assert_eq!(one(Stage::Operation, "later").started, 1);
        }));
        assert_eq!(one(Stage::Inference, "forked").in_flight, 1);
        guard.take().unwrap().ok();
        block_on(begun);
        block_on(handed_out.unwrap());
        let series = one(Stage::Inference, "forked");
        assert_eq!((series.started, series.outcomes.ok), (2, 2));
        assert_eq!(one(Stage::Operation, "later").outcomes.ok, 2);
    });
}

/// As after a suspension in which the processor's counter lost its count.
#[test]
fn a_child_whose_counter_begins_anew_goes_on_recording() {
    let _ = in_own_process("a_child_whose_counter_begins_anew_goes_on_recording", || {
        let clock = aimlm::__private::mock_clock();
        clock.increment(Duration::from_secs(3600));
        let metrics = configure();
        let mut guard = Some(metrics.track_inference("forked").start());
        clock.increment(Duration::from_secs(60));
        assert!(forked(|| {
            guard.take().unwrap().ok();
            infer();
            assert_eq!(one(Stage::Inference, "forked").started, 1);
            clock.decrement(Duration::from_secs(3650));
            (0..1000).for_each(|_| infer());
            metrics.record_inference("recorded", Duration::from_secs(5));
            let series = one(Stage::Inference, "forked");
            assert_eq!(
                (series.started, series.outcomes.ok, series.in_flight),
                (1001, 1001, 0)
            );
            assert_eq!(one(Stage::Inference, "recorded").outcomes.ok, 1);
        }));
    });
}

#[test]
fn fork_and_exec_leave_the_parent_exact() {
    let _ = in_own_process("fork_and_exec_leave_the_parent_exact", || {
        configure();
        for made in 1..=20 {
            infer();
            let mut command = Command::new("true");
            // SAFETY: the C library keeps its allocator usable in a forked child.
            unsafe {
                command.pre_exec(|| {
                    infer();
                    Ok(())
                });
            }
            assert!(command.status().unwrap().success());
            assert_eq!(one(Stage::Inference, "forked").started, made);
        }
    });
}

/// The first calls of a child on several threads at once, and in a grandchild whose parent made none.
#[test]
fn the_first_calls_of_a_child_may_come_at_once() {
    let _ = in_own_process("the_first_calls_of_a_child_may_come_at_once", || {
        const CALLS: u64 = 50;
        let metrics = configure();
        for subject in 0..200 {
            metrics.record_operation(&format!("old {subject}"), Duration::from_secs(1));
        }
        infer();
        let at_once = || {
            let barrier = Barrier::new(4);
            thread::scope(|scope| {
                for _ in 0..4 {
                    scope.spawn(|| {
                        barrier.wait();
                        (0..CALLS).for_each(|_| infer());
                    });
                }
            });
            let snapshot = Metrics::global().snapshot();
            let counts: Vec<_> = snapshot.series.iter().map(|series| series.started).collect();
            assert_eq!(counts, [4 * CALLS]);
            assert_eq!(one(Stage::Inference, "forked").outcomes.ok, 4 * CALLS);
        };
        for _ in 0..20 {
            assert!(forked(at_once));
        }
        assert!(forked(|| assert!(forked(at_once))));
        assert_eq!(one(Stage::Inference, "forked").started, 1);
    });
}

#[test]
fn the_windows_of_a_child_begin_with_it() {
    let _ = in_own_process("the_windows_of_a_child_begin_with_it", || {
        let global = configure();
        infer();
        let config = Config::builder().max_series(1).build().unwrap();
        let own = Metrics::new(config).unwrap();
        for number in 0..20_000 {
            own.record_operation(["first", "parent's"][number % 2], Duration::from_secs(1));
        }
        assert_eq!(
            own.snapshot().engine.overflow_subject.as_deref(),
            Some("parent's")
        );
        thread::sleep(Duration::from_millis(100));
        let before = SystemTime::now();
        assert!(forked(|| {
            for metrics in [&global, &own] {
                let seconds = metrics.snapshot().window_ns as f64 / 1e9;
                assert!(seconds <= before.elapsed().unwrap().as_secs_f64(), "{seconds}");
            }
            for _ in 0..1000 {
                own.record_operation("child's", Duration::from_nanos(1));
            }
            let engine = own.snapshot().engine;
            assert_eq!(
                (engine.overflow_calls, engine.overflow_subject.as_deref()),
                (1000, Some("child's"))
            );
            let seconds = own.snapshot_and_reset().window_ns as f64 / 1e9;
            assert!(seconds <= before.elapsed().unwrap().as_secs_f64(), "{seconds}");
        }));
    });
}

/// Label sets that were there before go on to share when they were busy.
#[test]
fn a_child_knows_when_any_label_set_was_busy() {
    let _ = in_own_process("a_child_knows_when_any_label_set_was_busy", || {
        let clock = aimlm::__private::mock_clock();
        let metrics = Metrics::default_instance();
        let alternate = |calls: u32| {
            for nth in 0..calls {
                let device = ["cuda:0", "cuda:1"][nth as usize % 2];
                let call = metrics.track_inference("forked").device(device).start();
                clock.increment(Duration::from_micros(30));
                call.ok();
                clock.increment(Duration::from_micros(10));
            }
            metrics
                .snapshot()
                .inference_of("forked")
                .unwrap()
                .calls
                .busy_seconds
        };
        let is_close =
            |busy: Option<f64>, to: f64| assert!((busy.unwrap() / to - 1.0).abs() < 0.01, "{busy:?}");
        is_close(alternate(10_000), 0.3);
        assert!(forked(|| is_close(alternate(20_000), 0.6)));
        is_close(alternate(10_000), 0.6);
    });
}

#[track_inference(model = name)]
fn infer_by(name: &str) {
    let _ = name;
}

/// Calls of a few series in turn wait beside their windows, where a sweep leaves them.
#[test]
fn calls_that_wait_at_a_fork_are_the_parents() {
    let _ = in_own_process("calls_that_wait_at_a_fork_are_the_parents", || {
        configure();
        let own = Metrics::default_instance();
        for _ in 0..3 {
            ["a", "b", "c"].into_iter().for_each(infer_by);
        }
        // It sweeps every ring, and reads no series of the global instance.
        drop(own.snapshot());
        let started = || {
            let snapshot = Metrics::global().snapshot();
            snapshot.series.iter().map(|series| series.started).sum::<u64>()
        };
        assert!(forked(|| {
            assert_eq!(started(), 0);
            infer_by("a");
            assert_eq!(started(), 1);
        }));
        assert_eq!(started(), 9);
    });
}

/// A process that is forked while another of its threads makes the first call: the clock is being made ready.
#[test]
fn a_process_may_fork_in_the_midst_of_its_first_call() {
    const DELAY: &str = "TEST_FORK_AFTER_MICROSECONDS";
    let run = |microseconds: &str| {
        in_own_process_with(
            "a_process_may_fork_in_the_midst_of_its_first_call",
            &[(DELAY, microseconds)],
            || {
                let delay = std::env::var(DELAY).unwrap().parse().unwrap();
                let delay = Duration::from_micros(delay);
                let begins = Barrier::new(2);
                thread::scope(|scope| {
                    scope.spawn(|| {
                        begins.wait();
                        infer();
                    });
                    begins.wait();
                    let begun = Instant::now();
                    while begun.elapsed() < delay {
                        std::hint::spin_loop();
                    }
                    assert!(forked(|| {
                        infer();
                        infer();
                        assert_eq!(one(Stage::Inference, "forked").outcomes.ok, 2);
                    }));
                });
                assert_eq!(one(Stage::Inference, "forked").outcomes.ok, 1);
            },
        )
    };
    for microseconds in (0..4000).step_by(50) {
        if run(&microseconds.to_string()).is_none() {
            return;
        }
    }
}
