//! `docs/configuration.md` has a row for each setting, made of those that the settings are made of.
//! `DOCS=overwrite cargo test -p aimlm-config` writes them anew.

use std::{collections::BTreeSet, fs, path::Path};

use super::super::{
    settings_table::{Setting, SettingKind, settings},
    written_tree::{Node, WrittenValue},
};
use crate::Config;

fn reference() -> (std::path::PathBuf, String) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/configuration.md");
    let reference = fs::read_to_string(&path).expect("docs/configuration.md");
    (path, reference)
}

/// The default as one writes it in a file.
fn default(setting: &Setting) -> String {
    let Node { shown, value, .. } = setting.get(&mut Config::default());
    match value {
        WrittenValue::Time(time) => time.as_millis().to_string(),
        WrittenValue::List(items) => {
            let items: Vec<_> = items.into_iter().map(|item| item.shown).collect();
            format!("[{}]", items.join(", "))
        }
        _ => shown,
    }
}

fn row(setting: &Setting) -> String {
    let Setting { key, kind, meaning } = setting;
    let (variable, default) = (setting.variable(), default(setting));
    format!("| `{key}` | `{variable}` | `{default}` | {kind} | {meaning} |")
}

/// The rows of the table of settings, as lines of the page.
fn is_row(line: &str) -> bool {
    line.contains("| `AIMLM_")
}

/// The reference with all rows made anew, where the first of them stood.
fn made_anew(reference: &str) -> String {
    let rows: Vec<String> = settings().map(|setting| row(&setting)).collect();
    let mut rows = Some(rows.join("\n"));
    let mut lines = Vec::new();
    for line in reference.lines() {
        match is_row(line) {
            true => lines.extend(rows.take()),
            false => lines.push(line.to_owned()),
        }
    }
    lines.join("\n") + "\n"
}

#[test]
fn the_reference_lists_every_setting() {
    let (path, mut reference) = reference();
    if std::env::var_os("DOCS").is_some_and(|how| how == "overwrite") {
        reference = made_anew(&reference);
        fs::write(&path, &reference).unwrap();
    }
    let rows: Vec<_> = reference.lines().filter(|line| is_row(line)).collect();
    let expected: Vec<_> = settings().map(|setting| row(&setting)).collect();
    assert_eq!(
        rows, expected,
        "docs/configuration.md is not what the settings say: `DOCS=overwrite` makes its rows anew"
    );
}

/// The example in the reference is a whole configuration of defaults.
#[test]
fn the_examples_of_the_reference_are_read() {
    let (_, reference) = reference();
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
    let keys: BTreeSet<_> = settings().map(|setting| setting.key).collect();
    let variables: BTreeSet<_> = settings().map(|setting| setting.variable()).collect();
    let count = settings().count();
    assert_eq!((keys.len(), variables.len()), (count, count));
}

/// Every field of the configuration has a row: what the table reads, it writes, and each place is its own.
#[test]
fn each_row_has_its_own_place() {
    let mut config = Config::default();
    let mut expected = Vec::new();
    for (index, setting) in settings().enumerate() {
        let (value, shown) = match &setting.kind {
            SettingKind::Switch(_) => (WrittenValue::Switch(index > 0), (index > 0).to_string()),
            SettingKind::Whole(from, ..) => {
                let whole = from + 7 + index as u64;
                (WrittenValue::Whole(whole.into()), whole.to_string())
            }
            SettingKind::Milliseconds(..) => {
                (WrittenValue::Whole(7 + index as i128), format!("{}ms", 7 + index))
            }
            SettingKind::Bound(bound) if bound.allows(7.0) => {
                (WrittenValue::Number(7.0 + index as f64), (7 + index).to_string())
            }
            SettingKind::Bound(_) => (WrittenValue::Number(0.75), "0.75".to_owned()),
            SettingKind::Percentiles(_) => (
                WrittenValue::List(vec![Node::new(0, "5", WrittenValue::Whole(5))]),
                "a list".to_owned(),
            ),
        };
        setting
            .put(&Node::new(0, "", value), &mut config)
            .expect(&setting.key);
        expected.push(shown);
    }
    let shown: Vec<_> = settings().map(|setting| setting.get(&mut config).shown).collect();
    assert_eq!(shown, expected);
}
