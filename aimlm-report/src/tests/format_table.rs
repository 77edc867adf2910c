//! What holds of every format, and `docs/reports.md`, which lists them. `DOCS=overwrite cargo test -p aimlm-report` writes
//! its rows anew.

use std::path::Path;

use aimlm_config::Config;

use crate::Report;
use crate::formats::{ReportFormat, assert_file, assert_name};

/// A quoted list.
fn listed(words: &[&str], before: &str) -> String {
    let words: Vec<_> = words.iter().map(|word| format!("`{before}{word}`")).collect();
    words.join(", ")
}

fn row(format: ReportFormat) -> String {
    let names = listed(format.names(), "");
    let endings = listed(format.endings(), ".");
    format!("| {format:?} | {names} | {endings} |").replace("|  |", "| |")
}

#[test]
fn the_documents_list_every_format() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/reports.md");
    let mut page = std::fs::read_to_string(&path).unwrap();
    let formats: Vec<_> = ReportFormat::all().collect();
    let rows: Vec<_> = formats.iter().map(|format| row(*format)).collect();
    let head = "| format | words | endings of files |\n|---|---|---|\n";
    if std::env::var_os("DOCS").is_some_and(|how| how == "overwrite") {
        let (before, after) = page.split_once(head).expect("the table of formats");
        let after = after.trim_start_matches(|c| c != '\n');
        let rest = after.split_once("\n\n").map_or("", |(_, rest)| rest);
        page = format!("{before}{head}{}\n\n{rest}", rows.join("\n"));
        std::fs::write(&path, &page).unwrap();
    }
    let table = page.split_once(head).expect("the table of formats").1;
    let written: Vec<_> = table.lines().take_while(|line| !line.is_empty()).collect();
    assert_eq!(
        written, rows,
        "`DOCS=overwrite` makes the table of docs/reports.md anew"
    );
}

#[test]
fn every_format_is_found_by_its_words_and_endings_and_by_no_others() {
    let report = Report::of(super::full(), &Config::default());
    for format in ReportFormat::all() {
        for name in format.names() {
            assert!(
                name.chars().all(char::is_alphanumeric),
                "{name:?} must be a word before a colon"
            );
            assert_eq!(ReportFormat::named(&name.to_uppercase()), Some(format), "{name}");
            assert_name(name);
        }
        for ending in format.endings() {
            let path = format!("a.b/night.{}", ending.to_uppercase());
            assert_eq!(ReportFormat::of(Path::new(&path)), Ok(format), "{path}");
            assert_file(&path);
            let other = format!("night.{ending}x");
            assert!(ReportFormat::of(Path::new(&other)).is_err(), "{other}");
        }
        assert!(!format.names().is_empty() || !format.endings().is_empty());
        assert!(!format.render(&report).is_empty(), "{format:?}");
    }
    assert_eq!(ReportFormat::named("aimlm.json"), None);
    assert_eq!(ReportFormat::named("arkdown"), None);
    assert_eq!(ReportFormat::named(""), None);
}

#[test]
fn endings_name_formats_and_nothing_is_json() {
    use ReportFormat::{Json, Markdown, Run, Text};

    let of = |path: &str| ReportFormat::of(Path::new(path)).ok();
    for (path, format) in [
        ("r.MD", Markdown),
        ("r.markdown", Markdown),
        ("r.txt", Text),
        ("r.json", Json),
        ("r", Json),
        ("a.b/r", Json),
        ("json", Json),
        ("r.aimlm.json", Run),
        ("r.AIMLM.json", Run),
        ("aimlm.json", Json),
    ] {
        assert_eq!(of(path), Some(format), "{path}");
        assert_file(path);
    }
    assert_eq!(
        (of("r.aimlm.json.gz"), of("r.json.gz")),
        (Some(ReportFormat::PackedRun), Some(ReportFormat::PackedRun))
    );
    for other in [
        "r.gz", "r.md.gz", "r.nosuch", "r.other", "r.json ", "r.", "a.b/r.c", "amd.x",
    ] {
        assert_eq!(of(other), None, "{other}");
        std::panic::catch_unwind(|| assert_file(other)).expect_err(other);
    }
}

#[test]
fn errors_list_what_is_allowed() {
    let refused = ReportFormat::of(Path::new("r.nosuch")).unwrap_err();
    for format in ReportFormat::all() {
        for ending in format.endings() {
            assert!(refused.contains(&format!(".{ending}")), "{refused}");
        }
    }
    let refused = std::panic::catch_unwind(|| assert_name("nosuch")).unwrap_err();
    let refused = refused
        .downcast_ref::<String>()
        .cloned()
        .or_else(|| refused.downcast_ref::<&str>().map(ToString::to_string))
        .unwrap();
    for name in ReportFormat::all().flat_map(ReportFormat::names) {
        assert!(refused.contains(&format!("`{name}`")), "{refused}");
    }
}
