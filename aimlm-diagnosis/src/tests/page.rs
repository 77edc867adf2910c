//! `docs/findings.md` is made of the rules. `DOCS=overwrite cargo test -p aimlm-diagnosis` writes it anew.

use std::fmt::Write;
use std::path::Path;

use aimlm_format::number;

use crate::{Evidence, Finding, Matter, Rule, Thresholds, analyze, rules};

const HEAD: &str = "# Findings

What aimlm looks for, kind by kind. Of findings the most severe comes first; of equal ones results before time and time
before the recording itself, then what weighs the most: by the calls or points that are wrong, or the time in the calls.
Bounds are settings: [configuration.md](configuration.md) has their keys and says how a model gets bounds of its own.

This page is made of the rules; `DOCS=overwrite cargo test -p aimlm-diagnosis` makes it anew.
";

fn page() -> String {
    let mut page = HEAD.to_owned();
    for (matter, title) in [
        (Matter::Results, "Results"),
        (Matter::Time, "Time"),
        (Matter::Recording, "The recording itself"),
    ] {
        let _ = write!(page, "\n## {title}\n");
        for rule in rules().iter().filter(|rule| rule.matter == matter) {
            section(&mut page, rule);
        }
    }
    page
}

fn section(page: &mut String, rule: &Rule) {
    let about: Vec<&str> = rule.about.iter().map(|line| line.trim()).collect();
    let _ = write!(page, "\n### `{}`\n\n{}\n", rule.kind, about.join("\n"));
    if !rule.thresholds.is_empty() {
        page.push_str("\n| Bound | Default | Unit | A model's own |\n|---|--:|---|---|\n");
    }
    for threshold in rule.thresholds {
        let own = if threshold.for_models { "yes" } else { "no" };
        for bound in threshold.each() {
            let _ = writeln!(
                page,
                "| `thresholds.{bound}` | {} | `{}` | {own} |",
                bound.default_value(),
                threshold.unit
            );
        }
    }
    for threshold in rule.thresholds {
        let _ = write!(page, "\nDefaults of `{}`: {}.\n", threshold.key, threshold.source);
    }
    if !rule.evidence.is_empty() {
        page.push_str("\n| Evidence | |\n|---|---|\n");
    }
    for (name, meaning) in rule.evidence {
        let _ = writeln!(page, "| **{name}** | {meaning} |");
    }
    let finding = example(rule);
    let _ = write!(page, "\n> **{}:** {}\n", finding.severity, finding.message);
    let evidence: Vec<String> = finding.evidence.iter().map(evidence).collect();
    let action = (!finding.action.is_empty()).then(|| format!("→ {}", finding.action));
    let lines = finding.details.iter().cloned().chain([evidence.join(" · ")]);
    for line in lines.chain(action).filter(|line| !line.is_empty()) {
        let _ = write!(page, ">\n> {line}\n");
    }
}

fn evidence(evidence: &Evidence) -> String {
    let Evidence {
        name, value, unit, ..
    } = evidence;
    let value = number(*value);
    match evidence.threshold {
        Some(threshold) => format!("{name} {value} `{unit}` (threshold {})", number(threshold)),
        None => format!("{name} {value} `{unit}`"),
    }
}

/// What the rule says of its example.
fn example(rule: &Rule) -> Finding {
    let findings = analyze(&(rule.example)(), &Thresholds::default());
    let own = findings.into_iter().find(|finding| finding.kind == rule.kind);
    own.unwrap_or_else(|| panic!("{} is silent at its example", rule.kind))
}

/// Names of the user's stand in the place of `…`.
fn is_described(rule: &Rule, name: &str) -> bool {
    let mut names = rule.evidence.iter().map(|(name, _)| *name);
    names.any(|known| match known.strip_suffix('…') {
        Some(beginning) => name.starts_with(beginning),
        None => known == name,
    })
}

#[test]
fn every_number_of_an_example_is_described() {
    for rule in rules() {
        for evidence in example(rule).evidence {
            assert!(
                is_described(rule, &evidence.name),
                "{}: {}",
                rule.kind,
                evidence.name
            );
        }
    }
}

#[test]
fn every_rule_speaks_up_at_its_example_alone() {
    for rule in rules() {
        let findings = analyze(&(rule.example)(), &Thresholds::default());
        let kinds: Vec<_> = findings.iter().map(|finding| finding.kind).collect();
        assert_eq!(kinds, [rule.kind]);
    }
}

#[test]
fn the_page_of_findings_is_made_of_the_rules() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/findings.md");
    let page = page();
    if std::env::var_os("DOCS").is_some_and(|how| how == "overwrite") {
        std::fs::write(&path, &page).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == page,
        "docs/findings.md is not what the rules say: `DOCS=overwrite` makes it anew"
    );
}
