use crate::Report;
use crate::cell_value::CellValue;
use crate::document::{Item, Measure, Section};
use aimlm_diagnosis::{Evidence, Finding};

pub(super) fn section(report: &Report) -> Section {
    Section {
        items: report.findings.iter().map(item).collect(),
        ..Section::new("Findings")
    }
}

fn item(finding: &Finding) -> Item {
    Item {
        term: format!("{}:", capitalised(&finding.severity.to_string())),
        sentence: finding.message.clone(),
        details: finding.details.clone(),
        measures: finding.evidence.iter().map(measure).collect(),
        action: finding.action.clone(),
    }
}

fn measure(evidence: &Evidence) -> Measure {
    let unit = evidence.unit.as_str();
    let value = match unit.strip_prefix('{').and_then(|unit| unit.strip_suffix('}')) {
        // A place, and not so many.
        Some(axis) if evidence.name == "first at" => CellValue::Place(axis.to_owned(), evidence.value),
        _ => value(evidence.value, unit),
    };
    Measure {
        name: evidence.name.clone(),
        value,
        threshold: evidence.threshold.map(|threshold| self::value(threshold, unit)),
    }
}

fn value(value: f64, unit: &str) -> CellValue {
    match unit {
        "s" => CellValue::Duration(value),
        "By" => CellValue::Bytes(value),
        "1" => CellValue::Ratio(value),
        "{sample}/s" => CellValue::Rate(value),
        "{times}" => CellValue::Times(value),
        _ => CellValue::Number(value),
    }
}

fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(characters).collect()
}
