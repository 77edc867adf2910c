//! The network: made, trained, validated, saved and loaded.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use aimlm::{
    track_checkpoint_load, track_checkpoint_save, track_inference, track_model_initialization,
    track_model_load, track_training_epoch, track_training_step, track_validation,
};
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis};

use crate::data::{self, Dataset, PIXELS, file_size, shuffle};
use crate::{Error, SEED};

pub(crate) const NAME: &str = "digits-mlp";
const MAGIC: &[u8] = b"digits-1";
const HIDDEN: usize = 256;
/// The weights and bias of the hidden layer and of an output of 10 digits.
const SHAPES: [(usize, usize); 4] = [(PIXELS, HIDDEN), (1, HIDDEN), (HIDDEN, 10), (1, 10)];
const BATCH: usize = 32;

/// The parameters, as `SHAPES` lists them.
pub(crate) struct Network([Array2<f32>; 4]);

/// One value for each parameter.
pub(crate) type Gradient = Network;

pub(crate) struct Score {
    pub(crate) loss: f64,
    pub(crate) accuracy: f64,
}

pub(crate) struct Step {
    score: Score,
    gradient_norm: f64,
}

#[derive(Default)]
pub(crate) struct Epoch {
    pub(crate) steps: usize,
    pub(crate) loss: f64,
    pub(crate) accuracy: f64,
}

impl Network {
    pub(crate) fn zeros() -> Self {
        Self(SHAPES.map(Array2::zeros))
    }

    #[track_model_initialization(model = NAME, device = "cpu", framework = "ndarray")]
    pub(crate) fn new(seed: u64) -> Self {
        let mut rng = fastrand::Rng::with_seed(seed);
        let mut network = Self::zeros();
        for weights in network.0.iter_mut().step_by(2) {
            // He initialisation keeps the variance of what passes a ReLU.
            let bound = (6.0 / weights.nrows() as f32).sqrt();
            weights.mapv_inplace(|_| bound * (2.0 * rng.f32() - 1.0));
        }
        network
    }

    #[track_training_epoch(model = NAME, epoch = epoch, num_samples = train.len(),
                           loss = |out| out.loss, accuracy = |out| out.accuracy)]
    pub(crate) fn train_epoch(&mut self, train: &Dataset, epoch: usize, learning_rate: f32) -> Epoch {
        let mut stats = Epoch::default();
        for rows in shuffle(train.len(), SEED + epoch as u64).chunks(BATCH) {
            let step = self.train_step(&train.select(rows), learning_rate);
            let weight = rows.len() as f64 / train.len() as f64;
            stats.loss += weight * step.score.loss;
            stats.accuracy += weight * step.score.accuracy;
            stats.steps += 1;
        }
        stats
    }

    #[track_training_step(model = NAME, batch_size = batch.len(), learning_rate = learning_rate,
                          loss = |out| out.score.loss, gradient_norm = |out| out.gradient_norm)]
    fn train_step(&mut self, batch: &Dataset, learning_rate: f32) -> Step {
        let (gradient, score) = self.backward(batch);
        self.add_scaled(-learning_rate, &gradient);
        Step {
            score,
            gradient_norm: gradient.norm(),
        }
    }

    #[track_validation(model = NAME, dataset = data::NAME, epoch = epoch, num_samples = rows.len(),
                       loss = |out| out.loss, accuracy = |out| out.accuracy)]
    pub(crate) fn validate(&self, rows: &Dataset, epoch: usize) -> Score {
        let (_, output) = self.forward(rows.pixels.view());
        score(&output, &rows.labels)
    }

    #[track_inference(model = NAME, device = "cpu", batch_size = batch.nrows(), track_memory)]
    pub(crate) fn classify(&self, batch: ArrayView2<'_, f32>) -> Vec<u8> {
        let (_, output) = self.forward(batch);
        output.rows().into_iter().map(most_likely).collect()
    }

    /// The hidden layer, after ReLU, and the probability of each class.
    fn forward(&self, pixels: ArrayView2<'_, f32>) -> (Array2<f32>, Array2<f32>) {
        let [weights1, bias1, weights2, bias2] = &self.0;
        let hidden = (pixels.dot(weights1) + bias1).mapv_into(|x| x.max(0.0));
        let mut output = hidden.dot(weights2) + bias2;
        for mut row in output.rows_mut() {
            let max = row.fold(f32::NEG_INFINITY, |max, &x| max.max(x));
            row.mapv_inplace(|x| (x - max).exp());
            row /= row.sum();
        }
        (hidden, output)
    }

    pub(crate) fn backward(&self, batch: &Dataset) -> (Gradient, Score) {
        let (hidden, mut output) = self.forward(batch.pixels.view());
        let score = score(&output, &batch.labels);
        for (mut row, &label) in output.rows_mut().into_iter().zip(&batch.labels) {
            row[usize::from(label)] -= 1.0;
        }
        let error2 = output / batch.len() as f32;
        let error1 = error2.dot(&self.0[2].t()) * hidden.mapv(|x| f32::from(x > 0.0));
        let sum = |error: &Array2<f32>| error.sum_axis(Axis(0)).insert_axis(Axis(0));
        let (bias1, bias2) = (sum(&error1), sum(&error2));
        let weights1 = batch.pixels.t().dot(&error1);
        let weights2 = hidden.t().dot(&error2);
        (Self([weights1, bias1, weights2, bias2]), score)
    }

    pub(crate) fn norm(&self) -> f64 {
        f64::from(self.0.iter().flatten().map(|x| x * x).sum::<f32>().sqrt())
    }

    pub(crate) fn add_scaled(&mut self, factor: f32, other: &Self) {
        for (own, other) in self.0.iter_mut().zip(&other.0) {
            own.scaled_add(factor, other);
        }
    }

    pub(crate) fn size_bytes(&self) -> usize {
        self.0.iter().flatten().count() * size_of::<f32>()
    }
}

fn score(output: &Array2<f32>, labels: &Array1<u8>) -> Score {
    let (mut loss, mut correct) = (0.0, 0);
    for (row, &label) in output.rows().into_iter().zip(labels) {
        // A probability may round to zero, whose logarithm is infinite.
        loss -= f64::from(row[usize::from(label)].max(f32::MIN_POSITIVE)).ln();
        correct += usize::from(most_likely(row) == label);
    }
    let rows = labels.len() as f64;
    Score {
        loss: loss / rows,
        accuracy: correct as f64 / rows,
    }
}

fn most_likely(output: ArrayView1<'_, f32>) -> u8 {
    let best = (0..output.len()).max_by(|&a, &b| output[a].total_cmp(&output[b]));
    best.unwrap_or_default() as u8
}

/// Writes the magic, the parameters and a checksum; returns the bytes written.
#[track_checkpoint_save(model = NAME, epoch = epoch, size_bytes = |bytes| *bytes)]
pub(crate) fn save_checkpoint(network: &Network, path: &Path, epoch: usize) -> Result<u64, Error> {
    let mut bytes = MAGIC.to_vec();
    bytes.extend(network.0.iter().flatten().flat_map(|x| x.to_le_bytes()));
    bytes.extend(crc32fast::hash(&bytes).to_le_bytes());

    // A rename is atomic: a crash leaves no half checkpoint at `path`.
    let partial = path.with_extension("partial");
    let mut file = File::create(&partial).map_err(|error| format!("{}: {error}", partial.display()))?;
    file.write_all(&bytes)?;
    file.sync_all()?;
    fs::rename(&partial, path)?;
    Ok(bytes.len() as u64)
}

/// Loads the network to train it further.
#[track_checkpoint_load(model = NAME, size_bytes = file_size(path))]
pub(crate) fn load_checkpoint(path: &Path) -> Result<Network, Error> {
    read(path)
}

/// Loads the network to serve it.
#[track_model_load(model = NAME, source = path.file_name(), framework = "ndarray", size_bytes = file_size(path))]
pub(crate) fn load_model(path: &Path) -> Result<Network, Error> {
    read(path)
}

fn read(path: &Path) -> Result<Network, Error> {
    let bytes = fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    decode(&bytes).ok_or_else(|| format!("{} is damaged", path.display()).into())
}

fn decode(bytes: &[u8]) -> Option<Network> {
    let (content, checksum) = bytes.split_last_chunk()?;
    let (values, rest) = content.strip_prefix(MAGIC)?.as_chunks();
    let mut network = Network::zeros();
    let complete = rest.is_empty() && values.len() == network.0.iter().flatten().count();
    if !complete || crc32fast::hash(content) != u32::from_le_bytes(*checksum) {
        return None;
    }
    for (parameter, &value) in network.0.iter_mut().flatten().zip(values) {
        *parameter = f32::from_le_bytes(value);
    }
    Some(network)
}
