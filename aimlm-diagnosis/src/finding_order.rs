//! In which order findings stand.

use std::cmp::Reverse;

use crate::Finding;
use crate::rule::{Rule, WeighedFinding};

/// The most severe first; of equal ones results before time and time before the recording, then what weighs the most, then
/// by rule and name.
pub(crate) fn in_order(found: Vec<(usize, &Rule, WeighedFinding)>) -> Vec<Finding> {
    let mut found = found;
    found.sort_by_cached_key(|(place, rule, found)| {
        let WeighedFinding { finding, weight } = found;
        // Bits of numbers that are not negative order as the numbers do.
        let weight = Reverse(weight.max(0.0).to_bits());
        let target = (finding.target.subject.clone(), finding.target.part.clone());
        (Reverse(finding.severity), rule.matter, weight, *place, target)
    });
    found.into_iter().map(|(.., found)| found.finding).collect()
}
