use aimlm_snapshot::ModelMetrics;
use aimlm_vocabulary::{Label, Stage};
use serde_json::{Value, json};

use super::last_load::LastLoad;
use super::member_statistics::{times, transfers};
use super::reported::{Reported, object};

/// Programs that read `models` draw the load of each: a model without one stands beside, in `not_loaded`.
pub(super) fn models(source: Reported<'_>) -> Value {
    let of = |loaded| {
        let models = source.overview.models.values();
        let models = models.filter(move |model| {
            let load = model.load.as_ref().map_or(0, |load| load.counts.ok);
            let initialization = model.initialization.as_ref().map_or(0, |calls| calls.counts.ok);
            (load > 0) == loaded && load + initialization > 0
        });
        object(models.map(|model| (model.model_id.clone(), self::model(source, model))))
    };
    json!({ "models": of(true), "not_loaded": of(false) })
}

fn model(source: Reported<'_>, model: &ModelMetrics) -> Value {
    let last = LastLoad::new(source, Stage::ModelLoad, &model.model_id);
    json!({
        "model_id": model.model_id,
        "framework": last.label(Label::Framework),
        "format": last.label(Label::Format),
        "size_bytes": last.size(),
        "load_time_stats": times(model.load.as_ref(), &["count", "mean", "min", "max", "median"]),
        "initialization_time_stats": times(model.initialization.as_ref(), &["count", "mean"]),
    })
}

pub(super) fn checkpoints(source: Reported<'_>) -> Value {
    let models = source.overview.models.iter();
    let saved =
        models.filter(|(_, model)| model.checkpoint_save.is_some() || model.checkpoint_load.is_some());
    object(saved.map(|(id, model)| {
        let checkpoints = json!({
            "save": transfers(model.checkpoint_save.as_ref()),
            "load": transfers(model.checkpoint_load.as_ref()),
        });
        (id.clone(), checkpoints)
    }))
}
