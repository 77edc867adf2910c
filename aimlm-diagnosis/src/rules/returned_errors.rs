use aimlm_vocabulary::Stage;

use crate::case::Case;
use crate::failed_calls::Failure;
use crate::rule::{Matter, WeighedFinding, rule};
use crate::{Evidence, FindingKind, Severity};

rule! {
    /// Calls returned errors, by kind where kinds are named. It is the worse if no call succeeded, but for a single load of a
    /// checkpoint: a first run has none to load.
    Errors "errors" {
        matter: Matter::Results,
        thresholds: [],
        evidence: &[
            ("errors", "calls that returned an error"),
            ("ended", "calls that ended, however they did"),
            ("kind …", "calls that returned an error of this kind"),
        ],
        check: check,
        example: snapshot([Series::new(Stage::Inference, "minilm")
            .error_kind("timeout", 1)
            .ok(0.01, &[])
            .ended(Outcome::Error, 0.5, &[])]),
    }
}

const ERROR: Failure = Failure {
    kind: FindingKind::Errors,
    verbs: ["returned an error", "returned errors"],
    noun: "errors",
};

const NAME_THEM: &str =
    "“error_kind” on the attribute counts errors by kind, “Guard::error_kind” those of calls by hand.";

const FIRST_RUN: &str =
    "A first run has no checkpoint to load: where that is expected, look for one before loading it.";

fn check(case: &Case<'_>) -> Vec<WeighedFinding> {
    let calls = case.overview.calls().into_iter();
    let failed = calls.filter(|named| named.calls.counts.error > 0);
    failed
        .map(|named| {
            let counts = &named.calls.counts;
            let may_be_first = named.stage == Stage::CheckpointLoad && counts.started == 1;
            let severity = if counts.ok == 0 && !may_be_first {
                Severity::High
            } else {
                Severity::Medium
            };
            let mut finding = ERROR.finding(named, severity, counts.error);
            let kinds = named.calls.frequent_kinds();
            let evidence =
                |&(kind, n): &(&str, u64)| Evidence::new(&format!("kind {kind}"), n as f64, "{call}");
            finding.evidence.extend(kinds.iter().map(evidence));
            if may_be_first {
                finding = finding.advising(FIRST_RUN);
            } else if kinds.is_empty() {
                finding = finding.advising(NAME_THEM);
            }
            finding.weighing(counts.error as f64)
        })
        .collect()
}
