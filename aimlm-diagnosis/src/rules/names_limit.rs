use aimlm_format::count;

use crate::case::Case;
use crate::rule::{Matter, WeighedFinding, rule};
use crate::{Evidence, Finding, FindingKind, Severity, Target};

rule! {
    /// Numbers or labels of the program's own were left out: there were too many names, a name is too long,
    /// or a value was of another kind than the first of its name.
    NamesLimit "names_limit" {
        matter: Matter::Recording,
        thresholds: [],
        evidence: &[
            ("left out", "values that were not taken"),
        ],
        check: check,
        example: {
            let mut snapshot = snapshot([]);
            snapshot.engine.names_left_out = 3;
            snapshot
        },
    }
}

const ADVICE: &str = "Use at most 128 names of numbers and as many of labels in a process, of up to 64 bytes each; what \
                      differs from call to call is a value, not a name. Give each name values of one kind: durations, whole numbers, or \
                      floats.";

fn check(case: &Case<'_>) -> Vec<WeighedFinding> {
    let left_out = case.engine.names_left_out;
    let words = match left_out {
        0 => return Vec::new(),
        1 => "1 number or label of the program's own was".to_owned(),
        n => format!("{} numbers and labels of the program's own were", count(n)),
    };
    let message = format!(
        "{words} left out: the limit of names was reached, a name is too long, or a value was of another kind than the first of its name."
    );
    let finding = Finding::new(
        FindingKind::NamesLimit,
        Severity::Medium,
        Target::default(),
        message,
    );
    vec![
        finding
            .shown_by(vec![Evidence::new("left out", left_out as f64, "{value}")])
            .advising(ADVICE)
            .weighing(0.0),
    ]
}
