use core::fmt;

use crate::case::Case;
use crate::threshold::Threshold;
use crate::{Finding, FindingKind};

/// A rule: a kind of finding, what it compares with what, and the check.
#[non_exhaustive]
pub struct Rule {
    /// The kind of what it finds.
    pub kind: FindingKind,
    /// What it is about.
    pub matter: Matter,
    /// What it checks, line by line, in Markdown.
    pub about: &'static [&'static str],
    /// What it compares numbers with.
    pub thresholds: &'static [&'static Threshold],
    /// The names of its evidence, and what each says; `…` stands for a name of the user's.
    pub evidence: &'static [(&'static str, &'static str)],
    pub(crate) check: fn(&Case<'_>) -> Vec<WeighedFinding>,
    /// What it speaks up at.
    #[cfg(test)]
    pub(crate) example: fn() -> aimlm_snapshot::Snapshot,
}

/// What a rule is about. How much its findings weigh is comparable within one of these alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Matter {
    /// Results: how many numbers or calls are wrong.
    Results,
    /// Time: how much of it there is in the calls.
    Time,
    /// The recording itself.
    Recording,
}

/// A finding, and how much it weighs beside others about the same matter: calls or points, or seconds.
pub(crate) struct WeighedFinding {
    pub(crate) finding: Finding,
    pub(crate) weight: f64,
}

impl Finding {
    pub(crate) const fn weighing(self, weight: f64) -> WeighedFinding {
        WeighedFinding {
            finding: self,
            weight,
        }
    }
}

impl fmt::Debug for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Rule({})", self.kind)
    }
}

/// A rule: its documentation, which is its section of `docs/findings.md` and its kind's on docs.rs, its name, what it is
/// about, its thresholds, its evidence, its check, and an example that it speaks up at.
macro_rules! rule {
    (
        $(#[doc = $about:literal])+
        $kind:ident $name:literal {
            matter: $matter:expr,
            thresholds: [$($threshold:expr),*],
            evidence: $evidence:expr,
            check: $check:expr,
            example: $example:expr $(,)?
        }
    ) => {
        #[allow(non_upper_case_globals)]
        impl crate::FindingKind {
            $(#[doc = $about])+
            pub const $kind: Self = Self::named($name);
        }

        pub(super) static RULE: crate::Rule = crate::Rule {
            kind: crate::FindingKind::$kind,
            matter: $matter,
            about: &[$($about),+],
            thresholds: &[$(&$threshold),*],
            evidence: $evidence,
            check: $check,
            #[cfg(test)]
            example,
        };

        #[cfg(test)]
        fn example() -> aimlm_snapshot::Snapshot {
            #[allow(unused_imports)]
            use aimlm_snapshot::fixture::{Series, snapshot};
            #[allow(unused_imports)]
            use aimlm_vocabulary::{Label, Number, Outcome, Stage};

            $example
        }
    };
}

pub(crate) use rule;
