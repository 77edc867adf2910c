//! The digits: read, split, put in random order.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use aimlm::{track_dataset_load, track_dataset_preprocessing};
use flate2::read::GzDecoder;
use ndarray::{Array2, Axis};

use crate::Result;

pub(crate) const PIXELS: usize = 64;

/// Images of 8 × 8 pixels from 0 to 1, and what they show.
pub(crate) struct Rows {
    pub(crate) pixels: Array2<f32>,
    pub(crate) labels: Vec<usize>,
}

impl Rows {
    pub(crate) fn len(&self) -> usize {
        self.labels.len()
    }

    pub(crate) fn select(&self, rows: &[usize]) -> Self {
        Self {
            pixels: self.pixels.select(Axis(0), rows),
            labels: rows.iter().map(|&row| self.labels[row]).collect(),
        }
    }
}

#[track_dataset_load(dataset = "digits", source = path.file_name(), format = "csv.gz", num_samples = |rows| rows.len())]
pub(crate) fn read(path: &Path) -> Result<Rows> {
    let mut csv = String::new();
    GzDecoder::new(File::open(path)?).read_to_string(&mut csv)?;
    let (mut pixels, mut labels) = (Vec::new(), Vec::new());
    for line in csv.lines() {
        let mut numbers: Vec<u8> = line
            .split(',')
            .map(str::parse)
            .collect::<std::result::Result<_, _>>()?;
        labels.extend(numbers.pop().map(usize::from));
        pixels.extend(numbers.into_iter().map(|pixel| f32::from(pixel) / 16.0));
    }
    let pixels = Array2::from_shape_vec((labels.len(), PIXELS), pixels)?;
    Ok(Rows { pixels, labels })
}

/// So many random rows, and the others.
#[track_dataset_preprocessing(dataset = "digits", operation = "split", num_samples = rows.len())]
pub(crate) fn split(rows: &Rows, first: usize) -> (Rows, Rows) {
    let order = shuffled(rows.len(), 0);
    (rows.select(&order[..first]), rows.select(&order[first..]))
}

pub(crate) fn shuffled(rows: usize, seed: u64) -> Vec<usize> {
    let mut order: Vec<usize> = (0..rows).collect();
    fastrand::Rng::with_seed(seed).shuffle(&mut order);
    order
}
