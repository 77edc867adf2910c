//! Compares the report with what the program did.

use aimlm::{CallMetrics, Field, Report};

use crate::{Done, Error, data, network, parallel};

/// Every count of the report beside the program's own.
pub(crate) fn check(report: &Report, done: &Done) -> Result<(), Error> {
    if report.engine.overflow_calls > 0 {
        return Err("more series than AIMLM_MAX_SERIES allows: the report can not be checked".into());
    }
    let metrics = &report.metrics;
    let model = metrics.models.get(network::NAME);
    let training = metrics.training.get(network::NAME);
    let inference = metrics.inference.get(network::NAME).map(|model| &model.calls);
    let dataset = metrics.datasets.get(data::NAME);
    let task = metrics.distributed.tasks.get(parallel::TASK);
    let phase = |name| task.and_then(|task| task.phases.get(name));
    let all_reduce = metrics.distributed.communication.get("all_reduce");
    let shuffle = metrics
        .operations
        .get("shuffle")
        .map(|operation| &operation.calls);

    let load = dataset.and_then(|dataset| dataset.load.as_ref());
    let split = dataset.and_then(|dataset| dataset.preprocessing.get("split"));
    let epochs = training.and_then(|training| training.epochs.as_ref());
    let steps = training.and_then(|training| training.steps.as_ref());
    let validation = training.and_then(|training| training.validation.as_ref());
    let saves = model.and_then(|model| model.checkpoint_save.as_ref());
    let weights = training.and_then(|training| training.curves.get("weight_norm"));
    let workers = metrics.distributed.workers.values();

    let mut wrong = Vec::new();
    let mut same = |what: &str, reported: u64, did: usize| {
        if reported != did as u64 {
            wrong.push(format!(
                "{what}: the report has {reported}, the program did {did}"
            ));
        }
    };
    same("data set loads", ended(load), 1);
    same("rows loaded", items(load), done.rows_loaded);
    same("splits", ended(split), 2);
    same("shuffles", ended(shuffle), done.shuffles);
    same("rows shuffled", items(shuffle), done.rows_shuffled);
    same(
        "model initialisations",
        ended(model.and_then(|m| m.initialization.as_ref())),
        1,
    );
    same("epochs", ended(epochs), done.epochs);
    same("rows of epochs", items(epochs), done.rows_trained);
    same("steps", ended(steps), done.steps);
    same("rows of steps", items(steps), done.rows_trained);
    same("validations", ended(validation), done.epochs);
    same("rows validated", items(validation), done.rows_validated);
    same(
        "weight norms",
        weights.map_or(0, |curve| curve.count),
        done.epochs,
    );
    same("checkpoints saved", ended(saves), done.checkpoints);
    same(
        "bytes of checkpoints",
        bytes(saves),
        done.checkpoint_bytes as usize,
    );
    same(
        "checkpoints loaded",
        ended(model.and_then(|m| m.checkpoint_load.as_ref())),
        1,
    );
    same("model loads", ended(model.and_then(|m| m.load.as_ref())), 1);
    same(
        "parallel runs",
        ended(task.and_then(|task| task.calls.as_ref())),
        1,
    );
    same("plans", ended(phase("coordination")), 1);
    same("distributions", ended(phase("distribution")), 1);
    same("parallel rounds", ended(phase("compute")), done.rounds);
    same("aggregations", ended(phase("aggregation")), done.rounds);
    same("all-reduces", ended(all_reduce), done.rounds);
    same("bytes reduced", bytes(all_reduce), done.bytes_reduced);
    same("workers", workers.len() as u64, done.workers);
    same(
        "records of workers",
        workers.map(|w| w.utilization.count).sum(),
        done.rounds * done.workers,
    );
    same("batches answered", ended(inference), done.batches);
    same("rows answered", items(inference), done.rows_answered);
    if wrong.is_empty() {
        return Ok(());
    }
    Err(format!("the report is wrong:\n  {}", wrong.join("\n  ")).into())
}

/// Calls that succeeded, if no call did otherwise.
fn ended(calls: Option<&CallMetrics>) -> u64 {
    calls.map_or(0, |calls| calls.counts.ok)
}

fn items(calls: Option<&CallMetrics>) -> u64 {
    let throughput = calls.and_then(|calls| calls.throughput.as_ref());
    throughput.map_or(0, |throughput| throughput.total)
}

fn bytes(calls: Option<&CallMetrics>) -> u64 {
    let size = calls.and_then(|calls| calls.number(Field::SizeBytes));
    size.map_or(0, |size| size.total as u64)
}
