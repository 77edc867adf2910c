use serde::{Deserialize, Serialize};

use super::nan_as_null;

/// Resident memory of the whole process, sampled by the collector on its own thread while calls of the series were in
/// flight, and once after calls too short to be met. It includes what every other thread holds: a sample, not the cost of
/// a call.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
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
    /// The last samples, oldest first, in bytes; at most `history_size`, where more were merged as many or 1,000.
    pub recent_bytes: Vec<u64>,
    /// When each of these was taken, in nanoseconds since the Unix epoch: series that ran at the same time have samples in
    /// common, which count once where they are merged.
    pub recent_at_ns: Vec<i64>,
    /// By how much each of these is more than the process had at the sample before, in bytes; none where that was long
    /// before.
    pub recent_changes: Vec<Option<i64>>,
    /// Samples that followed another closely, so that there is a change between the two.
    pub changes: u64,
    /// By how much the resident memory of the process grew in all of these, in bytes: while calls of the series ran, not
    /// by them alone. What grew while two series ran is in each of them, and where they are merged, once.
    pub change_bytes: i64,
}

/// Samples that merged snapshots keep, unless one of them brings more: as many as a process does that is not told another
/// `history_size`.
const KEPT: usize = 1000;

/// One of the last samples.
#[derive(Clone, Copy)]
struct Sample {
    /// None of files that do not say it.
    at_ns: Option<i64>,
    bytes: u64,
    change: Option<i64>,
}

impl Sample {
    /// Whether both are one sample of one process. Of samples without a time, which older files have, each is one.
    fn is(&self, other: &Self) -> bool {
        self.at_ns.is_some() && self.at_ns == other.at_ns && self.bytes == other.bytes
    }
}

/// What there is of samples of which it is no longer known when they were taken.
#[derive(Clone, Copy)]
struct Older {
    samples: u64,
    /// In floating point, for it may be more than an integer holds.
    sum: f64,
    changes: u64,
    change_bytes: i64,
}

impl Older {
    fn and(self, other: Self) -> Self {
        Self {
            samples: self.samples.saturating_add(other.samples),
            sum: self.sum + other.sum,
            changes: self.changes.saturating_add(other.changes),
            change_bytes: self.change_bytes.saturating_add(other.change_bytes),
        }
    }

    /// That of which there is more.
    fn or(self, other: Self) -> Self {
        let samples = if self.samples < other.samples { other } else { self };
        let changes = if self.changes < other.changes { other } else { self };
        Self {
            samples: samples.samples,
            sum: samples.sum,
            changes: changes.changes,
            change_bytes: changes.change_bytes,
        }
    }
}

fn changes_of(samples: &[Sample]) -> (u64, i64) {
    let changes = samples.iter().filter_map(|sample| sample.change);
    changes.fold((0, 0), |(n, bytes), change| (n + 1, bytes.saturating_add(change)))
}

fn sum_of(samples: &[Sample]) -> f64 {
    samples.iter().map(|sample| sample.bytes as f64).sum()
}

impl MemorySnapshot {
    fn recent(&self) -> Vec<Sample> {
        let times = self
            .recent_at_ns
            .iter()
            .copied()
            .map(Some)
            .chain(std::iter::repeat(None));
        let changes = self.recent_changes.iter().copied().chain(std::iter::repeat(None));
        let samples = self.recent_bytes.iter().zip(times).zip(changes);
        samples
            .map(|((&bytes, at_ns), change)| Sample { at_ns, bytes, change })
            .collect()
    }

    fn older(&self, recent: &[Sample]) -> Older {
        let samples = self.samples.saturating_sub(recent.len() as u64);
        let (changes, change_bytes) = changes_of(recent);
        Older {
            samples,
            sum: if samples == 0 {
                0.0
            } else {
                self.mean_bytes * self.samples as f64 - sum_of(recent)
            },
            changes: self.changes.saturating_sub(changes),
            change_bytes: self.change_bytes.saturating_sub(change_bytes),
        }
    }

    /// Without the single samples.
    pub(crate) fn keep_counters(&mut self) {
        self.recent_bytes = Vec::new();
        self.recent_at_ns = Vec::new();
        self.recent_changes = Vec::new();
    }

    /// Series that ran at once in one process have samples in common, each of which counts once. Of those that are no
    /// longer there one by one it can not be told which these are: where the others have some in common they are those of
    /// the one that has more of them, otherwise all.
    pub(crate) fn merge(&mut self, other: &Self) {
        let (ours, theirs) = (self.recent(), other.recent());
        let older = (self.older(&ours), other.older(&theirs));
        let kept = KEPT.max(ours.len()).max(theirs.len());
        let mut all = [ours, theirs].concat();
        let before = all.len();
        // Those without a time behind the others, whose times stand beside them in a list of its own.
        all.sort_by_key(|sample| (sample.at_ns.is_none(), sample.at_ns, sample.bytes));
        all.dedup_by(|next, kept| {
            let same = next.is(kept);
            if same {
                kept.change = kept.change.or(next.change);
            }
            same
        });
        let older = if all.len() < before {
            older.0.or(older.1)
        } else {
            older.0.and(older.1)
        };
        self.samples = older.samples.saturating_add(all.len() as u64);
        self.mean_bytes = (older.sum + sum_of(&all)) / (self.samples as f64).max(1.0);
        self.min_bytes = self.min_bytes.min(other.min_bytes);
        self.max_bytes = self.max_bytes.max(other.max_bytes);
        self.last_bytes = all.last().map_or(other.last_bytes, |last| last.bytes);
        let (changes, change_bytes) = changes_of(&all);
        self.changes = older.changes.saturating_add(changes);
        self.change_bytes = older.change_bytes.saturating_add(change_bytes);
        all.drain(..all.len().saturating_sub(kept));
        self.recent_bytes = all.iter().map(|sample| sample.bytes).collect();
        self.recent_at_ns = all.iter().filter_map(|sample| sample.at_ns).collect();
        self.recent_changes = all.iter().map(|sample| sample.change).collect();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// So many bytes at so many nanoseconds, each with a change from the one before.
    fn samples(samples: &[(i64, u64)]) -> MemorySnapshot {
        let bytes = || samples.iter().map(|&(_, bytes)| bytes);
        let changes = samples
            .windows(2)
            .map(|pair| Some(pair[1].1 as i64 - pair[0].1 as i64));
        MemorySnapshot {
            samples: samples.len() as u64,
            min_bytes: bytes().min().unwrap(),
            mean_bytes: bytes().sum::<u64>() as f64 / samples.len() as f64,
            max_bytes: bytes().max().unwrap(),
            last_bytes: bytes().next_back().unwrap(),
            recent_bytes: bytes().collect(),
            recent_at_ns: samples.iter().map(|&(at, _)| at).collect(),
            recent_changes: std::iter::once(None).chain(changes).collect(),
            changes: samples.len() as u64 - 1,
            change_bytes: bytes().next_back().unwrap() as i64 - bytes().next().unwrap() as i64,
        }
    }

    fn forgotten(mut samples: MemorySnapshot, kept: usize) -> MemorySnapshot {
        let from = samples.recent_bytes.len() - kept;
        samples.recent_bytes.drain(..from);
        samples.recent_at_ns.drain(..from);
        samples.recent_changes.drain(..from);
        samples
    }

    fn ramp(seconds: std::ops::Range<u32>) -> Vec<(i64, u64)> {
        seconds
            .map(|at| (i64::from(at), 1000 + u64::from(at) * 10))
            .collect()
    }

    /// The change into a sample that both have is one.
    #[test]
    fn a_sample_of_two_label_sets_counts_once() {
        let whole = [(1, 100), (2, 300), (3, 200), (4, 50)];
        let mut ours = samples(&whole);
        let mut theirs = samples(&whole[1..3]);
        ours.merge(&theirs);
        assert_eq!(ours, samples(&whole));
        theirs.merge(&samples(&whole));
        assert_eq!(theirs, samples(&whole));
    }

    /// Of two processes, or two windows, no sample is the same, and all add up.
    #[test]
    fn what_has_nothing_in_common_adds_up() {
        let mut ours = samples(&[(1, 100), (2, 300)]);
        ours.merge(&samples(&[(2, 70), (3, 50)]));
        assert_eq!((ours.samples, ours.changes, ours.change_bytes), (4, 2, 180));
        assert_eq!(ours.mean_bytes, 130.0);
    }

    #[test]
    fn what_merges_stays_bounded() {
        let mut whole = samples(&ramp(0..700));
        for window in 1..20 {
            whole.merge(&samples(&ramp(window * 700..(window + 1) * 700)));
        }
        assert_eq!(whole.recent_bytes.len(), KEPT);
        assert_eq!(
            (whole.recent_at_ns.len(), whole.recent_changes.len()),
            (KEPT, KEPT)
        );
        assert_eq!(whole.recent_at_ns[0], 13_000);
        let changes = (whole.changes, whole.change_bytes);
        assert_eq!((whole.samples, changes), (14_000, (20 * 699, 20 * 6990)));
        assert_eq!(whole.mean_bytes, 1000.0 + 10.0 * 13_999.0 / 2.0);
    }

    /// What ran side by side is not added where it is no longer known sample by sample.
    #[test]
    fn what_is_not_known_to_be_apart_is_not_added() {
        let ours = samples(&ramp(0..100));
        let mut both = forgotten(ours.clone(), 10);
        both.merge(&forgotten(ours.clone(), 10));
        assert_eq!((both.samples, both.changes, both.change_bytes), (100, 99, 990));
        assert_eq!(both.mean_bytes, ours.mean_bytes);
        // Files of before do not have the changes one by one.
        let mut old = ours;
        old.recent_changes.clear();
        let mut both = old.clone();
        both.merge(&old);
        assert_eq!((both.samples, both.changes, both.change_bytes), (100, 99, 990));
    }
}
