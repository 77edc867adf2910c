use aimlm_format::counted;

use crate::case::Case;
use crate::rule::{Matter, WeighedFinding, rule};
use crate::{Evidence, Finding, FindingKind, Severity, Target};

rule! {
    /// The collector's thread could not be started, and does not run.
    NoCollector "no_collector" {
        matter: Matter::Recording,
        thresholds: [],
        evidence: &[
            ("attempts", "attempts to start it that failed"),
        ],
        check: check,
        example: {
            let mut snapshot = snapshot([]);
            snapshot.engine.collector_start_failures = 2;
            snapshot
        },
    }
}

const ADVICE: &str = "Allow the process one thread more; the start is tried again as calls and reports come.";

fn check(case: &Case<'_>) -> Vec<WeighedFinding> {
    let failures = case.engine.collector_start_failures;
    if failures == 0 || case.engine.collector_sweeps > 0 {
        return Vec::new();
    }
    let message = format!(
        "The collector's thread could not be started ({}): every call is counted, but no memory is sampled and the \
         clock is not corrected.",
        counted(failures, "attempt"),
    );
    let finding = Finding::new(
        FindingKind::NoCollector,
        Severity::Medium,
        Target::default(),
        message,
    );
    vec![
        finding
            .shown_by(vec![Evidence::new("attempts", failures as f64, "{attempt}")])
            .advising(ADVICE)
            .weighing(0.0),
    ]
}
