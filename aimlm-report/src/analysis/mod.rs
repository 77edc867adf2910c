//! Diagnosis: pure rules over what was recorded. Healthy data gives no finding.

mod coordination;
mod efficiency;
mod epochs;
mod failures;
mod finding;
mod health;
mod inference;
mod order;
mod slow;
mod workers;

use aimlm_config::Thresholds;
use aimlm_snapshot::Overview;
use aimlm_snapshot::{EngineSnapshot, Snapshot};
pub(crate) use efficiency::rated;
pub use efficiency::{EfficiencyRating, TrainingEfficiency, training_efficiency};
pub use finding::{Evidence, Finding, FindingKind, Severity, Target};

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
    findings(&snapshot.views(&[]).overview(), &snapshot.engine, thresholds)
}

/// Every finding about views that exist already.
pub(crate) fn findings(
    overview: &Overview,
    engine: &EngineSnapshot,
    thresholds: &Thresholds,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(slow::slow_stages(overview, thresholds));
    findings.extend(inference::slow_inference(overview, thresholds));
    findings.extend(coordination::coordination_overhead(overview, thresholds));
    findings.extend(efficiency::slow_training(overview, thresholds));
    findings.extend(epochs::slow_epochs(overview, thresholds));
    findings.extend(epochs::long_validation(overview, thresholds));
    findings.extend(workers::underused_workers(overview, thresholds));
    findings.extend(health::numbers_not_finite(overview));
    findings.extend(failures::panics(overview));
    findings.extend(failures::errors(overview));
    findings.extend(health::configuration(engine));
    findings.extend(health::series_limit(engine));
    findings.extend(health::names_limit(engine));
    findings.extend(health::no_collector(engine));
    findings.extend(health::internal_faults(engine));
    order::sort(&mut findings, overview);
    findings
}

#[cfg(test)]
mod tests;
