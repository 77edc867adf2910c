use aimlm_diagnosis::{EfficiencyRating, Severity, Thresholds, TrainingEfficiency};
use aimlm_vocabulary::{Label, Stage};
use serde_json::{Value, json};

use super::distributed_members::{coordination, utilization};
use super::last_load::LastLoad;
use super::member_statistics::{rates, summed};
use super::reported::{Reported, object};
use aimlm_format::counted;

/// What the class calls analysis and recommendations.
pub(super) struct Diagnosis<'a> {
    source: Reported<'a>,
    thresholds: &'a Thresholds,
    bottlenecks: Vec<Bottleneck>,
    efficiency: Vec<(String, TrainingEfficiency)>,
}

/// A mean over its threshold: an entry of the analysis and one of the recommendations.
struct Bottleneck {
    entry: Value,
    recommendation: Value,
}

impl<'a> Diagnosis<'a> {
    pub(super) fn new(source: Reported<'a>, thresholds: &'a Thresholds) -> Self {
        let mut diagnosis = Self {
            source,
            thresholds,
            bottlenecks: Vec::new(),
            efficiency: Vec::new(),
        };
        diagnosis.bottlenecks.extend(diagnosis.model_loads());
        diagnosis.bottlenecks.extend(diagnosis.inference());
        diagnosis.bottlenecks.extend(diagnosis.dataset_loads());
        diagnosis.bottlenecks.extend(diagnosis.coordination());
        diagnosis.efficiency = diagnosis.rated_models();
        diagnosis
    }

    pub(super) fn analysis(&self) -> Value {
        let entries: Vec<&Value> = self
            .bottlenecks
            .iter()
            .map(|bottleneck| &bottleneck.entry)
            .collect();
        let efficiency = self
            .efficiency
            .iter()
            .map(|(id, rated)| (id.clone(), json!(rated)));
        json!({
            "performance_bottlenecks": entries,
            "training_efficiency": object(efficiency),
            "data_pipeline_analysis": {
                "loading_times": object(self.dataset_means().map(|(id, mean)| (id.to_owned(), mean.into()))),
                "preprocessing_overhead": self.preprocessing(),
            },
        })
    }

    pub(super) fn recommendations(&self) -> Vec<Value> {
        let mut all: Vec<Value> = self
            .bottlenecks
            .iter()
            .map(|bottleneck| bottleneck.recommendation.clone())
            .collect();
        all.extend(self.slow_training());
        all.extend(self.underused_workers());
        all
    }

    /// Mean load time of each data set, in seconds.
    fn dataset_means(&self) -> impl Iterator<Item = (&'a str, f64)> + use<'a> {
        let datasets = self.source.overview.datasets.iter();
        datasets.filter_map(|(id, dataset)| Some((id.as_str(), dataset.load.as_ref()?.latency.mean_seconds?)))
    }

    fn preprocessing(&self) -> Value {
        let datasets = self.source.overview.datasets.iter();
        object(datasets.filter_map(|(id, dataset)| {
            let mean = summed(dataset.preprocessing.values()).mean()?;
            Some((id.clone(), mean.into()))
        }))
    }

    fn model_loads(&self) -> Vec<Bottleneck> {
        let models = self.source.overview.models.iter();
        let means =
            models.filter_map(|(id, model)| Some((id.as_str(), model.load.as_ref()?.latency.mean_seconds?)));
        let slow = over(means, |id, mean| {
            self.thresholds.severity("model_load_seconds", id, mean)
        });
        slow.map(|(id, mean, severity)| {
            let framework = LastLoad::new(self.source, Stage::ModelLoad, id).label(Label::Framework);
            Bottleneck {
                recommendation: json!({
                    "type": "performance", "target": "model_loading", "model_id": id, "severity": severity,
                    "message": format!("Loading {id} ({framework}) is slow"),
                    "details": format!("It takes {mean:.2} s on average. Keep it in memory, map its file, \
                                        or ship smaller or quantised weights."),
                }),
                entry: json!({
                    "type": "model_loading", "model_id": id, "framework": framework,
                    "avg_load_time": mean, "severity": severity,
                }),
            }
        })
        .collect()
    }

    fn inference(&self) -> Vec<Bottleneck> {
        let models = self.source.overview.inference.iter();
        let means = models.filter_map(|(id, model)| Some((id.as_str(), model.calls.latency.mean_seconds?)));
        let slow = over(means, |id, mean| {
            self.thresholds.severity("inference_latency_seconds", id, mean)
        });
        slow.map(|(id, mean, severity)| Bottleneck {
            recommendation: json!({
                "type": "performance", "target": "inference", "model_id": id, "severity": severity,
                "message": format!("Inference of {id} is slow"),
                "details": format!("It takes {:.2} ms on average. Batch requests, use a smaller model, or a \
                                    faster device.", mean * 1e3),
            }),
            entry: json!({
                "type": "inference_latency", "model_id": id, "avg_latency": mean, "severity": severity,
            }),
        })
        .collect()
    }

    fn dataset_loads(&self) -> Vec<Bottleneck> {
        let slow = over(self.dataset_means(), |id, mean| {
            self.thresholds.severity("dataset_load_seconds", id, mean)
        });
        slow.map(|(id, mean, severity)| {
            let format = LastLoad::new(self.source, Stage::DatasetLoad, id).label(Label::Format);
            Bottleneck {
                recommendation: json!({
                    "type": "performance", "target": "data_pipeline", "dataset_id": id, "severity": severity,
                    "message": format!("Loading the data set {id} ({format}) is slow"),
                    "details": format!("It takes {mean:.2} s on average. Cache it, or convert it to a format \
                                        that loads faster."),
                }),
                entry: json!({
                    "type": "dataset_loading", "dataset_id": id, "format": format,
                    "avg_load_time": mean, "severity": severity,
                }),
            }
        })
        .collect()
    }

    fn coordination(&self) -> Option<Bottleneck> {
        let mean = coordination(self.source).mean()?;
        let severity = self
            .thresholds
            .severity("coordination_overhead_seconds", "", mean)?;
        Some(Bottleneck {
            recommendation: json!({
                "type": "performance", "target": "distributed_training", "severity": severity,
                "message": "Coordination of distributed training is slow",
                "details": format!("It takes {mean:.2} s on average. Send fewer and larger pieces of work."),
            }),
            entry: json!({
                "type": "coordination_overhead", "avg_overhead": mean, "severity": severity,
            }),
        })
    }

    fn rated_models(&self) -> Vec<(String, TrainingEfficiency)> {
        let models = self.source.overview.training.iter();
        models
            .filter_map(|(id, training)| {
                let mean = rates(training.epochs.as_ref())?.mean?;
                Some((id.clone(), TrainingEfficiency::rated(id, mean, self.thresholds)))
            })
            .collect()
    }

    fn slow_training(&self) -> impl Iterator<Item = Value> {
        let low = self
            .efficiency
            .iter()
            .filter(|(_, rated)| rated.efficiency_rating == EfficiencyRating::Low);
        low.map(|(id, rated)| {
            json!({
                "type": "efficiency", "target": "training", "model_id": id, "severity": "medium",
                "message": format!("Training of {id} is slow"),
                "details": format!("It handles {:.2} samples a second on average. Try larger batches, a \
                                    faster data pipeline, or a faster device.", rated.samples_per_second),
            })
        })
    }

    fn underused_workers(&self) -> Option<Value> {
        let bound = self.thresholds.get("worker_utilization")?;
        let workers: Vec<&str> = utilization(self.source)
            .filter(|(_, mean)| *mean < bound)
            .map(|(id, _)| id)
            .collect();
        (!workers.is_empty()).then(|| {
            json!({
                "type": "efficiency", "target": "distributed_training", "severity": "medium",
                "message": "Workers of distributed training are idle",
                "details": format!("{} {} busy for less than {:.0} % of the time. Balance the work, or use \
                                    fewer.", counted(workers.len() as u64, "worker"),
                                   if workers.len() == 1 { "is" } else { "are" }, bound * 100.0),
                "affected_workers": workers,
            })
        })
    }
}

/// Those whose mean is over a threshold, with the mean and its severity.
fn over<'a>(
    means: impl Iterator<Item = (&'a str, f64)>,
    severity: impl Fn(&str, f64) -> Option<Severity>,
) -> impl Iterator<Item = (&'a str, f64, Severity)> {
    means.filter_map(move |(id, mean)| Some((id, mean, severity(id, mean)?)))
}
