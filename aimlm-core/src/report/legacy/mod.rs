//! The JSON that the `AIMLMetrics` class of `ipfs-kit-py` writes.
//!
//! Statistics are over the successful calls of the raw history, as the class keeps nothing else. All times
//! are seconds; a statistic without data is `null`.

mod diagnosis;
mod distributed;
mod models;
mod statistics;

use serde_json::{Value, json};

use crate::config::Thresholds;
use crate::snapshot::Snapshot;

/// The whole report.
pub(super) fn report(snapshot: &Snapshot, thresholds: &Thresholds) -> Value {
    let diagnosis = diagnosis::Diagnosis::new(snapshot, thresholds);
    json!({
        "timestamp": snapshot.taken_at,
        "models": { "models": models::models(snapshot) },
        "inference": { "models": models::inference(snapshot) },
        "training": { "models": models::training(snapshot) },
        "datasets": { "datasets": models::datasets(snapshot) },
        "distributed": distributed::distributed(snapshot),
        "analysis": diagnosis.analysis(),
        "recommendations": diagnosis.recommendations(),
    })
}

#[cfg(test)]
mod tests;
