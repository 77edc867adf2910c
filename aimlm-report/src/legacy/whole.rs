use aimlm_diagnosis::Thresholds;
use aimlm_snapshot::Snapshot;
use serde_json::{Value, json};

use super::recommendations::Diagnosis;
use super::reported::Reported;
use super::{dataset_members, distributed_members, inference_members, model_members, training_members};

/// The whole report.
pub(crate) fn report(snapshot: &Snapshot, thresholds: &Thresholds) -> Value {
    let overview = snapshot.views(&[95.0]).overview();
    let source = Reported {
        snapshot,
        overview: &overview,
    };
    let diagnosis = Diagnosis::new(source, thresholds);
    json!({
        "timestamp": snapshot.taken_at_ns as f64 / 1e9,
        "models": model_members::models(source),
        "inference": { "models": inference_members::inference(source) },
        "training": { "models": training_members::training(source) },
        "datasets": dataset_members::datasets(source),
        "distributed": distributed_members::distributed(source),
        "data_loading": { "data_types": dataset_members::data_loading(source) },
        "checkpoints": { "models": model_members::checkpoints(source) },
        "analysis": diagnosis.analysis(),
        "recommendations": diagnosis.recommendations(),
    })
}
