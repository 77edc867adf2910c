use aimlm_format::counted;

use crate::case::Case;
use crate::rule::{Matter, WeighedFinding, rule};
use crate::{Evidence, Finding, FindingKind, Severity, Target};

rule! {
    /// Faults inside aimlm were caught.
    InternalFaults "internal_faults" {
        matter: Matter::Recording,
        thresholds: [],
        evidence: &[
            ("faults", "faults that were caught"),
        ],
        check: check,
        example: {
            let mut snapshot = snapshot([]);
            snapshot.engine.internal_faults = 1;
            snapshot
        },
    }
}

fn check(case: &Case<'_>) -> Vec<WeighedFinding> {
    let faults = case.engine.internal_faults;
    let verb = match faults {
        0 => return Vec::new(),
        1 => "was",
        _ => "were",
    };
    let message = format!(
        "{} inside aimlm {verb} caught; numbers may be missing.",
        counted(faults, "fault")
    );
    let finding = Finding::new(
        FindingKind::InternalFaults,
        Severity::Medium,
        Target::default(),
        message,
    );
    vec![
        finding
            .shown_by(vec![Evidence::new("faults", faults as f64, "{fault}")])
            .advising("Please report them with this report's engine section.")
            .weighing(0.0),
    ]
}
