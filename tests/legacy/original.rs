//! The arithmetic of the original over a list of events, written from its description alone.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::events::{Event, Nanoseconds, statistics};
use super::rules;

/// What is computed of some numbers.
pub(crate) fn stats(numbers: &[f64], names: &[&str]) -> Value {
    let mut sorted = numbers.to_vec();
    sorted.sort_by(f64::total_cmp);
    let n = sorted.len();
    // Linear interpolation between the closest ranks.
    let percentile = |p: f64| {
        let index = (n as f64 - 1.0) * p / 100.0;
        let (low, share) = (index as usize, index.fract());
        sorted[low] + share * (sorted[(low + 1).min(n - 1)] - sorted[low])
    };
    let value = |name: &str| match name {
        "count" => n.into(),
        _ if n == 0 => Value::Null,
        "mean" => (numbers.iter().sum::<f64>() / n as f64).into(),
        "total" => numbers.iter().sum::<f64>().into(),
        "min" => sorted[0].into(),
        "max" => sorted[n - 1].into(),
        "median" => percentile(50.0).into(),
        _ => percentile(95.0).into(),
    };
    Value::Object(names.iter().map(|&name| (name.to_owned(), value(name))).collect())
}

fn seconds(ns: Nanoseconds) -> f64 {
    ns as f64 / 1e9
}

pub(crate) fn mean(numbers: &[f64]) -> f64 {
    numbers.iter().sum::<f64>() / numbers.len() as f64
}

#[derive(Default)]
pub(crate) struct Model {
    pub(crate) loads: Vec<f64>,
    initializations: Vec<f64>,
    pub(crate) framework: Option<&'static str>,
    size: Option<u64>,
    pub(crate) latencies: Vec<f64>,
    throughputs: Vec<f64>,
    batch_sizes: Vec<u64>,
    epochs: Vec<f64>,
    pub(crate) epoch_rates: Vec<f64>,
    has_steps: bool,
    /// By epoch: loss, learning rate, norm, accuracy.
    statistics: BTreeMap<u64, [Option<f64>; 4]>,
}

#[derive(Default)]
pub(crate) struct Dataset {
    pub(crate) loads: Vec<f64>,
    pub(crate) preprocessing: Vec<f64>,
    pub(crate) format: Option<&'static str>,
    size: Option<u64>,
}

/// What the class keeps.
#[derive(Default)]
pub(crate) struct Original {
    pub(crate) models: BTreeMap<&'static str, Model>,
    pub(crate) datasets: BTreeMap<&'static str, Dataset>,
    pub(crate) parts: [Vec<f64>; 3],
    communication: Vec<f64>,
    workers: Vec<f64>,
    pub(crate) utilization: BTreeMap<&'static str, Vec<f64>>,
}

impl Original {
    pub(crate) fn of(events: &[Event]) -> Self {
        let mut original = Self::default();
        events.iter().for_each(|event| original.add(event));
        original
    }

    fn add(&mut self, event: &Event) {
        match *event {
            Event::Load { failed: true, .. }
            | Event::Inference { failed: true, .. }
            | Event::Epoch { failed: true, .. } => {}
            Event::Step { model, .. } => self.models.entry(model).or_default().has_steps = true,
            Event::Load {
                model,
                framework,
                size,
                took,
                ..
            } => {
                let model = self.models.entry(model).or_default();
                model.loads.push(seconds(took));
                model.framework = framework.or(model.framework);
                model.size = size.or(model.size);
            }
            Event::Initialization { model, took } => {
                self.models
                    .entry(model)
                    .or_default()
                    .initializations
                    .push(seconds(took));
            }
            Event::Inference {
                model,
                batch_size,
                took,
                ..
            } => {
                let (model, items) = (self.models.entry(model).or_default(), batch_size.unwrap_or(1));
                model.latencies.push(seconds(took));
                model.throughputs.push(items as f64 / seconds(took));
                model.batch_sizes.push(items);
            }
            Event::Epoch {
                model,
                epoch,
                num_samples,
                with_loss,
                took,
                ..
            } => {
                let model = self.models.entry(model).or_default();
                model.epochs.push(seconds(took));
                model
                    .epoch_rates
                    .extend(num_samples.map(|samples| samples as f64 / seconds(took)));
                if with_loss {
                    model.statistics.entry(epoch).or_default()[0] = Some(statistics(epoch)[0]);
                }
            }
            Event::Stats { model, epoch, which } if which.contains(&true) => {
                let model = self.models.entry(model).or_default();
                let kept = model.statistics.entry(epoch).or_default();
                for at in (0..4).filter(|&at| which[at]) {
                    kept[at] = Some(statistics(epoch)[at]);
                }
            }
            Event::Stats { .. } => {}
            Event::DatasetLoad {
                dataset,
                format,
                size,
                took,
            } => {
                let dataset = self.datasets.entry(dataset).or_default();
                dataset.loads.push(seconds(took));
                dataset.format = format.or(dataset.format);
                dataset.size = size.or(dataset.size);
            }
            Event::Preprocessing { dataset, took, .. } => {
                self.datasets
                    .entry(dataset)
                    .or_default()
                    .preprocessing
                    .push(seconds(took));
            }
            Event::Task { workers, parts, .. } => {
                self.workers.push(workers as f64);
                for (kept, took) in self.parts.iter_mut().zip(parts) {
                    kept.push(seconds(took));
                }
            }
            Event::Communication { took, .. } => self.communication.push(seconds(took)),
            Event::Utilization { worker, ratio } => self.utilization.entry(worker).or_default().push(ratio),
        }
    }

    pub(crate) fn report(&self) -> Value {
        json!({
            "models": { "models": self.each_model(|model| !model.loads.is_empty(), load) },
            "inference": { "models": self.each_model(|model| !model.latencies.is_empty(), inference) },
            "training": { "models": self.each_model(Model::is_trained, training) },
            "datasets": { "datasets": self.datasets() },
            "distributed": self.distributed(),
            "analysis": rules::analysis(self),
            "recommendations": rules::recommendations(self),
        })
    }

    fn each_model(&self, has: fn(&Model) -> bool, entry: fn(&str, &Model) -> Value) -> Value {
        let models = self.models.iter().filter(|(_, model)| has(model));
        Value::Object(
            models
                .map(|(&id, model)| (id.to_owned(), entry(id, model)))
                .collect(),
        )
    }

    fn datasets(&self) -> Value {
        let loaded = self
            .datasets
            .iter()
            .filter(|(_, dataset)| !dataset.loads.is_empty());
        let entries = loaded.map(|(&id, dataset)| {
            let entry = json!({
                "dataset_id": id,
                "format": dataset.format.unwrap_or("unknown"),
                "size_bytes": dataset.size,
                "load_time_stats": stats(&dataset.loads, &["count", "mean", "min", "max", "median"]),
                "preprocessing_time_stats": stats(&dataset.preprocessing, &["count", "mean", "total"]),
            });
            (id.to_owned(), entry)
        });
        Value::Object(entries.collect())
    }

    fn distributed(&self) -> Value {
        let utilization = self.utilization.iter();
        let utilization = utilization.map(|(&id, ratios)| (id.to_owned(), mean(ratios).into()));
        json!({
            "coordination_overhead_stats": stats(&self.parts[0], &["count", "mean", "total"]),
            "communication_time_stats": stats(&self.communication, &["count", "mean", "total"]),
            "worker_counts": stats(&self.workers, &["min", "max", "mean"]),
            "average_worker_utilization": Value::Object(utilization.collect()),
            "task_distribution_times": stats(&self.parts[1], &["mean"]),
            "result_aggregation_times": stats(&self.parts[2], &["mean"]),
        })
    }
}

impl Model {
    fn is_trained(&self) -> bool {
        self.has_steps || !self.epochs.is_empty() || !self.statistics.is_empty()
    }
}

fn load(id: &str, model: &Model) -> Value {
    json!({
        "model_id": id,
        "framework": model.framework.unwrap_or("unknown"),
        "size_bytes": model.size,
        "load_time_stats": stats(&model.loads, &["count", "mean", "min", "max", "median"]),
        "initialization_time_stats": stats(&model.initializations, &["count", "mean"]),
    })
}

fn inference(id: &str, model: &Model) -> Value {
    json!({
        "model_id": id,
        "latency_stats": stats(&model.latencies, &["count", "mean", "min", "max", "median", "p95"]),
        "throughput_stats": stats(&model.throughputs, &["count", "mean", "max"]),
        "batch_sizes": model.batch_sizes,
        "raw_latencies": model.latencies,
        "memory_usage": [],
    })
}

fn training(id: &str, model: &Model) -> Value {
    let curve = |at: usize| -> Vec<Option<f64>> { model.statistics.values().map(|row| row[at]).collect() };
    let losses: Vec<f64> = curve(0).into_iter().flatten().collect();
    let rate = (losses.len() > 1).then(|| (losses[0] - losses[losses.len() - 1]) / losses.len() as f64);
    json!({
        "model_id": id,
        "num_epochs": model.epochs.len(),
        "epoch_time_stats": stats(&model.epochs, &["mean", "min", "max"]),
        "samples_per_second_stats": stats(&model.epoch_rates, &["mean", "min", "max"]),
        "loss_progress": {
            "initial": losses.first(),
            "final": losses.last(),
            "convergence_rate": rate,
            "loss_curve": curve(0),
            "accuracy_curve": curve(3),
        },
        "learning_rates": curve(1),
        "gradient_norms": curve(2),
    })
}
