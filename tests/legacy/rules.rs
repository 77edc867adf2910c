//! The original's rules: what it calls analysis and recommendations.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::original::{Dataset, Original, mean};

/// A mean over its threshold.
struct Bottleneck {
    entry: Value,
    target: &'static str,
}

/// The means of those that have numbers.
fn means<'a, T>(
    of: &'a BTreeMap<&'static str, T>,
    numbers: fn(&T) -> &Vec<f64>,
) -> impl Iterator<Item = (&'static str, &'a T, f64)> {
    let known = of.iter().filter(move |(_, one)| !numbers(one).is_empty());
    known.map(move |(&id, one)| (id, one, mean(numbers(one))))
}

fn grade(mean: f64, medium: f64, high: f64) -> Option<&'static str> {
    (mean > medium).then_some(if mean > high { "high" } else { "medium" })
}

fn bottlenecks(original: &Original) -> Vec<Bottleneck> {
    let mut all = Vec::new();
    for (id, model, mean) in means(&original.models, |model| &model.loads) {
        let framework = model.framework.unwrap_or("unknown");
        all.extend(grade(mean, 5.0, 10.0).map(|severity| Bottleneck {
            target: "model_loading",
            entry: json!({ "type": "model_loading", "model_id": id, "framework": framework,
                "avg_load_time": mean, "severity": severity }),
        }));
    }
    for (id, _, mean) in means(&original.models, |model| &model.latencies) {
        all.extend(grade(mean, 0.1, 0.5).map(|severity| Bottleneck {
            target: "inference",
            entry: json!({ "type": "inference_latency", "model_id": id, "avg_latency": mean,
                "severity": severity }),
        }));
    }
    for (id, dataset, mean) in means(&original.datasets, |dataset| &dataset.loads) {
        let format = dataset.format.unwrap_or("unknown");
        all.extend(grade(mean, 10.0, 30.0).map(|severity| Bottleneck {
            target: "data_pipeline",
            entry: json!({ "type": "dataset_loading", "dataset_id": id, "format": format,
                "avg_load_time": mean, "severity": severity }),
        }));
    }
    let coordination = &original.parts[0];
    let mean = (!coordination.is_empty()).then(|| mean(coordination));
    all.extend(mean.and_then(|mean| {
        let severity = grade(mean, 5.0, 10.0)?;
        Some(Bottleneck {
            target: "distributed_training",
            entry: json!({ "type": "coordination_overhead", "avg_overhead": mean, "severity": severity }),
        })
    }));
    all
}

/// Samples a second of each model, and how that rates.
fn efficiency(original: &Original) -> impl Iterator<Item = (&'static str, f64, &'static str)> {
    means(&original.models, |model| &model.epoch_rates).map(|(id, _, rate)| match rate {
        _ if rate <= 100.0 => (id, rate, "low"),
        _ if rate <= 1000.0 => (id, rate, "medium"),
        _ => (id, rate, "high"),
    })
}

pub(crate) fn analysis(original: &Original) -> Value {
    let bottlenecks: Vec<Value> = bottlenecks(original)
        .into_iter()
        .map(|bottleneck| bottleneck.entry)
        .collect();
    let efficiency: Map<String, Value> = efficiency(original)
        .map(|(id, rate, rating)| {
            (
                id.to_owned(),
                json!({ "samples_per_second": rate, "efficiency_rating": rating }),
            )
        })
        .collect();
    let datasets = |numbers: fn(&Dataset) -> &Vec<f64>| -> Map<String, Value> {
        means(&original.datasets, numbers)
            .map(|(id, _, mean)| (id.to_owned(), mean.into()))
            .collect()
    };
    json!({
        "performance_bottlenecks": bottlenecks,
        "training_efficiency": efficiency,
        "data_pipeline_analysis": {
            "loading_times": datasets(|dataset| &dataset.loads),
            "preprocessing_overhead": datasets(|dataset| &dataset.preprocessing),
        },
    })
}

pub(crate) fn recommendations(original: &Original) -> Vec<Value> {
    let slow = bottlenecks(original)
        .into_iter()
        .map(|Bottleneck { entry, target }| {
            let mut advice =
                json!({ "type": "performance", "target": target, "severity": entry["severity"] });
            for whom in ["model_id", "dataset_id"] {
                if let Some(id) = entry.get(whom) {
                    advice[whom] = id.clone();
                }
            }
            advice
        });
    let inefficient = efficiency(original).filter(|(_, _, rating)| *rating == "low").map(|(id, ..)| {
        json!({ "type": "efficiency", "target": "training", "severity": "medium", "model_id": id })
    });
    let mut all: Vec<Value> = slow.chain(inefficient).collect();
    let idle: Vec<_> = means(&original.utilization, |ratios| ratios)
        .filter(|&(_, _, mean)| mean < 0.5)
        .map(|(id, ..)| id)
        .collect();
    if !idle.is_empty() {
        all.push(
            json!({ "type": "efficiency", "target": "distributed_training", "severity": "medium",
            "affected_workers": idle }),
        );
    }
    all
}
