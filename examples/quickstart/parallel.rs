//! Training with a shard of the data for each worker.

use std::time::{Duration, Instant};

use aimlm::{Metrics, track_communication, track_distributed_task};

use crate::data::Dataset;
use crate::network::{Gradient, Network};
use crate::{Done, Error, in_threads};

pub(crate) const TASK: &str = "data-parallel";
pub(crate) const WORKERS: usize = 2;
const ROUNDS: usize = 20;
const LEARNING_RATE: f32 = 0.1;

/// What a worker adds to a round.
struct Share {
    gradient: Gradient,
    busy: Duration,
}

#[track_distributed_task(task = TASK, num_workers = WORKERS)]
pub(crate) fn train(network: &mut Network, rows: &Dataset, done: &mut Done) -> Result<(), Error> {
    let shards = distribute(rows, &plan(rows.len()));
    done.workers = shards.len();
    for _ in 0..ROUNDS {
        let started = Instant::now();
        let shares = compute(network, &shards)?;
        aggregate(network, &shares);
        record_utilization(&shares, started.elapsed());
        done.rounds += 1;
        done.bytes_reduced += shares.len() * network.size_bytes();
    }
    Ok(())
}

/// Says which rows go to which worker.
#[track_distributed_task(task = TASK, phase = "coordination")]
fn plan(rows: usize) -> Vec<Vec<usize>> {
    Vec::from_iter((0..WORKERS).map(|worker| Vec::from_iter((worker..rows).step_by(WORKERS))))
}

#[track_distributed_task(task = TASK, phase = "distribution")]
fn distribute(rows: &Dataset, plan: &[Vec<usize>]) -> Vec<Dataset> {
    Vec::from_iter(plan.iter().map(|own| rows.select(own)))
}

#[track_distributed_task(task = TASK, phase = "compute")]
fn compute(network: &Network, shards: &[Dataset]) -> Result<Vec<Share>, Error> {
    in_threads(shards.len(), |worker| {
        let started = Instant::now();
        let (gradient, _) = network.backward(&shards[worker]);
        let busy = started.elapsed();
        Share { gradient, busy }
    })
}

#[track_distributed_task(task = TASK, phase = "aggregation")]
fn aggregate(network: &mut Network, shares: &[Share]) {
    network.add_scaled(-LEARNING_RATE, &all_reduce(shares));
}

/// The mean gradient; it is right because the shards are of equal size.
#[track_communication(num_workers = shares.len(),
                      size_bytes = shares.iter().map(|share| share.gradient.size_bytes()).sum::<usize>())]
fn all_reduce(shares: &[Share]) -> Gradient {
    let mut mean = Network::zeros();
    for share in shares {
        mean.add_scaled(1.0 / shares.len() as f32, &share.gradient);
    }
    mean
}

fn record_utilization(shares: &[Share], round: Duration) {
    let metrics = Metrics::global();
    for (worker, share) in shares.iter().enumerate() {
        let utilization = share.busy.as_secs_f64() / round.as_secs_f64();
        metrics.record_worker_utilization(&format!("worker-{worker}"), utilization);
    }
}
