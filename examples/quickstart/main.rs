//! Trains a classifier of handwritten digits, alone and with two workers, saves it, loads it and serves it from four
//! threads.
//!
//! One attribute above each function of interest is all there is to do; `#[aimlm::main]` prints the report when the
//! program ends. With `AIMLM_REPORT=report.json` in the environment, or `.md` or `.txt`, it goes to that file instead.

mod data;

use std::fs;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use aimlm::{
    Metrics, track_checkpoint_save, track_communication, track_distributed_task, track_inference,
    track_model_load, track_training_epoch, track_training_step, track_validation,
};
use data::{PIXELS, Rows, shuffled};
use ndarray::{Array1, Array2, ArrayView2, Axis};

const DIGITS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/digits.csv.gz");
const CLASSES: usize = 10;
const EPOCHS: usize = 20;
const BATCH: usize = 32;
const WORKERS: usize = 2;
const ROUNDS: usize = 20;
const CLIENTS: usize = 4;
const REQUESTS: usize = 500;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

#[aimlm::main]
fn main() -> Result<()> {
    let rows = data::read(Path::new(DIGITS))?;
    let (test, rest) = data::split(&rows, 357);
    let (validation, train) = data::split(&rest, 240);
    println!("{} rows: {} to train", rows.len(), train.len());

    let mut model = Model::zeros();
    for epoch in 1..=EPOCHS {
        let loss = model.train_epoch(&train, epoch);
        let accuracy = model.validate(&validation, epoch);
        println!("epoch {epoch}: loss {loss:.3}, validated {accuracy:.3}");
    }
    train_with_workers(&mut model, &train)?;
    println!("{ROUNDS} rounds with {WORKERS} workers");

    let path = std::env::temp_dir().join(format!("aimlm-quickstart-{}.bin", std::process::id()));
    let bytes = model.save(&path)?;
    let loaded = load(&path);
    fs::remove_file(&path)?;
    println!("{bytes} bytes saved");

    let right = serve(&loaded?, &test);
    println!("{} requests, {right} rows right", CLIENTS * REQUESTS);
    Ok(())
}

/// One layer and a softmax.
struct Model {
    weights: Array2<f32>,
    bias: Array1<f32>,
}

impl Model {
    fn zeros() -> Self {
        Self {
            weights: Array2::zeros((PIXELS, CLASSES)),
            bias: Array1::zeros(CLASSES),
        }
    }

    #[track_training_epoch(model = "digits", epoch = epoch, num_samples = rows.len(), loss = |mean| *mean)]
    fn train_epoch(&mut self, rows: &Rows, epoch: usize) -> f64 {
        let order = shuffled(rows.len(), epoch as u64);
        let losses = order.chunks(BATCH).map(|batch| {
            let rate = 0.5 * 0.95_f32.powi(epoch as i32);
            batch.len() as f64 * self.train_step(&rows.select(batch), rate)
        });
        losses.sum::<f64>() / rows.len() as f64
    }

    #[track_training_step(model = "digits", batch_size = batch.len(), learning_rate = rate, loss = |mean| *mean)]
    fn train_step(&mut self, batch: &Rows, rate: f32) -> f64 {
        let (gradient, loss) = self.gradient(batch);
        self.add(-rate, &gradient);
        loss
    }

    #[track_validation(model = "digits", dataset = "digits", epoch = epoch, num_samples = rows.len(), accuracy = |part| *part)]
    fn validate(&self, rows: &Rows, epoch: usize) -> f64 {
        let answers = most_likely(&self.forward(rows.pixels.view()));
        answers.iter().zip(&rows.labels).filter(|(a, b)| a == b).count() as f64 / rows.len() as f64
    }

    #[track_inference(model = "digits", batch_size = pixels.nrows())]
    fn classify(&self, pixels: ArrayView2<'_, f32>) -> Vec<usize> {
        most_likely(&self.forward(pixels))
    }

    /// The probability of each class.
    fn forward(&self, pixels: ArrayView2<'_, f32>) -> Array2<f32> {
        let mut output = pixels.dot(&self.weights) + &self.bias;
        for mut row in output.rows_mut() {
            let max = row.fold(f32::NEG_INFINITY, |max, &x| max.max(x));
            row.mapv_inplace(|x| (x - max).exp());
            row /= row.sum();
        }
        output
    }

    /// Where the loss grows, and the loss.
    fn gradient(&self, rows: &Rows) -> (Self, f64) {
        let (mut error, mut loss) = (self.forward(rows.pixels.view()), 0.0);
        for (row, &label) in rows.labels.iter().enumerate() {
            loss -= f64::from(error[[row, label]].max(f32::MIN_POSITIVE)).ln();
            error[[row, label]] -= 1.0;
        }
        error /= rows.len() as f32;
        let (weights, bias) = (rows.pixels.t().dot(&error), error.sum_axis(Axis(0)));
        (Self { weights, bias }, loss / rows.len() as f64)
    }

    fn add(&mut self, factor: f32, other: &Self) {
        self.weights.scaled_add(factor, &other.weights);
        self.bias.scaled_add(factor, &other.bias);
    }

    #[track_checkpoint_save(model = "digits", format = "f32", size_bytes = |bytes| *bytes)]
    fn save(&self, path: &Path) -> Result<usize> {
        let numbers = self.weights.iter().chain(&self.bias);
        let bytes: Vec<u8> = numbers.flat_map(|x| x.to_le_bytes()).collect();
        fs::write(path, &bytes)?;
        Ok(bytes.len())
    }
}

#[track_model_load(model = "digits", framework = "ndarray", format = "f32")]
fn load(path: &Path) -> Result<Model> {
    let bytes = fs::read(path)?;
    let (numbers, _) = bytes.as_chunks();
    let numbers: Vec<f32> = numbers.iter().map(|&x| f32::from_le_bytes(x)).collect();
    let (weights, bias) = numbers
        .split_at_checked(PIXELS * CLASSES)
        .ok_or("the file is too short")?;
    Ok(Model {
        weights: Array2::from_shape_vec((PIXELS, CLASSES), weights.to_vec())?,
        bias: bias.to_vec().into(),
    })
}

fn most_likely(output: &Array2<f32>) -> Vec<usize> {
    let best = |row: ndarray::ArrayView1<'_, f32>| (0..CLASSES).max_by(|&a, &b| row[a].total_cmp(&row[b]));
    output.rows().into_iter().filter_map(best).collect()
}

/// Trains with a part of the rows for each worker.
#[track_distributed_task(task = "data-parallel", num_workers = WORKERS)]
fn train_with_workers(model: &mut Model, rows: &Rows) -> Result<()> {
    let own = |worker| Vec::from_iter((worker..rows.len()).step_by(WORKERS));
    let shards = Vec::from_iter((0..WORKERS).map(|worker| rows.select(&own(worker))));
    for _ in 0..ROUNDS {
        let started = Instant::now();
        let (gradients, busy): (Vec<_>, Vec<_>) = compute(model, &shards)?.into_iter().unzip();
        model.add(-0.1, &all_reduce(&gradients));
        // What is no call goes to a method.
        for (worker, busy) in busy.iter().enumerate() {
            let utilization = busy.as_secs_f64() / started.elapsed().as_secs_f64();
            Metrics::global().record_worker_utilization(&format!("worker-{worker}"), utilization);
        }
    }
    Ok(())
}

#[track_distributed_task(task = "data-parallel", phase = "compute")]
fn compute(model: &Model, shards: &[Rows]) -> Result<Vec<(Model, Duration)>> {
    thread::scope(|scope| {
        let work = |shard| {
            let started = Instant::now();
            (model.gradient(shard).0, started.elapsed())
        };
        let threads = Vec::from_iter(shards.iter().map(|shard| scope.spawn(move || work(shard))));
        let joined = threads.into_iter().map(|thread| thread.join());
        joined
            .map(|done| done.map_err(|_| "a worker panicked".into()))
            .collect()
    })
}

/// The mean of the workers' gradients.
#[track_communication(num_workers = gradients.len(), size_bytes = gradients.len() * PIXELS * CLASSES * size_of::<f32>())]
fn all_reduce(gradients: &[Model]) -> Model {
    let mut mean = Model::zeros();
    for gradient in gradients {
        mean.add(1.0 / gradients.len() as f32, gradient);
    }
    mean
}

/// Has rows classified by several clients at once; returns how many answers were right.
fn serve(model: &Model, rows: &Rows) -> usize {
    let ask = |client: usize| -> usize {
        let requests = (0..REQUESTS).map(|request| (client + request) % (rows.len() / BATCH) * BATCH);
        let right = requests.map(|first| {
            let batch = rows.pixels.slice(ndarray::s![first..first + BATCH, ..]);
            let answers = model.classify(batch);
            answers
                .iter()
                .zip(&rows.labels[first..])
                .filter(|(a, b)| a == b)
                .count()
        });
        right.sum()
    };
    thread::scope(|scope| {
        let clients = Vec::from_iter((0..CLIENTS).map(|client| scope.spawn(move || ask(client))));
        clients.into_iter().filter_map(|client| client.join().ok()).sum()
    })
}
