//! The digits: loaded, scaled, split.

use std::fs;
use std::io::Read;
use std::path::Path;

use aimlm::{track_dataset_load, track_dataset_preprocessing, track_operation};
use flate2::read::GzDecoder;
use ndarray::{Array1, Array2, Axis};

use crate::{Error, SEED};

pub(crate) const NAME: &str = "uci-digits";
pub(crate) const PIXELS: usize = 64;
const CRC32: u32 = 0xc1ae_8ff8;

pub(crate) struct Dataset {
    pub(crate) pixels: Array2<f32>,
    pub(crate) labels: Array1<u8>,
}

impl Dataset {
    pub(crate) fn len(&self) -> usize {
        self.labels.len()
    }

    pub(crate) fn select(&self, rows: &[usize]) -> Self {
        let pixels = self.pixels.select(Axis(0), rows);
        let labels = self.labels.select(Axis(0), rows);
        Self { pixels, labels }
    }
}

/// Bytes in a file, if it is there: a number that is `None` is not recorded.
pub(crate) fn file_size(path: &Path) -> Option<u64> {
    fs::metadata(path).ok().map(|file| file.len())
}

#[track_dataset_load(dataset = NAME, source = path.file_name(), format = "csv.gz",
                     size_bytes = file_size(path), num_samples = |digits| digits.len())]
pub(crate) fn load(path: &Path) -> Result<Dataset, Error> {
    let packed = fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    if crc32fast::hash(&packed) != CRC32 {
        return Err(format!("{} is damaged: its checksum is wrong", path.display()).into());
    }
    let mut csv = String::new();
    GzDecoder::new(packed.as_slice()).read_to_string(&mut csv)?;

    let (mut pixels, mut labels) = (Vec::new(), Vec::new());
    for line in csv.lines() {
        let mut fields: Vec<u8> = line.split(',').map(str::parse).collect::<Result<_, _>>()?;
        labels.extend(fields.pop());
        pixels.extend(fields.into_iter().map(f32::from));
    }
    Ok(Dataset {
        pixels: Array2::from_shape_vec((labels.len(), PIXELS), pixels)?,
        labels: labels.into(),
    })
}

/// Scales the pixels from 0..=16 to 0..=1.
#[track_dataset_preprocessing(dataset = NAME, operation = "normalize", num_samples = digits.len())]
pub(crate) fn normalize(digits: &mut Dataset) {
    digits.pixels /= 16.0;
}

/// So many random rows, and the others.
#[track_dataset_preprocessing(dataset = NAME, operation = "split", num_samples = digits.len())]
pub(crate) fn split(digits: &Dataset, rows: usize) -> (Dataset, Dataset) {
    let order = shuffle(digits.len(), SEED);
    let (first, second) = order.split_at(rows);
    (digits.select(first), digits.select(second))
}

#[track_operation(items = rows)]
pub(crate) fn shuffle(rows: usize, seed: u64) -> Vec<usize> {
    let mut order: Vec<usize> = (0..rows).collect();
    fastrand::Rng::with_seed(seed).shuffle(&mut order);
    order
}
