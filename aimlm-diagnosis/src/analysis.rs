use aimlm_snapshot::{EngineSnapshot, Overview, Snapshot};

use crate::case::Case;
use crate::finding_order::in_order;
use crate::rules::RULES;
use crate::{Finding, Thresholds};

/// Every finding about a snapshot, the most severe first, and of equal ones that which weighs the most: by the calls that
/// failed, or the time in those that are slow.
///
/// ```
/// # fn show(snapshot: &aimlm::Snapshot) {
/// for finding in aimlm::analyze(snapshot, &aimlm::Thresholds::default()) {
///     println!("{}: {} {}", finding.severity, finding.message, finding.action);
/// }
/// # }
/// ```
#[must_use]
pub fn analyze(snapshot: &Snapshot, thresholds: &Thresholds) -> Vec<Finding> {
    analyze_views(&snapshot.views(&[]).overview(), &snapshot.engine, thresholds)
}

/// Every finding about views that exist already; see [`analyze`].
#[must_use]
pub fn analyze_views(overview: &Overview, engine: &EngineSnapshot, thresholds: &Thresholds) -> Vec<Finding> {
    let case = Case {
        overview,
        engine,
        thresholds,
    };
    let found = RULES.iter().enumerate().flat_map(|(place, &rule)| {
        let found = (rule.check)(&case).into_iter();
        found.map(move |found| (place, rule, found))
    });
    in_order(found.collect())
}
