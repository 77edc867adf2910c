use std::{collections::BTreeSet, fs, path::Path};

use super::super::{
    table::{Kind, SETTINGS, Setting},
    tree::{Node, Value},
};
use crate::Config;

/// The default as one writes it in a file.
fn default(setting: &Setting) -> String {
    let Node { shown, value, .. } = setting.get(&mut Config::default());
    match value {
        Value::Time(time) => time.as_millis().to_string(),
        Value::List(items) => {
            let items: Vec<_> = items.into_iter().map(|item| item.shown).collect();
            format!("[{}]", items.join(", "))
        }
        _ => shown,
    }
}

/// The start of the setting's row in `docs/configuration.md`.
fn row(setting: &Setting) -> String {
    let Setting { key, kind } = setting;
    format!(
        "| `{key}` | `{}` | `{}` | {kind} |",
        setting.variable(),
        default(setting)
    )
}

#[test]
fn the_reference_lists_every_setting() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/configuration.md");
    let reference = fs::read_to_string(&path).expect("docs/configuration.md");
    let rows: Vec<_> = reference
        .lines()
        .filter(|line| line.contains("| `AIMLM_"))
        .collect();
    for setting in SETTINGS {
        let row = row(setting);
        assert!(
            rows.iter().any(|line| line.starts_with(&row)),
            "missing in docs/configuration.md: {row}"
        );
    }
    assert_eq!(rows.len(), SETTINGS.len(), "a row that is no setting");
}

/// The example in the reference is a whole configuration of defaults.
#[test]
fn the_examples_of_the_reference_are_read() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/configuration.md");
    let reference = fs::read_to_string(&path).expect("docs/configuration.md");
    let example = |language: &str| {
        let after = reference
            .split_once(&format!("```{language}\n"))
            .expect("an example")
            .1;
        after.split_once("```").expect("an end").0.to_owned()
    };
    let from_toml = Config::from_toml_str(&example("toml")).expect("valid");
    assert_eq!(from_toml, Config::from_json_str(&example("json")).expect("valid"));
    assert_ne!(from_toml, Config::default());
}

#[test]
fn names_are_unique() {
    let keys: BTreeSet<_> = SETTINGS.iter().map(|setting| setting.key).collect();
    let variables: BTreeSet<_> = SETTINGS.iter().map(Setting::variable).collect();
    assert_eq!((keys.len(), variables.len()), (SETTINGS.len(), SETTINGS.len()));
}

/// Every field of the configuration has a row: what the table reads, it writes, and each place is its own.
#[test]
fn each_row_has_its_own_place() {
    let mut config = Config::default();
    for (index, setting) in SETTINGS.iter().enumerate() {
        let value = match setting.kind {
            Kind::Switch(_) => Value::Switch(index > 0),
            Kind::Whole { .. } | Kind::Milliseconds { .. } => Value::Whole(7 + index as i128),
            Kind::Positive(_) => Value::Number(7.0 + index as f64),
            Kind::Ratio(_) => Value::Number(0.75),
            Kind::Percentiles(_) => Value::List(vec![Node::new(0, "5", Value::Whole(5))]),
        };
        setting
            .put(&Node::new(0, "", value), &mut config)
            .expect(setting.key);
    }
    let shown: Vec<_> = SETTINGS
        .iter()
        .map(|setting| setting.get(&mut config).shown)
        .collect();
    let expected = [
        "false", "true", "9", "a list", "11", "12ms", "13ms", "14", "true", "16", "17", "18", "19", "20",
        "21", "22", "23", "24", "25", "26", "27", "28", "29", "30", "31", "32", "33", "34", "35", "36", "37",
        "38", "39", "40", "41", "42", "43", "44", "45", "46", "47", "48", "49", "0.75",
    ];
    assert_eq!(shown, expected);
}
