//! Diagnosis of [aimlm](https://docs.rs/aimlm): what in a snapshot is worth attention. Use it through that crate; on its own
//! it is for programs that read what another one recorded. Healthy data gives no finding.
//!
//! A [`Rule`] is data and a check: the [kind](FindingKind) of what it finds, what it checks in words, the [`Threshold`]s that
//! it compares numbers with, each with the source of its defaults. `docs/findings.md` and the keys of the configuration are
//! made of them. [`analyze`] runs every rule; values other than the defaults are [`Thresholds`].
//!
//! ```text
//! finding (kind, severity, target, evidence)    threshold ← thresholds
//!                                     └──────┬──────┘
//!                                  case ← rule ← rules/…
//!                                                 ├ keys: thresholds by name, for settings
//!                                                 └ finding_order ← analysis
//! ```

#![forbid(unsafe_code)]

mod analysis;
mod case;
mod efficiency;
mod epochs_compared;
mod evidence;
mod failed_calls;
mod finding;
mod keys;
mod finding_kind;
mod finding_order;
mod rule;
mod rules;
mod severity;
mod slow_calls;
mod target;
#[cfg(test)]
mod tests;
mod threshold;
mod thresholds;

pub use analysis::{analyze, analyze_views};
pub use efficiency::{EfficiencyRating, TrainingEfficiency, training_efficiency};
pub use evidence::Evidence;
pub use finding::Finding;
pub use finding_kind::FindingKind;
pub use keys::rules;
pub use rule::{Matter, Rule};
pub use severity::Severity;
pub use target::Target;
pub use threshold::{Bound, DefaultBounds, Threshold};
pub use thresholds::Thresholds;
