use crate::analysis::{Evidence, Finding, bytes, duration, number, percent, shortened};
use crate::report::Report;
use crate::report::document::{EMPTY, Item, Section};

/// How many pieces of evidence a finding shows; JSON has them all.
const SHOWN: usize = 8;

pub(super) fn section(report: &Report) -> Section {
    Section {
        items: report.findings.iter().map(item).collect(),
        ..Section::new("Findings")
    }
}

fn item(finding: &Finding) -> Item {
    let mut evidence: Vec<String> = finding.evidence.iter().take(SHOWN).map(shown).collect();
    let more = finding.evidence.len().saturating_sub(SHOWN);
    if more > 0 {
        evidence.push(format!("and {more} more"));
    }
    Item {
        term: format!("{}:", capitalised(&finding.severity.to_string())),
        sentence: finding.message.clone(),
        lines: [evidence.join(" · "), format!("→ {}", finding.action)]
            .into_iter()
            .filter(|line| !line.is_empty())
            .collect(),
    }
}

fn shown(evidence: &Evidence) -> String {
    let threshold = evidence.threshold;
    let bound = threshold.map(|threshold| format!(" (threshold {})", quantity(threshold, &evidence.unit)));
    let name = if evidence.name.is_empty() {
        EMPTY
    } else {
        &evidence.name
    };
    format!(
        "{} {}{}",
        shortened(name, 40),
        quantity(evidence.value, &evidence.unit),
        bound.unwrap_or_default(),
    )
}

fn quantity(value: f64, unit: &str) -> String {
    match unit {
        "s" => duration(value),
        "By" => bytes(value),
        "1" => percent(value),
        "{sample}/s" => format!("{}/s", super::columns::rate(value)),
        _ => number(value),
    }
}

fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(characters).collect()
}
