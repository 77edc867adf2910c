//! Annotated functions run on the smallest stacks that threads can have.
#![cfg(unix)]
#![allow(unsafe_code)]

#[path = "support/process.rs"]
mod process;
mod support;

use std::thread;

use aimlm::{Metrics, Stage, track_inference, track_operation, track_training_step};
use process::in_own_process;
use support::{block_on, one, yield_now};

/// In bytes: the least that POSIX threads have on Linux.
const STACK: usize = 16 << 10;

fn on_small_stack(body: impl FnOnce() + Send + 'static) {
    let thread = thread::Builder::new().stack_size(STACK);
    thread.spawn(body).unwrap().join().unwrap();
}

#[track_operation]
fn plain() {}

#[track_inference(model = name, batch_size = 3, device = "cpu", tokens_out = |n| *n, error_kind = |kind| *kind)]
fn named(name: &str) -> Result<u64, &'static str> {
    if name.len().is_multiple_of(3) {
        Err("third")
    } else {
        Ok(7)
    }
}

#[track_training_step(model = "trained", step = step, loss = 0.5, learning_rate = 0.1, gradient_norm = 2.0)]
fn step(step: u64) {
    let _ = step;
}

#[track_operation]
async fn polled() {
    yield_now().await;
}

/// Enough to fill a ring several times.
const CALLS: u64 = 5_000;

#[test]
fn a_first_call_and_many() {
    let _ = in_own_process("a_first_call_and_many", || {
        on_small_stack(|| (0..CALLS).for_each(|_| plain()));
        assert_eq!(one(Stage::Operation, "plain").outcomes.ok, CALLS);
    });
}

#[test]
fn names_in_turn() {
    let _ = in_own_process("names_in_turn", || {
        on_small_stack(|| {
            let names: Vec<_> = (0..3000).map(|number| format!("name {number}")).collect();
            for _ in 0..3 {
                names.iter().for_each(|name| _ = named(name));
            }
            _ = named(&"long ".repeat(100));
        });
        let started: u64 = Metrics::global()
            .snapshot()
            .series
            .iter()
            .map(|series| series.started)
            .sum();
        assert_eq!(started, 9001);
    });
}

#[test]
fn numbers_and_polls_and_guards() {
    let _ = in_own_process("numbers_and_polls_and_guards", || {
        on_small_stack(|| {
            (0..CALLS).for_each(step);
            (0..CALLS).for_each(|_| block_on(polled()));
            let metrics = Metrics::global();
            for number in 0..CALLS {
                let mut guard = metrics.track_inference("guarded").batch_size(number).start();
                guard.tokens_out(5);
                guard.ok();
                metrics
                    .record_training_stats("trained", number)
                    .loss(0.5)
                    .metric("f1", 0.5)
                    .record();
            }
        });
        for (stage, subject) in [
            (Stage::TrainingStep, "trained"),
            (Stage::Operation, "polled"),
            (Stage::Inference, "guarded"),
        ] {
            assert_eq!(one(stage, subject).outcomes.ok, CALLS, "{subject}");
        }
    });
}

/// The first call of a process reads its configuration.
fn first_call_with_settings(name: &str, text: &str) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    // SAFETY: no other thread reads the environment: see `in_own_process`.
    unsafe { std::env::set_var("AIMLM_CONFIG", &path) };
    on_small_stack(plain);
    folder.close().unwrap();
    assert_eq!(one(Stage::Operation, "plain").outcomes.ok, 1);
}

#[test]
fn a_first_call_that_reads_toml() {
    let _ = in_own_process("a_first_call_that_reads_toml", || {
        let text = "[ai_ml.metrics]\nhistory_size = 5\nanalysis_percentiles = [50, 90.5]\n\
                    thresholds = { model_load_seconds = { medium = 1.5, high = 20 } }\n";
        first_call_with_settings("a.toml", text);
        assert_eq!(Metrics::global().config().history_size, 5);
    });
}

#[test]
fn a_first_call_that_reads_json() {
    let _ = in_own_process("a_first_call_that_reads_json", || {
        let text =
            r#"{"ai_ml": {"metrics": {"history_size": 5, "thresholds": {"worker_utilization": 0.5}}}}"#;
        first_call_with_settings("a.json", text);
        assert_eq!(Metrics::global().config().history_size, 5);
    });
}

#[test]
fn a_first_call_that_finds_its_settings_wrong() {
    let _ = in_own_process("a_first_call_that_finds_its_settings_wrong", || {
        let text = "[ai_ml.metrics]\nhistroy_size = 5\nmax_series = 'x'\n[ai_ml.metrics]\n = [ {";
        first_call_with_settings("a.toml", text);
        assert!(Metrics::global().snapshot().engine.configuration_error.is_some());
    });
}

/// What other programs have in the same file, or somebody wrote there.
#[test]
fn a_first_call_that_finds_foreign_settings_nested_deep() {
    let _ = in_own_process("a_first_call_that_finds_foreign_settings_nested_deep", || {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        let text = format!("[ai_ml.metrics]\nhistory_size = 5\n[other]\nx = {}\n", nested(79));
        first_call_with_settings("a.toml", &text);
        assert_eq!(Metrics::global().config().history_size, 5);
    });
}

#[test]
fn a_first_call_that_finds_names_nested_too_deep() {
    let _ = in_own_process("a_first_call_that_finds_names_nested_too_deep", || {
        let table = format!("{}a = ", "a.".repeat(70));
        let text = format!("{}1{}", format!("{{{table}").repeat(70), "}".repeat(70));
        first_call_with_settings("a.toml", &format!("x = {text}\n"));
        let error = Metrics::global().snapshot().engine.configuration_error.unwrap();
        assert!(
            error.contains("a.toml:1:") && error.contains("100 levels"),
            "{error}"
        );
    });
}

/// Calls of a thread that has no ring any more, and what is left in it when it ends.
#[test]
fn calls_while_the_thread_ends() {
    struct AtTheEnd;
    impl Drop for AtTheEnd {
        fn drop(&mut self) {
            (0..20).for_each(|_| plain());
        }
    }
    thread_local!(static LAST: AtTheEnd = const { AtTheEnd });
    let _ = in_own_process("calls_while_the_thread_ends", || {
        on_small_stack(|| {
            LAST.with(|_| ());
            plain();
        });
        assert_eq!(one(Stage::Operation, "plain").outcomes.ok, 21);
    });
}
