//! What rules about failed calls have in common.

use aimlm_format::{count, counted, percent, quoted, stage_in_words};
use aimlm_snapshot::Named;

use crate::{Evidence, Finding, FindingKind, Severity, Target};

/// How calls can fail.
pub(crate) struct Failure {
    pub(crate) kind: FindingKind,
    /// What they did, of one call and of several.
    pub(crate) verbs: [&'static str; 2],
    /// What the failures are.
    pub(crate) noun: &'static str,
}

impl Failure {
    /// So many calls of a subject failed so.
    pub(crate) fn finding(&self, named: Named<'_>, severity: Severity, n: u64) -> Finding {
        let counts = &named.calls.counts;
        let ended = counts.started.saturating_sub(counts.in_flight);
        let stage = stage_in_words(named.stage);
        let part = named.part.map(|part| format!(" in {}", quoted(part)));
        let message = format!(
            "{} of {} of {}{} {} ({}).",
            count(n),
            counted(ended, &format!("{stage} call")),
            quoted(named.subject),
            part.unwrap_or_default(),
            self.verbs[usize::from(n != 1)],
            percent(n as f64 / ended.max(1) as f64),
        );
        let target = Target::of(named.stage, named.subject).in_part(named.part);
        Finding::new(self.kind, severity, target, message).shown_by(vec![
            Evidence::new(self.noun, n as f64, "{call}"),
            Evidence::new("ended", ended as f64, "{call}"),
        ])
    }
}
