use std::ffi::OsString;

use super::{pair, refused};
use crate::{Config, Error};

fn from(variables: &[(&str, &str)]) -> Result<Config, Error> {
    let variables = variables
        .iter()
        .map(|(name, value)| (OsString::from(name), OsString::from(value)));
    Config::builder().variables(variables).build()
}

#[test]
fn every_kind_of_setting_is_read() {
    let config = from(&[
        ("PATH", "/bin"),
        ("AIMLM_ENABLED", "false"),
        ("AIMLM_TRACK_MEMORY_USAGE", "1"),
        ("AIMLM_HISTORY_SIZE", " 7 "),
        ("AIMLM_ANALYSIS_PERCENTILES", "99, 50,90 ,50"),
        ("AIMLM_FLUSH_INTERVAL_MS", "20"),
        ("AIMLM_THRESHOLDS_MODEL_LOAD_SECONDS_MEDIUM", "2.5"),
        ("AIMLM_THRESHOLDS_WORKER_UTILIZATION", "0"),
        ("AIMLM_MAX_SERIES", ""),
        ("AIMLM_CONFIG", ""),
        ("AIMLM_REPORT", "report.md"),
        ("AIMLM_REPORT_SIGNALS", "off"),
    ])
    .expect("valid");
    assert!(!config.enabled && config.track_memory_usage);
    assert_eq!((config.history_size, config.max_series), (7, 2000));
    assert_eq!(config.analysis_percentiles, [50.0, 90.0, 99.0]);
    assert_eq!(config.flush_interval.as_millis(), 20);
    assert_eq!(pair(&config.thresholds, "model_load_seconds"), (2.5, 10.0));
    assert_eq!(config.thresholds.get("worker_utilization"), Some(0.0));
    assert_eq!(from(&[]).expect("valid"), Config::default());
}

/// A variable, its value and the message.
const REFUSED: &[(&str, &str, &str)] = &[
    (
        "AIMLM_ENABLED",
        "yes",
        "`AIMLM_ENABLED` is \"yes\"; allowed: true or false (or 1 or 0)",
    ),
    (
        "AIMLM_HISTORY_SIZE",
        "-1",
        "`AIMLM_HISTORY_SIZE` is \"-1\"; allowed: a whole number from 0 to 1000000",
    ),
    (
        "AIMLM_HISTORY_SIZE",
        "many\n",
        "`AIMLM_HISTORY_SIZE` is \"many\\n\"; allowed: a whole number from 0 to 1000000",
    ),
    (
        "AIMLM_FLUSH_INTERVAL_MS",
        "100ms",
        "`AIMLM_FLUSH_INTERVAL_MS` is \"100ms\"; \
            allowed: a whole number of milliseconds from 1 to 3600000",
    ),
    (
        "AIMLM_ANALYSIS_PERCENTILES",
        "50,,90",
        "`AIMLM_ANALYSIS_PERCENTILES[1]` is \"\"; \
             allowed: a list of at least one number, each over 0 and under 100, separated by commas",
    ),
    (
        "AIMLM_ANALYSIS_PERCENTILES",
        "50,100",
        "`AIMLM_ANALYSIS_PERCENTILES[1]` is \"100\"; \
             allowed: a list of at least one number, each over 0 and under 100, separated by commas",
    ),
    (
        "AIMLM_THRESHOLDS_WORKER_UTILIZATION",
        "nan",
        "`AIMLM_THRESHOLDS_WORKER_UTILIZATION` is \"nan\"; allowed: a number from 0 to 1",
    ),
    (
        "AIMLM_THRESHOLDS_MODEL_LOAD_SECONDS_HIGH",
        "inf",
        "`AIMLM_THRESHOLDS_MODEL_LOAD_SECONDS_HIGH` is \"inf\"; allowed: a finite number over 0",
    ),
];

#[test]
fn messages_name_the_variable() {
    for (name, value, expected) in REFUSED {
        assert_eq!(refused(from(&[(*name, *value)])), *expected, "{name}={value}");
    }
}

/// A variable that is no setting, its value and the warning.
const UNKNOWN: &[(&str, &str, &str)] = &[
    (
        "AIMLM_HISTORY_SISE",
        "5",
        "unknown variable `AIMLM_HISTORY_SISE`, which is \"5\", is not taken; \
            did you mean `AIMLM_HISTORY_SIZE`, a whole number from 0 to 1000000?",
    ),
    (
        "AIMLM_REPROT",
        "5",
        "unknown variable `AIMLM_REPROT`, which is \"5\", is not taken; did you mean `AIMLM_REPORT`?",
    ),
    (
        "AIMLM_",
        "5",
        "unknown variable `AIMLM_`, which is \"5\", is not taken; \
            allowed: `AIMLM_CONFIG`, or `AIMLM_` and a key in capitals, such as `AIMLM_HISTORY_SIZE`",
    ),
];

#[test]
fn what_is_no_setting_gives_a_warning_and_the_others_hold() {
    for (name, value, expected) in UNKNOWN {
        let config = from(&[(*name, *value), ("AIMLM_ENABLED", "false")]).expect("valid");
        assert_eq!(config.warnings(), [*expected], "{name}={value}");
        assert!(!config.enabled);
        assert_eq!(config.checked().expect("valid").warnings().len(), 1);
    }
}

/// As orchestrators set them for every program beside a service that is called `aimlm`.
#[test]
fn variables_of_a_service_called_as_we_are_change_nothing() {
    let config = from(&[
        ("AIMLM_ENABLED", "false"),
        ("AIMLM_SERVICE_HOST", "10.0.171.239"),
        ("AIMLM_SERVICE_PORT", "6379"),
        ("AIMLM_PORT", "tcp://10.0.171.239:6379"),
        ("AIMLM_PORT_6379_TCP", "tcp://10.0.171.239:6379"),
        ("AIMLM_PORT_6379_TCP_PROTO", "tcp"),
        ("AIMLM_REPORT_EVERY", "30s"),
    ])
    .expect("valid");
    assert!(!config.enabled);
    assert_eq!(config.warnings().len(), 5);
}

#[test]
fn every_error_is_listed() {
    assert_eq!(
        refused(from(&[("AIMLM_MAX_SERIES", "0"), ("AIMLM_ENABLED", "?")])),
        "2 errors\n\
         `AIMLM_ENABLED` is \"?\"; allowed: true or false (or 1 or 0)\n\
         `AIMLM_MAX_SERIES` is \"0\"; allowed: a whole number from 1 to 1000000"
    );
}

#[cfg(unix)]
#[test]
fn a_value_that_is_not_unicode_is_refused() {
    use std::os::unix::ffi::OsStringExt;

    let value = OsString::from_vec(vec![b'5', 0xff]);
    let outcome = Config::builder()
        .variables([("AIMLM_HISTORY_SIZE".into(), value)])
        .build();
    assert_eq!(
        refused(outcome),
        "`AIMLM_HISTORY_SIZE` is \"5\u{fffd}\", which is not UTF-8; allowed: a whole number from 0 to 1000000"
    );
}
