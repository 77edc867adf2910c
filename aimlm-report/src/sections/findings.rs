use crate::Report;
use crate::analysis::{Evidence, Finding};
use crate::document::{Item, Section};
use aimlm_format::{
    bytes, duration, duration_apart, number, number_apart, percent, percent_apart, shortened,
};

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
    let mut lines = finding.details.clone();
    lines.push(evidence.join(" · "));
    lines.extend((!finding.action.is_empty()).then(|| format!("→ {}", finding.action)));
    lines.retain(|line| !line.is_empty());
    Item {
        term: format!("{}:", capitalised(&finding.severity.to_string())),
        sentence: finding.message.clone(),
        lines,
    }
}

/// `mean 100.2 ms (threshold 100 ms)`.
fn shown(evidence: &Evidence) -> String {
    let name = shortened(&evidence.name, 40);
    match evidence.threshold {
        Some(threshold) => {
            let (value, threshold) = quantities(evidence.value, threshold, &evidence.unit);
            format!("{name} {value} (threshold {threshold})")
        }
        // A place, and not so many.
        None if name == "first at" => {
            let unit = evidence.unit.trim_matches(['{', '}']);
            format!("{name} {unit} {}", number(evidence.value))
        }
        None => format!("{name} {}", quantity(evidence.value, &evidence.unit)),
    }
}

fn quantity(value: f64, unit: &str) -> String {
    match unit {
        "s" => duration(value),
        "By" => bytes(value),
        "1" => percent(value),
        "{sample}/s" => format!("{}/s", number(value)),
        "{times}" => format!("{} times", number(value)),
        _ => number(value),
    }
}

/// A value and its threshold, told apart.
fn quantities(value: f64, threshold: f64, unit: &str) -> (String, String) {
    match unit {
        "s" => duration_apart(value, threshold),
        "1" => percent_apart(value, threshold),
        _ => {
            let (value, threshold) = number_apart(value, threshold);
            let suffix = match unit {
                "{sample}/s" => "/s",
                "{times}" => " times",
                _ => "",
            };
            (format!("{value}{suffix}"), format!("{threshold}{suffix}"))
        }
    }
}

fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(characters).collect()
}
