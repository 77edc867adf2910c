//! What is wrong in one place leaves every other as it was said.

use std::{ffi::OsString, fs};

use proptest::prelude::*;

use super::pair;
use crate::Config;
use crate::settings_table::settings;

fn from(variables: &[(&str, &str)]) -> (Box<Config>, Vec<String>) {
    let variables = variables
        .iter()
        .map(|(name, value)| (OsString::from(name), OsString::from(value)));
    Config::builder().variables(variables).build_without_problems()
}

#[test]
fn a_wrong_variable_leaves_the_others() {
    let (config, problems) = from(&[
        ("AIMLM_ENABLED", "false"),
        ("AIMLM_HISTORY_SIZE", "many"),
        ("AIMLM_MAX_SERIES", "7"),
        ("AIMLM_SERVICE_HOST", "10.0.0.1"),
    ]);
    assert!(!config.enabled);
    assert_eq!((config.history_size, config.max_series), (1000, 7));
    assert_eq!(
        problems,
        ["`AIMLM_HISTORY_SIZE` is \"many\"; allowed: a whole number from 0 to 1000000"]
    );
    assert_eq!(config.warnings().len(), 1);
}

#[test]
fn a_wrong_line_of_a_file_leaves_the_others() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.toml");
    let text = "[ai_ml.metrics]\nhistory_size = -1\nmax_series = 7\nenabeld = false\nenabled = false\n";
    fs::write(&path, text).expect("written");
    let path = path.to_str().expect("a path of ours");
    let (config, problems) = from(&[("AIMLM_CONFIG", path), ("AIMLM_TRACK_MEMORY_USAGE", "1")]);
    assert!(!config.enabled && config.track_memory_usage);
    assert_eq!((config.history_size, config.max_series), (1000, 7));
    let lines = [
        format!("{path}:2:16: `history_size` is -1; allowed: a whole number from 0 to 1000000"),
        format!("{path}:4:1: unknown key `enabeld`, which is false; did you mean `enabled`, true or false?"),
    ];
    assert_eq!(problems, lines);
}

#[test]
fn a_file_that_can_not_be_read_leaves_the_variables() {
    let (config, problems) = from(&[("AIMLM_CONFIG", "no/such.toml"), ("AIMLM_ENABLED", "0")]);
    assert!(!config.enabled);
    assert_eq!(problems.len(), 1);
    let expected = "can not read the configuration file that AIMLM_CONFIG names, `no/such.toml`: ";
    assert!(problems[0].starts_with(expected), "{problems:?}");
}

#[test]
fn thresholds_out_of_order_leave_the_other_thresholds() {
    let (config, problems) = from(&[
        ("AIMLM_THRESHOLDS_MODEL_LOAD_SECONDS_MEDIUM", "50"),
        ("AIMLM_THRESHOLDS_WORKER_UTILIZATION", "0.25"),
        ("AIMLM_THRESHOLDS_DATASET_LOAD_SECONDS_MEDIUM", "3"),
    ]);
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert_eq!(pair(&config.thresholds, "model_load_seconds"), (5.0, 10.0));
    assert_eq!(config.thresholds.get("worker_utilization"), Some(0.25));
    assert_eq!(pair(&config.thresholds, "dataset_load_seconds"), (3.0, 30.0));
}

proptest! {
    /// Whatever the variables are, what is taken is allowed, and if nothing is wrong it is what `build` gives.
    #[test]
    fn what_is_taken_is_allowed(
        variables in prop::collection::vec((0..settings().count(), "[0-9]{1,3}(\\.5)?|true|,|x"), 0..6),
    ) {
        let variables = || variables.iter().map(|(at, value)| {
            (OsString::from(settings().nth(*at).unwrap().variable()), OsString::from(value))
        });
        let (config, problems) = Config::builder().variables(variables()).build_without_problems();
        prop_assert!(config.clone().checked().is_ok());
        match Config::builder().variables(variables()).build() {
            Ok(built) => prop_assert!(problems.is_empty() && built == *config),
            Err(error) => {
                prop_assert!(!problems.is_empty());
                // The order of thresholds is looked at last, and only if nothing else is wrong.
                let text = error.to_string();
                prop_assert!(text.lines().skip(usize::from(problems.len() > 1 && text.contains(" errors\n"))).all(|line| {
                    let line = line.strip_prefix("aimlm configuration: ").unwrap_or(line);
                    problems.iter().any(|problem| problem == line)
                }), "{text}\n{problems:?}");
            }
        }
    }
}
