use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::distributed::{mean_coordination, utilization};
use super::models::label;
use super::statistics::{calls, rates, seconds};
use crate::analysis::{EfficiencyRating, TrainingEfficiency, rated};
use crate::config::{Severities, Thresholds};
use crate::event::{Field, Label, Stage};
use crate::snapshot::Snapshot;

/// What the class calls analysis and recommendations.
pub(super) struct Diagnosis<'a> {
    snapshot: &'a Snapshot,
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
    pub(super) fn new(snapshot: &'a Snapshot, thresholds: &'a Thresholds) -> Self {
        let mut diagnosis = Self {
            snapshot,
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
            "training_efficiency": Value::Object(efficiency.collect::<Map<_, _>>()),
            "data_pipeline_analysis": {
                "loading_times": self.means(Stage::DatasetLoad),
                "preprocessing_overhead": self.means(Stage::DatasetPreprocessing),
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

    fn subjects(&self, stage: Stage) -> BTreeSet<&'a str> {
        self.snapshot
            .stage(stage)
            .map(|series| series.subject.as_str())
            .collect()
    }

    fn mean(&self, stage: Stage, subject: &str) -> Option<f64> {
        seconds(&calls(self.snapshot, stage, subject)).mean()
    }

    fn means(&self, stage: Stage) -> Value {
        let means = self.subjects(stage).into_iter();
        let means = means.filter_map(|id| Some((id.to_owned(), self.mean(stage, id)?.into())));
        Value::Object(means.collect::<Map<_, _>>())
    }

    /// Subjects whose mean is over a threshold, with the mean and its severity.
    fn slow(&self, stage: Stage, bounds: Severities) -> impl Iterator<Item = (&'a str, f64, &'static str)> {
        self.subjects(stage).into_iter().filter_map(move |id| {
            let mean = self.mean(stage, id)?;
            Some((id, mean, severity(mean, bounds)?))
        })
    }

    fn model_loads(&self) -> Vec<Bottleneck> {
        let slow = self.slow(Stage::ModelLoad, self.thresholds.model_load_seconds);
        slow.map(|(id, mean, severity)| {
            let framework = label(self.snapshot, Stage::ModelLoad, id, Label::Framework);
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
        let slow = self.slow(Stage::Inference, self.thresholds.inference_latency_seconds);
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
        let slow = self.slow(Stage::DatasetLoad, self.thresholds.dataset_load_seconds);
        slow.map(|(id, mean, severity)| {
            let format = label(self.snapshot, Stage::DatasetLoad, id, Label::Format);
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
        let mean = mean_coordination(self.snapshot)?;
        let severity = severity(mean, self.thresholds.coordination_overhead_seconds)?;
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
        let models = self.subjects(Stage::TrainingEpoch).into_iter();
        models
            .filter_map(|id| {
                let epochs = calls(self.snapshot, Stage::TrainingEpoch, id);
                let mean = rates(&epochs, Field::NumSamples).mean()?;
                Some((id.to_owned(), rated(id, mean, self.thresholds)))
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
        let bound = self.thresholds.worker_utilization;
        let workers: Vec<String> = utilization(self.snapshot)
            .into_iter()
            .filter(|(_, mean)| *mean < bound)
            .map(|(id, _)| id)
            .collect();
        (!workers.is_empty()).then(|| {
            json!({
                "type": "efficiency", "target": "distributed_training", "severity": "medium",
                "message": "Workers of distributed training are idle",
                "details": format!("{} are busy for less than {:.0} % of the time. Balance their work, or use \
                                    fewer.", workers.len(), bound * 100.0),
                "affected_workers": workers,
            })
        })
    }
}

fn severity(mean: f64, bounds: Severities) -> Option<&'static str> {
    if mean > bounds.high {
        Some("high")
    } else {
        (mean > bounds.medium).then_some("medium")
    }
}
