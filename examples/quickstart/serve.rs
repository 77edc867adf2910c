//! Several clients that use the model at once.

use ndarray::Axis;

use crate::data::Dataset;
use crate::network::Network;
use crate::{Done, Error, in_threads};

const CLIENTS: usize = 4;
const PASSES: usize = 2_000;
const BATCH: usize = 32;

/// Has the rows classified again and again; returns the accuracy.
pub(crate) fn answer(model: &Network, rows: &Dataset, done: &mut Done) -> Result<f64, Error> {
    let mut right = 0;
    for (batches, correct) in in_threads(CLIENTS, |client| ask(model, rows, client))? {
        done.batches += batches;
        right += correct;
    }
    done.rows_answered = PASSES * rows.len();
    Ok(right as f64 / done.rows_answered as f64)
}

/// Has every `CLIENTS`th batch classified: (batches, correct answers).
fn ask(model: &Network, rows: &Dataset, client: usize) -> (usize, usize) {
    let (mut batches, mut correct) = (0, 0);
    for _ in 0..PASSES {
        let pixels = rows.pixels.axis_chunks_iter(Axis(0), BATCH);
        let labels = rows.labels.axis_chunks_iter(Axis(0), BATCH);
        for (pixels, labels) in pixels.zip(labels).skip(client).step_by(CLIENTS) {
            let answers = model.classify(pixels);
            batches += 1;
            correct += answers.iter().zip(labels).filter(|(a, b)| a == b).count();
        }
    }
    (batches, correct)
}
