use aimlm_format::counted;

use crate::case::Case;
use crate::rule::{Matter, WeighedFinding, rule};
use crate::{Finding, FindingKind, Severity, Target};

rule! {
    /// Something of the configuration was not taken: because it is wrong, or, which is less severe, because there is no such
    /// setting.
    Configuration "configuration" {
        matter: Matter::Recording,
        thresholds: [],
        evidence: &[],
        check: check,
        example: {
            let mut snapshot = snapshot([]);
            snapshot.engine.configuration_error =
                Some("`AIMLM_MAX_SERIES` is \"0\"; allowed: a whole number from 1 to 1000000".into());
            snapshot
        },
    }
}

fn check(case: &Case<'_>) -> Vec<WeighedFinding> {
    let engine = case.engine;
    let error = engine.configuration_error.as_deref();
    let lines: Vec<String> = match (&*engine.configuration_problems, error) {
        ([], None) => return Vec::new(),
        // Reports of before have that alone.
        ([], Some(error)) => {
            let error = error.strip_prefix("aimlm configuration: ").unwrap_or(error);
            // Of several errors the first line says how many there are.
            let count = usize::from(error.lines().count() > 1);
            error.lines().skip(count).map(in_quotes).collect()
        }
        (problems, _) => problems.iter().map(|problem| in_quotes(problem)).collect(),
    };
    let severity = if error.is_some() {
        Severity::High
    } else {
        Severity::Medium
    };
    let message = format!(
        "{} with the configuration: what is wrong was not taken, its default is in force.",
        counted(lines.len() as u64, "problem"),
    );
    let mut finding = Finding::new(FindingKind::Configuration, severity, Target::default(), message)
        .advising("Correct it and start the program again.");
    finding.details = lines;
    vec![finding.weighing(0.0)]
}

/// The text with the backticks of an error's message as the quotes of a finding's. What stands in double quotes is a
/// value as it was written.
fn in_quotes(text: &str) -> String {
    let (mut in_name, mut in_value, mut is_escaped) = (false, false, false);
    let quotes = text.chars().map(|character| {
        let shown = match character {
            '`' if !in_value => {
                in_name = !in_name;
                if in_name { '“' } else { '”' }
            }
            other => other,
        };
        in_value ^= character == '"' && !in_name && !is_escaped;
        is_escaped = character == '\\' && !is_escaped;
        shown
    });
    quotes.collect()
}
