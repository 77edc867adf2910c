use std::{ffi::OsString, fs, time::Duration};

use super::{pair, refused};
use crate::{Config, Thresholds};

#[test]
fn the_later_layer_wins_whatever_the_order_of_calls() {
    let folder = tempfile::tempdir().expect("a folder");
    let named = folder.path().join("named.json");
    let own = folder.path().join("own.toml");
    fs::write(
        &own,
        "[ai_ml.metrics]\nhistory_size = 1\nmax_series = 1\nflush_interval_ms = 1\nenabled = false",
    )
    .expect("written");
    let json = r#"{"ai_ml.metrics": {"history_size": 2, "max_series": 2, "flush_interval_ms": 2}}"#;
    fs::write(&named, json).expect("written");
    let variables = || -> [(OsString, OsString); 3] {
        [
            ("AIMLM_HISTORY_SIZE".into(), "3".into()),
            ("AIMLM_CONFIG".into(), named.clone().into()),
            ("AIMLM_MAX_SERIES".into(), "3".into()),
        ]
    };
    let forward = Config::builder()
        .file(&own)
        .variables(variables())
        .history_size(4)
        .build();
    let backward = Config::builder()
        .history_size(4)
        .variables(variables())
        .file(&own)
        .build();
    let config = forward.expect("valid");
    assert_eq!(config, backward.expect("valid"));
    assert_eq!(config.history_size, 4, "the setter");
    assert_eq!(config.max_series, 3, "the variable");
    assert_eq!(
        config.flush_interval,
        Duration::from_millis(2),
        "the file that AIMLM_CONFIG names"
    );
    assert!(!config.enabled, "the file");
    assert_eq!(
        config.analysis_percentiles,
        [50.0, 90.0, 95.0, 99.0],
        "the default"
    );
    let swapped = Config::builder().file(&named).file(&own).build().expect("valid");
    assert_eq!(swapped.history_size, 1, "of two files the later");
}

#[test]
fn a_setter_wins_even_with_the_default() {
    let variables: [(OsString, OsString); 2] = [
        ("AIMLM_ENABLED".into(), "0".into()),
        ("AIMLM_THRESHOLDS_WORKER_UTILIZATION".into(), "1".into()),
    ];
    let builder = Config::builder()
        .variables(variables)
        .enabled(true)
        .thresholds(Thresholds::default());
    assert_eq!(builder.build().expect("valid"), Config::default());
}

#[test]
fn every_setter_sets_its_own() {
    let (second, minute) = (Duration::from_secs(1), Duration::from_secs(60));
    let mut thresholds = Thresholds::default();
    for (key, value) in [
        ("model_load_seconds.medium", 1.0),
        ("model_load_seconds.high", 2.0),
        ("worker_utilization", 0.25),
    ] {
        thresholds.set(key, value).expect("valid");
    }
    thresholds
        .set_for("m", "model_load_seconds.high", 3.0)
        .expect("valid");
    let config = Config::builder()
        .enabled(false)
        .track_memory_usage(true)
        .history_size(11)
        .analysis_percentiles([75.0, 25.0, 75.0])
        .max_series(12)
        .max_series_bytes(1 << 20)
        .flush_interval(second)
        .memory_sample_interval(minute)
        .report_rows(13)
        .report_engine(true)
        .thresholds(thresholds.clone())
        .build()
        .expect("valid");
    let expected = Config {
        enabled: false,
        track_memory_usage: true,
        history_size: 11,
        analysis_percentiles: vec![25.0, 75.0],
        max_series: 12,
        max_series_bytes: 1 << 20,
        flush_interval: second,
        memory_sample_interval: minute,
        report_rows: 13,
        report_engine: true,
        thresholds,
        warnings: Vec::new(),
    };
    assert_eq!(config, expected);
    assert_eq!(expected.clone().checked().expect("valid"), expected);
}

#[test]
fn setters_are_held_to_the_same_ranges() {
    let builder = Config::builder()
        .max_series(0)
        .analysis_percentiles([])
        .flush_interval(Duration::from_micros(999))
        .memory_sample_interval(Duration::MAX);
    let expected = "4 errors\n\
        `analysis_percentiles` is []; allowed: a list of at least one number, each over 0 and under 100\n\
        `max_series` is 0; allowed: a whole number from 1 to 1000000\n\
        `flush_interval_ms` is 999µs; allowed: a whole number of milliseconds from 1 to 3600000\n\
        `memory_sample_interval_ms` is 18446744073709551615.999999999s; \
        allowed: a whole number of milliseconds from 1 to 3600000";
    assert_eq!(refused(builder.build()), expected);
    let config = Config {
        analysis_percentiles: vec![50.0, 0.0],
        ..Config::default()
    };
    assert_eq!(
        refused(config.checked()),
        "`analysis_percentiles[1]` is 0; allowed: a list of at least one number, each over 0 and under 100"
    );
    let half = Duration::from_micros(1500);
    assert_eq!(
        Config::builder()
            .flush_interval(half)
            .build()
            .expect("valid")
            .flush_interval,
        half
    );
}

#[test]
fn errors_of_all_layers_are_listed_together() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.json");
    fs::write(&path, r#"{"ai_ml.metrics": {"enabled": 3}}"#).expect("written");
    let variables: [(OsString, OsString); 1] = [("AIMLM_ENABLED".into(), "maybe".into())];
    let shown = path.display();
    assert_eq!(
        refused(
            Config::builder()
                .history_size(usize::MAX)
                .file(&path)
                .variables(variables)
                .build()
        ),
        format!(
            "3 errors\n\
             {shown}:1:31: `enabled` is 3; allowed: true or false\n\
             `AIMLM_ENABLED` is \"maybe\"; allowed: true or false (or 1 or 0)\n\
             `history_size` is {}; allowed: a whole number from 0 to 1000000",
            usize::MAX
        )
    );
}

#[test]
fn bounds_of_severity_are_in_order() {
    let refused = |text: &str| {
        let error = Config::from_toml_str(&format!("[ai_ml.metrics.thresholds]\n{text}")).unwrap_err();
        error.to_string()
    };
    assert_eq!(
        refused("model_load_seconds = { medium = 5, high = 1 }"),
        "aimlm configuration: `thresholds.model_load_seconds.medium` is 5, over \
         `thresholds.model_load_seconds.high`, which is 1; allowed: at most as much"
    );
    assert_eq!(
        refused("training_samples_per_second = { medium = 9, high = 10 }"),
        "aimlm configuration: `thresholds.training_samples_per_second.medium` is 9, under \
         `thresholds.training_samples_per_second.high`, which is 10; allowed: at least as much"
    );
    assert!(refused("dataset_load_seconds.high = 9").contains(".medium` is 10, over"));
    let partial = "[ai_ml.metrics.thresholds]\ndataset_load_seconds.high = 10";
    let config = Config::from_toml_str(partial).unwrap();
    assert_eq!(pair(&config.thresholds, "dataset_load_seconds"), (10.0, 10.0));

    let mut config = Config::default();
    config
        .thresholds
        .set("inference_latency_seconds.high", 0.01)
        .expect("valid");
    assert!(config.clone().checked().is_err());
    assert!(Config::builder().thresholds(config.thresholds).build().is_err());
}
