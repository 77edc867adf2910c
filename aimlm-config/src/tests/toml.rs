use proptest::prelude::*;

use super::{pair, refused};
use crate::Config;

fn message(text: &str) -> String {
    refused(Config::from_toml_str(text))
}

/// The message about one line under `[ai_ml.metrics]`.
fn line(line: &str) -> String {
    message(&format!("[ai_ml.metrics]\n{line}\n"))
}

#[test]
fn every_setting_is_read() {
    let config = Config::from_toml_str(
        r#"
        title = "a larger program"
        [ai_ml]
        other = 1
        [ai_ml.metrics]
        enabled = false
        track_memory_usage = true
        history_size = 1_000_000
        analysis_percentiles = [99.9, 50, 50.0, 0x5A]
        max_series = 1
        flush_interval_ms = 3600000
        memory_sample_interval_ms = 1
        [ai_ml.metrics.thresholds.model_load_seconds]
        medium = 1
        high = 2.5
        [ai_ml.metrics.thresholds]
        worker_utilization = 1
        inference_latency_seconds = { medium = 3, high = 4 }
        dataset_load_seconds = { medium = 5, high = 6 }
        coordination_overhead_seconds = { medium = 7, high = 8 }
        training_samples_per_second = { medium = 1e1, high = 9 }
        "#,
    )
    .expect("valid");
    assert!(!config.enabled && config.track_memory_usage);
    assert_eq!((config.history_size, config.max_series), (1_000_000, 1));
    assert_eq!(config.analysis_percentiles, [50.0, 90.0, 99.9]);
    assert_eq!(
        (
            config.flush_interval.as_secs(),
            config.memory_sample_interval.as_millis()
        ),
        (3600, 1)
    );
    assert_eq!(pair(&config.thresholds, "model_load_seconds"), (1.0, 2.5));
    assert_eq!(pair(&config.thresholds, "inference_latency_seconds"), (3.0, 4.0));
    assert_eq!(pair(&config.thresholds, "dataset_load_seconds"), (5.0, 6.0));
    assert_eq!(
        pair(&config.thresholds, "coordination_overhead_seconds"),
        (7.0, 8.0)
    );
    assert_eq!(
        pair(&config.thresholds, "training_samples_per_second"),
        (10.0, 9.0)
    );
    assert_eq!(config.thresholds.get("worker_utilization"), Some(1.0));
}

#[test]
fn files_without_our_settings_give_the_defaults() {
    for text in [
        "",
        "# nothing",
        "[server]\nport = 1\nenabled = 3",
        "[ai_ml]\nmodels = 2",
        "[ai_ml.metrics]",
    ] {
        assert_eq!(
            Config::from_toml_str(text).expect(text),
            Config::default(),
            "{text}"
        );
    }
}

/// Lines under `[ai_ml.metrics]` and the message about each.
const REFUSED_VALUES: &[(&str, &str)] = &[
    ("enabled = 1", "TOML:2:11: `enabled` is 1; allowed: true or false"),
    (
        "enabled = \"yes\"",
        "TOML:2:11: `enabled` is \"yes\"; allowed: true or false",
    ),
    (
        "track_memory_usage = []",
        "TOML:2:22: `track_memory_usage` is []; allowed: true or false",
    ),
    (
        "history_size = -1",
        "TOML:2:16: `history_size` is -1; allowed: a whole number from 0 to 1000000",
    ),
    (
        "history_size = 1_000_001",
        "TOML:2:16: `history_size` is 1_000_001; allowed: a whole number from 0 to 1000000",
    ),
    (
        "history_size = 5.0",
        "TOML:2:16: `history_size` is 5.0; allowed: a whole number from 0 to 1000000",
    ),
    (
        "history_size = 2026-01-01",
        "TOML:2:16: `history_size` is 2026-01-01; allowed: a whole number from 0 to 1000000",
    ),
    (
        "history_size = {a = 1}",
        "TOML:2:1: `history_size` is a table; allowed: a whole number from 0 to 1000000",
    ),
    (
        "max_series = 0",
        "TOML:2:14: `max_series` is 0; allowed: a whole number from 1 to 1000000",
    ),
    (
        "max_series = 0x1_0000_0000_0000_0000_0000_0000_0000_0000_0000_0000",
        "TOML:2:14: `max_series` is 0x1_0000_0000_0000_0000_0000_0000_0000_0000_0000_0000; \
             allowed: a whole number from 1 to 1000000",
    ),
    (
        "flush_interval_ms = 0",
        "TOML:2:21: `flush_interval_ms` is 0; allowed: a whole number of milliseconds from 1 to 3600000",
    ),
    (
        "memory_sample_interval_ms = 3600001",
        "TOML:2:29: `memory_sample_interval_ms` is 3600001; \
             allowed: a whole number of milliseconds from 1 to 3600000",
    ),
    (
        "analysis_percentiles = []",
        "TOML:2:24: `analysis_percentiles` is []; \
             allowed: a list of at least one number, each over 0 and under 100",
    ),
    (
        "analysis_percentiles = 50",
        "TOML:2:24: `analysis_percentiles` is 50; \
             allowed: a list of at least one number, each over 0 and under 100",
    ),
    (
        "analysis_percentiles = [50,\n  100]",
        "TOML:3:3: `analysis_percentiles[1]` is 100; \
             allowed: a list of at least one number, each over 0 and under 100",
    ),
    (
        "analysis_percentiles = [-1, 50,\n  \"x\"]",
        "2 errors\nTOML:2:25: `analysis_percentiles[0]` is -1; \
             allowed: a list of at least one number, each over 0 and under 100\n\
             TOML:3:3: `analysis_percentiles[2]` is \"x\"; \
             allowed: a list of at least one number, each over 0 and under 100",
    ),
    (
        "analysis_percentiles = [nan]",
        "TOML:2:25: `analysis_percentiles[0]` is nan; \
             allowed: a list of at least one number, each over 0 and under 100",
    ),
    (
        "thresholds = 3",
        "TOML:2:14: `thresholds` is 3; allowed: a table of {thresholds}",
    ),
    (
        "thresholds.worker_utilization = 1.5",
        "TOML:2:33: `thresholds.worker_utilization` is 1.5; allowed: a number from 0 to 1",
    ),
    (
        "thresholds.model_load_seconds = { medium = 0, high = inf }",
        "2 errors\n\
             TOML:2:44: `thresholds.model_load_seconds.medium` is 0; allowed: a finite number over 0\n\
             TOML:2:54: `thresholds.model_load_seconds.high` is inf; allowed: a finite number over 0",
    ),
];

#[test]
fn out_of_range_or_of_a_wrong_type() {
    for (written, expected) in REFUSED_VALUES {
        assert_eq!(line(written), *expected, "{written}");
    }
}

/// Lines under `[ai_ml.metrics]` and the message about each.
const UNKNOWN_KEYS: &[(&str, &str)] = &[
    (
        "enabeld = false",
        "TOML:2:1: unknown key `enabeld`, which is false; did you mean `enabled`, true or false?",
    ),
    (
        "tresholds = { x = 1 }",
        "TOML:2:1: unknown key `tresholds`, which is a table; did you mean the table `thresholds`?",
    ),
    (
        "colour = 'red'",
        "TOML:2:1: unknown key `colour`, which is \"red\"; allowed here: {settings}",
    ),
    (
        "thresholds.model_load_seconds.hihg = 3",
        "TOML:2:31: unknown key `thresholds.model_load_seconds.hihg`, which is 3; \
             did you mean `thresholds.model_load_seconds.high`, a finite number over 0?",
    ),
    (
        "thresholds.worker_utilisation = 0.5",
        "TOML:2:12: unknown key `thresholds.worker_utilisation`, which is 0.5; \
             did you mean `thresholds.worker_utilization`, a number from 0 to 1?",
    ),
    (
        "enabled.x = 3",
        "TOML:2:1: `enabled` is a table; allowed: true or false",
    ),
    (
        "\"a\\nb\" = 3",
        "TOML:2:1: unknown key `a\\nb`, which is 3; allowed here: {settings}",
    ),
];

#[test]
fn unknown_keys() {
    for (written, expected) in UNKNOWN_KEYS {
        assert_eq!(line(written), *expected, "{written}");
    }
}

#[test]
fn positions_hold_among_comments_strings_and_wide_letters() {
    let text = "note = \"\"\"\n[ai_ml.metrics]\nhistory_size = -1\n\"\"\"\n# history_size = -2\n\
                [ai_ml]\nmetrics.\"é\" = 'ü' # é\r\nmetrics . history_size=   -3\n";
    assert_eq!(
        message(text),
        "2 errors\n\
         TOML:7:9: unknown key `é`, which is \"ü\"; allowed here: {settings}\n\
         TOML:8:27: `history_size` is -3; allowed: a whole number from 0 to 1000000"
    );
    assert_eq!(
        message("x = { 'ééé' = 1 }\nai_ml = { 'é' = 'é', metrics = { max_series = 0 } }"),
        "TOML:2:47: `max_series` is 0; allowed: a whole number from 1 to 1000000"
    );
}

#[test]
fn every_error_is_listed_in_the_order_written() {
    assert_eq!(
        line("max_series = 0\nhistory_sise = 1\nenabled = 0"),
        "3 errors\n\
         TOML:2:14: `max_series` is 0; allowed: a whole number from 1 to 1000000\n\
         TOML:3:1: unknown key `history_sise`, which is 1; \
         did you mean `history_size`, a whole number from 0 to 1000000?\n\
         TOML:4:11: `enabled` is 0; allowed: true or false"
    );
}

#[test]
fn a_file_of_nothing_but_errors_is_refused_briefly_and_soon() {
    let keys: Vec<_> = (0..10_000).map(|index| format!("x{index} = {index}\n")).collect();
    let message = line(&keys.concat());
    assert_eq!(message.lines().next(), Some("10000 errors"));
    assert_eq!(message.lines().last(), Some("and 9900 more"));
    assert_eq!(message.lines().count(), 102);
    assert!(
        refused(Config::from_toml_str(&"!\n".repeat(100_000)))
            .lines()
            .count()
            <= 102
    );
}

#[test]
fn settings_outside_of_the_section() {
    assert_eq!(
        message("title = 'x'\nhistory_size = 5\n[thresholds]\nx = 1"),
        "2 errors\n\
         TOML:2:1: `history_size` stands outside of `ai_ml.metrics`; write it under `[ai_ml.metrics]`\n\
         TOML:3:2: `thresholds` stands outside of `ai_ml.metrics`; write it under `[ai_ml.metrics]`"
    );
    assert_eq!(
        message("ai_ml = 3"),
        "TOML:1:9: `ai_ml` is 3; allowed: a table of `metrics`"
    );
    assert_eq!(
        message("enabled = 'by a larger program'\n[ai_ml]\nmetrics = true"),
        "TOML:3:11: `ai_ml.metrics` is true; allowed: a table of {settings}"
    );
    // With a section, the larger file may have any key of its own.
    let config =
        Config::from_toml_str("enabled = 'always'\n[ai_ml.metrics]\nenabled = false").expect("valid");
    assert!(!config.enabled);
}

#[test]
fn duplicates_and_syntax() {
    let cases = [
        (
            "[ai_ml.metrics]\nenabled = true\nenabled = true",
            "TOML:3:1: not valid TOML: duplicate key `enabled`",
        ),
        (
            "[ai_ml.metrics]\n[ai_ml.metrics]",
            "TOML:2:8: not valid TOML: duplicate key `metrics`",
        ),
        (
            "[ai_ml.metrics]\n['ai_ml.metrics']",
            "TOML:2:2: duplicate key `ai_ml.metrics`, first at 1:8",
        ),
        (
            "[ai_ml.metrics]\nhistory_size = ",
            "TOML:2:16: not valid TOML: string values must be quoted, expected literal string",
        ),
    ];
    for (written, expected) in cases {
        assert_eq!(message(written), expected, "{written}");
    }
}

proptest! {
    #[test]
    fn no_text_panics(text in any::<String>(), bracketed in "[\\[\\]{}\"'=.,#a-z0-9_\n é-]{0,60}") {
        let _ = Config::from_toml_str(&text);
        let _ = Config::from_toml_str(&bracketed);
        let _ = Config::from_toml_str(&format!("[ai_ml.metrics]\n{bracketed}"));
        let _ = Config::from_toml_str(&format!("[ai_ml.metrics]\n{text} = {bracketed}"));
    }

    #[test]
    fn whole_numbers_are_taken_in_their_range_alone(number: i64) {
        let config = Config::from_toml_str(&format!("ai_ml.metrics.history_size = {number}"));
        prop_assert_eq!(config.is_ok(), (0..=1_000_000).contains(&number));
    }
}
