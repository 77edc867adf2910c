//! The environment of a program as the global instance takes it.

#[path = "support/process.rs"]
mod process;
mod support;

use std::thread;
use std::time::{Duration, Instant};

use aimlm::{Metrics, Severity, Stage, track_operation};
use process::in_own_process_with;
use support::{all, one};

#[track_operation]
fn work() {}

#[test]
fn variables_of_a_service_called_as_we_are_leave_recording_off() {
    let variables = [
        ("AIMLM_ENABLED", "false"),
        ("AIMLM_SERVICE_HOST", "10.0.171.239"),
        ("AIMLM_PORT_6379_TCP", "tcp://10.0.171.239:6379"),
    ];
    let test = "variables_of_a_service_called_as_we_are_leave_recording_off";
    let _ = in_own_process_with(test, &variables, || {
        work();
        assert!(!Metrics::global().is_enabled());
        assert!(all(Stage::Operation, "work").is_empty());
        let report = Metrics::global().comprehensive_report();
        assert_eq!(report.engine.configuration_problems.len(), 2);
        assert_eq!(report.engine.configuration_error, None);
        assert_eq!(report.findings[0].severity, Severity::Medium);
    });
}

#[test]
fn what_is_wrong_is_said_once_and_the_rest_holds() {
    let variables = [
        ("AIMLM_HISTORY_SIZE", "many"),
        ("AIMLM_MAX_SERIES", "7"),
        ("AIMLM_FLUSH_INTERVAL_MS", "1"),
        ("AIMLM_SERVICE_HOST", "10.0.171.239"),
    ];
    let test = "what_is_wrong_is_said_once_and_the_rest_holds";
    let output = in_own_process_with(test, &variables, || {
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(work);
            }
        });
        let deadline = Instant::now() + Duration::from_secs(60);
        while Metrics::global().snapshot().engine.collector_sweeps < 2 {
            assert!(Instant::now() < deadline, "the collector does not run");
            thread::sleep(Duration::from_millis(1));
        }
        assert_eq!(one(Stage::Operation, "work").outcomes.ok, 4);
        let config = Metrics::global().config().clone();
        assert_eq!((config.history_size, config.max_series), (1000, 7));
        let report = Metrics::global().comprehensive_report();
        assert_eq!(report.engine.configuration_problems.len(), 2);
        assert!(
            report
                .engine
                .configuration_error
                .as_deref()
                .unwrap()
                .contains("many")
        );
        assert_eq!(report.findings[0].severity, Severity::High);
    });
    let Some(output) = output else { return };
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    for words in [
        "aimlm configuration: `AIMLM_HISTORY_SIZE` is \"many\"; allowed: a whole number from 0 to 1000000\n",
        "aimlm configuration: unknown variable `AIMLM_SERVICE_HOST`, which is \"10.0.171.239\", is not taken",
    ] {
        assert_eq!(said.matches(words).count(), 1, "{words}: {said}");
    }
}

/// The first call of all is what reads that nothing is to be recorded.
#[test]
fn a_first_call_by_hand_is_not_recorded_where_recording_is_off() {
    let test = "a_first_call_by_hand_is_not_recorded_where_recording_is_off";
    let _ = in_own_process_with(test, &[("AIMLM_ENABLED", "0")], || {
        let metrics = Metrics::global();
        metrics.track_operation("by hand").run(|_| ());
        metrics.set_enabled(true);
        assert!(metrics.snapshot().series.is_empty());
        metrics.track_operation("by hand").run(|_| ());
        assert_eq!(one(Stage::Operation, "by hand").started, 1);
    });
}
