use serde::{Deserialize, Serialize};

use super::nan_as_null;

/// Resident memory of the whole process, sampled by the collector on its own thread while calls of the series were in
/// flight, and once after calls too short to be met. It includes what every other thread holds: a sample, not the cost of
/// a call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MemorySnapshot {
    /// How many samples there were.
    pub samples: u64,
    /// Smallest sample, in bytes.
    pub min_bytes: u64,
    /// Mean of the samples, in bytes.
    #[serde(with = "nan_as_null")]
    pub mean_bytes: f64,
    /// Largest sample, in bytes.
    pub max_bytes: u64,
    /// Last sample, in bytes.
    pub last_bytes: u64,
    /// The last samples, oldest first, in bytes; at most `history_size`.
    pub recent_bytes: Vec<u64>,
    /// When each of these was taken, in seconds since the Unix epoch: series that ran at the same time have samples in
    /// common, which count once where they are merged.
    #[serde(default)]
    pub recent_at: Vec<f64>,
    /// Samples that followed another closely, so that there is a change between the two.
    #[serde(default)]
    pub changes: u64,
    /// By how much the resident memory of the process grew in all of these, in bytes: while calls of the series ran, not
    /// by them alone. That of series side by side is in each of them.
    #[serde(default)]
    pub change_bytes: i64,
}

impl MemorySnapshot {
    fn recent(&self) -> impl Iterator<Item = (f64, u64)> {
        let times = self.recent_at.iter().copied().chain(std::iter::repeat(f64::NAN));
        times.zip(self.recent_bytes.iter().copied())
    }

    pub(super) fn merge(&mut self, other: &Self) {
        let mut all: Vec<(f64, u64)> = self.recent().chain(other.recent()).collect();
        // Of samples without a time, which older files have, each is one.
        all.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut twice = Vec::new();
        all.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            if same {
                twice.push(next.1);
            }
            same
        });
        // In floating point, for the sum may be more than an integer holds; of no samples there is no mean.
        let sum = |memory: &Self| memory.mean_bytes * memory.samples as f64;
        let counted_twice: f64 = twice.iter().map(|&bytes| bytes as f64).sum();
        let total = sum(self) + sum(other) - counted_twice;
        let samples = self.samples as f64 + other.samples as f64 - twice.len() as f64;
        self.mean_bytes = total / samples.max(1.0);
        self.samples = self
            .samples
            .saturating_add(other.samples)
            .saturating_sub(twice.len() as u64);
        self.min_bytes = self.min_bytes.min(other.min_bytes);
        self.max_bytes = self.max_bytes.max(other.max_bytes);
        self.last_bytes = all.last().map_or(other.last_bytes, |&(_, bytes)| bytes);
        self.changes = self.changes.saturating_add(other.changes);
        self.change_bytes = self.change_bytes.saturating_add(other.change_bytes);
        (self.recent_at, self.recent_bytes) = all.into_iter().unzip();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(samples: &[(f64, u64)]) -> MemorySnapshot {
        let bytes = || samples.iter().map(|&(_, bytes)| bytes);
        MemorySnapshot {
            samples: samples.len() as u64,
            min_bytes: bytes().min().unwrap(),
            mean_bytes: bytes().sum::<u64>() as f64 / samples.len() as f64,
            max_bytes: bytes().max().unwrap(),
            last_bytes: bytes().next_back().unwrap(),
            recent_bytes: bytes().collect(),
            recent_at: samples.iter().map(|&(at, _)| at).collect(),
            changes: 0,
            change_bytes: 0,
        }
    }

    #[test]
    fn a_sample_of_two_label_sets_counts_once() {
        let mut ours = samples(&[(1.0, 100), (2.0, 300), (4.0, 50)]);
        ours.merge(&samples(&[(2.0, 300), (3.0, 200)]));
        assert_eq!(ours, samples(&[(1.0, 100), (2.0, 300), (3.0, 200), (4.0, 50)]));
    }
}
