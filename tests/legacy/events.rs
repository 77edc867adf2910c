//! What can be told to the original, and the same told to aimlm.

use std::thread;
use std::time::Duration;

use aimlm::{Metrics, Outcome};
use proptest::prelude::*;

/// Seconds are kept as whole nanoseconds.
pub(crate) type Nanoseconds = u64;

#[derive(Debug, Clone)]
pub(crate) enum Event {
    Load {
        model: &'static str,
        framework: Option<&'static str>,
        size: Option<u64>,
        failed: bool,
        took: Nanoseconds,
    },
    Initialization {
        model: &'static str,
        took: Nanoseconds,
    },
    Inference {
        model: &'static str,
        batch_size: Option<u64>,
        device: Option<&'static str>,
        failed: bool,
        took: Nanoseconds,
    },
    Epoch {
        model: &'static str,
        epoch: u64,
        num_samples: Option<u64>,
        with_loss: bool,
        failed: bool,
        took: Nanoseconds,
    },
    /// Statistics of an epoch: which of loss, learning rate, norm and accuracy there are.
    Stats {
        model: &'static str,
        epoch: u64,
        which: [bool; 4],
    },
    Step {
        model: &'static str,
        step: u64,
        took: Nanoseconds,
    },
    DatasetLoad {
        dataset: &'static str,
        format: Option<&'static str>,
        size: Option<u64>,
        took: Nanoseconds,
    },
    Preprocessing {
        dataset: &'static str,
        operation: &'static str,
        took: Nanoseconds,
    },
    /// A whole task after its three parts: coordination, distribution, aggregation.
    Task {
        task: &'static str,
        workers: u64,
        parts: [Nanoseconds; 3],
    },
    Communication {
        operation: &'static str,
        took: Nanoseconds,
    },
    Utilization {
        worker: &'static str,
        ratio: f64,
    },
}

/// What a training says of an epoch, the same whoever says it: loss, learning rate, norm, accuracy.
pub(crate) fn statistics(epoch: u64) -> [f64; 4] {
    let epoch = epoch as f64;
    [
        3.0 / (epoch + 1.5),
        0.1 * 0.9_f64.powf(epoch),
        1.0 + epoch.sin(),
        1.0 - 1.0 / (epoch + 2.0),
    ]
}

fn outcome(failed: bool) -> Outcome {
    if failed { Outcome::Error } else { Outcome::Ok }
}

impl Event {
    pub(crate) fn record(&self, metrics: &Metrics) {
        let took = Duration::from_nanos;
        match *self {
            Self::Load {
                model,
                framework,
                size,
                failed,
                took: ns,
            } => {
                let load = metrics
                    .track_model_load(model)
                    .framework(&framework)
                    .size_bytes(size);
                load.record_as(outcome(failed), took(ns));
                // Moments are known to a quarter of a microsecond: the next load ends later than that.
                thread::sleep(took(1000));
            }
            Self::Initialization { model, took: ns } => metrics.record_model_initialization(model, took(ns)),
            Self::Inference {
                model,
                batch_size,
                device,
                failed,
                took: ns,
            } => {
                let call = metrics
                    .track_inference(model)
                    .device(&device)
                    .batch_size(batch_size);
                call.record_as(outcome(failed), took(ns));
            }
            Self::Epoch {
                model,
                epoch,
                num_samples,
                with_loss,
                failed,
                took: ns,
            } => {
                let loss = with_loss.then(|| statistics(epoch)[0]);
                let call = metrics
                    .track_training_epoch(model)
                    .epoch(epoch)
                    .num_samples(num_samples)
                    .loss(loss);
                call.record_as(outcome(failed), took(ns));
            }
            Self::Stats { model, epoch, which } => {
                let numbers = statistics(epoch);
                let number = |at: usize| which[at].then(|| numbers[at]);
                let stats = metrics.record_training_stats(model, epoch);
                let stats = stats
                    .loss(number(0))
                    .learning_rate(number(1))
                    .gradient_norm(number(2));
                stats.metric("val_accuracy", number(3)).record();
            }
            Self::Step {
                model,
                step,
                took: ns,
            } => {
                let call = metrics
                    .track_training_step(model)
                    .step(step)
                    .loss(9.0)
                    .learning_rate(0.5);
                call.gradient_norm(7.0).record(took(ns));
            }
            Self::DatasetLoad {
                dataset,
                format,
                size,
                took: ns,
            } => {
                metrics
                    .track_dataset_load(dataset)
                    .format(&format)
                    .size_bytes(size)
                    .record(took(ns));
                thread::sleep(took(1000));
            }
            Self::Preprocessing {
                dataset,
                operation,
                took: ns,
            } => {
                metrics
                    .track_dataset_preprocessing(dataset)
                    .operation(operation)
                    .record(took(ns));
            }
            Self::Task { task, workers, parts } => {
                for (phase, ns) in ["coordination", "distribution", "aggregation"]
                    .into_iter()
                    .zip(parts)
                {
                    metrics.track_distributed_task(task).phase(phase).record(took(ns));
                }
                let whole = metrics.track_distributed_task(task).num_workers(workers);
                whole.record(took(parts.iter().sum()));
            }
            Self::Communication { operation, took: ns } => metrics.record_communication(operation, took(ns)),
            Self::Utilization { worker, ratio } => metrics.record_worker_utilization(worker, ratio),
        }
    }
}

/// Which durations have the thresholds of some rule among them.
fn nanoseconds() -> impl Strategy<Value = Nanoseconds> {
    prop_oneof![1_000..1_000_000_000_u64, 1_000_000_000..40_000_000_000_u64]
}

pub(crate) fn event() -> impl Strategy<Value = Event> {
    let model = || prop::sample::select(vec!["bert", "resnet", "gpt"]);
    let dataset = || prop::sample::select(vec!["digits", "letters"]);
    let maybe = |names: &[&'static str]| prop::option::of(prop::sample::select(names.to_vec()));
    let size = || prop::option::of(1..1_000_000_000_000_u64);
    let failed = || prop::bool::weighted(0.1);
    prop_oneof![
        3 => (model(), maybe(&["candle", "burn", "tch"]), size(), failed(), nanoseconds()).prop_map(
            |(model, framework, size, failed, took)| Event::Load { model, framework, size, failed, took }),
        1 => (model(), nanoseconds()).prop_map(|(model, took)| Event::Initialization { model, took }),
        4 => (model(), prop::option::of(1..64_u64), maybe(&["cpu", "cuda:0"]), failed(), nanoseconds()).prop_map(
            |(model, batch_size, device, failed, took)| Event::Inference { model, batch_size, device, failed, took }),
        3 => (model(), 0..9_u64, prop::option::of(1..5_000_u64), any::<bool>(), failed(), nanoseconds()).prop_map(
            |(model, epoch, num_samples, with_loss, failed, took)|
                Event::Epoch { model, epoch, num_samples, with_loss, failed, took }),
        3 => (model(), 0..9_u64, any::<[bool; 4]>()).prop_map(
            |(model, epoch, which)| Event::Stats { model, epoch, which }),
        1 => (model(), 0..900_u64, nanoseconds()).prop_map(|(model, step, took)| Event::Step { model, step, took }),
        2 => (dataset(), maybe(&["csv", "parquet"]), size(), nanoseconds()).prop_map(
            |(dataset, format, size, took)| Event::DatasetLoad { dataset, format, size, took }),
        1 => (dataset(), prop::sample::select(vec!["normalise", "shuffle"]), nanoseconds()).prop_map(
            |(dataset, operation, took)| Event::Preprocessing { dataset, operation, took }),
        2 => (prop::sample::select(vec!["ddp", "eval"]), 1..9_u64, [nanoseconds(), nanoseconds(), nanoseconds()])
            .prop_map(|(task, workers, parts)| Event::Task { task, workers, parts }),
        1 => (prop::sample::select(vec!["all_reduce", "broadcast"]), nanoseconds()).prop_map(
            |(operation, took)| Event::Communication { operation, took }),
        1 => (prop::sample::select(vec!["gpu-0", "gpu-1"]), 0.0..=1.0_f64).prop_map(
            |(worker, ratio)| Event::Utilization { worker, ratio }),
    ]
}
