use aimlm_snapshot::{Named, Overview};

use super::{Evidence, Finding, FindingKind, Severity, Target};
use aimlm_format::stage_in_words;
use aimlm_format::{count, counted, percent, quoted};

/// Calls that unwound.
pub(super) fn panics(overview: &Overview) -> Vec<Finding> {
    let calls = overview.calls().into_iter();
    calls
        .filter(|named| named.calls.counts.panicked > 0)
        .map(|named| Finding {
            action: named.calls.functions.first().map_or_else(String::new, |site| {
                format!(
                    "The annotated function is {} in {}:{}.",
                    site.function, site.file, site.line
                )
            }),
            ..failures(
                named,
                FindingKind::Panics,
                Severity::High,
                named.calls.counts.panicked,
                "panicked",
            )
        })
        .collect()
}

/// Calls that returned errors; the worse if no call succeeded.
pub(super) fn errors(overview: &Overview) -> Vec<Finding> {
    let calls = overview.calls().into_iter();
    calls
        .filter(|named| named.calls.counts.error > 0)
        .map(|named| {
            let counts = &named.calls.counts;
            let severity = if counts.ok == 0 {
                Severity::High
            } else {
                Severity::Medium
            };
            let verb = if counts.error == 1 {
                "returned an error"
            } else {
                "returned errors"
            };
            let mut finding = failures(named, FindingKind::Errors, severity, counts.error, verb);
            let kinds = named.calls.frequent_kinds();
            let evidence =
                |&(kind, n): &(&str, u64)| Evidence::new(&format!("kind {kind}"), n as f64, "{call}");
            finding.evidence.extend(kinds.iter().map(evidence));
            if kinds.is_empty() {
                finding.action =
                    "“error_kind” on the attribute counts errors by kind, “Guard::error_kind” those of \
                                  calls by hand."
                        .to_owned();
            }
            finding
        })
        .collect()
}

fn failures(named: Named<'_>, kind: FindingKind, severity: Severity, n: u64, verb: &str) -> Finding {
    let counts = &named.calls.counts;
    let ended = counts.started.saturating_sub(counts.in_flight);
    let stage = stage_in_words(named.stage);
    let part = named
        .part
        .map(|part| format!(" in {}", quoted(part)))
        .unwrap_or_default();
    Finding {
        kind,
        severity,
        target: Target::of(named.stage, named.subject).part(named.part),
        message: format!(
            "{} of {} of {}{part} {verb} ({}).",
            count(n),
            counted(ended, &format!("{stage} call")),
            quoted(named.subject),
            percent(n as f64 / ended.max(1) as f64),
        ),
        evidence: vec![
            Evidence::new(
                if kind == FindingKind::Panics {
                    "panics"
                } else {
                    "errors"
                },
                n as f64,
                "{call}",
            ),
            Evidence::new("ended", ended as f64, "{call}"),
        ],
        details: Vec::new(),
        action: String::new(),
    }
}
