//! The JSON that the `AIMLMetrics` class of `ipfs-kit-py` writes.
//!
//! Statistics are over all calls that succeeded, so that they are those of every other report; lists of single calls are
//! of those that the history still has. All times are seconds; a statistic without data is `null`, and so is a number
//! that is not finite. What the class has no place for stands beside its members: see `docs/report-schema.md`.

mod data;
mod diagnosis;
mod distributed;
mod inference;
mod last_load;
mod models;
mod statistics;
mod training;

use aimlm_diagnosis::Thresholds;
use aimlm_snapshot::Overview;
use aimlm_snapshot::Snapshot;
use serde_json::{Map, Value, json};

/// The whole report.
pub(super) fn report(snapshot: &Snapshot, thresholds: &Thresholds) -> Value {
    let overview = snapshot.views(&[95.0]).overview();
    let source = Source {
        snapshot,
        overview: &overview,
    };
    let diagnosis = diagnosis::Diagnosis::new(source, thresholds);
    json!({
        "timestamp": snapshot.taken_at_ns as f64 / 1e9,
        "models": models::models(source),
        "inference": { "models": inference::inference(source) },
        "training": { "models": training::training(source) },
        "datasets": data::datasets(source),
        "distributed": distributed::distributed(source),
        "data_loading": { "data_types": data::data_loading(source) },
        "checkpoints": { "models": models::checkpoints(source) },
        "analysis": diagnosis.analysis(),
        "recommendations": diagnosis.recommendations(),
    })
}

/// What is reported: every statistic from the views, single calls from the snapshot.
#[derive(Clone, Copy)]
struct Source<'a> {
    snapshot: &'a Snapshot,
    overview: &'a Overview,
}

/// An object of these members.
fn object(members: impl IntoIterator<Item = (String, Value)>) -> Value {
    Value::Object(members.into_iter().collect::<Map<_, _>>())
}

#[cfg(test)]
mod tests;
