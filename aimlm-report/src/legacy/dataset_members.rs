use aimlm_snapshot::DatasetMetrics;
use aimlm_vocabulary::{Label, Stage};
use serde_json::{Value, json};

use super::last_load::LastLoad;
use super::member_statistics::{summed, times, transfers};
use super::reported::{Reported, object};

/// As with models, a data set that was only transformed stands beside those that were loaded.
pub(super) fn datasets(source: Reported<'_>) -> Value {
    let of = |loaded| {
        let datasets = source.overview.datasets.values();
        let datasets = datasets.filter(move |dataset| {
            let load = dataset.load.as_ref().map_or(0, |load| load.counts.ok);
            let preprocessing = summed(dataset.preprocessing.values()).count;
            (load > 0) == loaded && load + preprocessing > 0
        });
        object(datasets.map(|dataset| (dataset.dataset_id.clone(), self::dataset(source, dataset))))
    };
    json!({ "datasets": of(true), "not_loaded": of(false) })
}

fn dataset(source: Reported<'_>, dataset: &DatasetMetrics) -> Value {
    let last = LastLoad::new(source, Stage::DatasetLoad, &dataset.dataset_id);
    json!({
        "dataset_id": dataset.dataset_id,
        "format": last.label(Label::Format),
        "size_bytes": last.size(),
        "load_time_stats": times(dataset.load.as_ref(), &["count", "mean", "min", "max", "median"]),
        "preprocessing_time_stats": summed(dataset.preprocessing.values()).object(),
    })
}

pub(super) fn data_loading(source: Reported<'_>) -> Value {
    let kinds = source.overview.data_loading.iter();
    object(kinds.map(|(id, kind)| (id.clone(), transfers(Some(&kind.calls)))))
}
