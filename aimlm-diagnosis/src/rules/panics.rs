use crate::case::Case;
use crate::failed_calls::Failure;
use crate::rule::{Matter, WeighedFinding, rule};
use crate::{FindingKind, Severity};

rule! {
    /// Calls unwound.
    Panics "panics" {
        matter: Matter::Results,
        thresholds: [],
        evidence: &[
            ("panics", "calls that unwound"),
            ("ended", "calls that ended, however they did"),
        ],
        check: check,
        example: snapshot([Series::new(Stage::Inference, "minilm")
            .ok(0.01, &[])
            .ended(Outcome::Panicked, 0.01, &[])]),
    }
}

const PANIC: Failure = Failure {
    kind: FindingKind::Panics,
    verbs: ["panicked"; 2],
    noun: "panics",
};

fn check(case: &Case<'_>) -> Vec<WeighedFinding> {
    let calls = case.overview.calls().into_iter();
    let panicked = calls.filter(|named| named.calls.counts.panicked > 0);
    panicked
        .map(|named| {
            let action = named.calls.functions.first().map_or_else(String::new, |site| {
                format!(
                    "The annotated function is {} in {}:{}.",
                    site.function, site.file, site.line
                )
            });
            let n = named.calls.counts.panicked;
            let finding = PANIC.finding(named, Severity::High, n).advising(action);
            finding.weighing(n as f64)
        })
        .collect()
}
