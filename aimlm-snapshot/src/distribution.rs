use aimlm_vocabulary::Error;
use serde::{Deserialize, Serialize};

use super::buckets::Buckets;
use super::rank::Share;

/// Values below this have a bucket each; above, every power of two is divided into half as many buckets.
const SUB_BUCKETS: u64 = 256;
const SUB_BUCKET_BITS: u32 = SUB_BUCKETS.trailing_zeros();
/// Buckets in each power of two.
pub const PAGE: usize = (SUB_BUCKETS / 2) as usize;
/// Pages of buckets for every value there is.
pub const PAGES: usize = bucket_of(u64::MAX) / PAGE + 1;

/// Extremes that are not known.
const UNKNOWN: (u64, u64) = (u64::MAX, 0);

/// Number of the bucket that holds `value`. Layout of `HdrHistogram` with two significant digits.
#[inline(always)]
pub const fn bucket_of(value: u64) -> usize {
    if value < SUB_BUCKETS {
        return value as usize;
    }
    let shift = u64::BITS - value.leading_zeros() - SUB_BUCKET_BITS;
    (shift as usize) * PAGE + (value >> shift) as usize
}

/// Smallest value of a bucket, and how many values it holds.
pub(crate) const fn range_of(bucket: usize) -> (u64, u64) {
    if bucket < SUB_BUCKETS as usize {
        return (bucket as u64, 1);
    }
    let shift = bucket / PAGE - 1;
    let low = ((bucket - shift * PAGE) as u64) << shift;
    (low, 1 << shift)
}

/// Latencies in nanoseconds, as counts in logarithmic buckets.
///
/// A bucket is at most 1/128 of its value wide, so every quantile lies within 0.4 % of the exact one
/// whatever the values are; below 256 ns it is exact to the nanosecond. Count, minimum and maximum are exact, and so is
/// the sum up to 2^64 - 1 ns, 584 years, where it stays. Distributions of different threads, processes or machines merge
/// without loss.
///
/// ```
/// use aimlm::Distribution;
///
/// let mut latency = Distribution::default();
/// for ns in 1..=100_000 {
///     latency.record(ns);
/// }
/// assert_eq!(latency.count(), 100_000);
/// let p99 = latency.quantile(0.99).unwrap();
/// assert!((p99 as f64 / 99_000.0 - 1.0).abs() < 0.004);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "WrittenDistribution", into = "WrittenDistribution")]
pub struct Distribution {
    pub(crate) buckets: Buckets,
    count: u64,
    sum: u64,
    min: u64,
    max: u64,
}

/// What a [`Distribution`] is on disk.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct WrittenDistribution {
    count: u64,
    sum_ns: u64,
    min_ns: Option<u64>,
    max_ns: Option<u64>,
    /// `[bucket, count]` pairs; see [`Distribution::buckets`] for their bounds. None of a [summary](Distribution::summary).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    buckets: Vec<(u16, u64)>,
}

impl From<Distribution> for WrittenDistribution {
    fn from(from: Distribution) -> Self {
        Self {
            count: from.count,
            sum_ns: from.sum,
            min_ns: from.min(),
            max_ns: from.max(),
            buckets: from.buckets.iter().collect(),
        }
    }
}

impl TryFrom<WrittenDistribution> for Distribution {
    type Error = Error;

    fn try_from(wire: WrittenDistribution) -> Result<Self, Error> {
        let ordered = wire.buckets.windows(2).all(|pair| pair[0].0 < pair[1].0);
        let counted = wire.buckets.iter().try_fold(0_u64, |total, &(bucket, n)| {
            (n > 0 && usize::from(bucket) < PAGES * PAGE)
                .then(|| total.checked_add(n))
                .flatten()
        });
        let is_summary = wire.buckets.is_empty();
        if !ordered || (counted != Some(wire.count) && !is_summary) {
            return Err(Error::histogram(
                "its buckets are out of order, out of range, or do not add up to its count",
            ));
        }
        let buckets: Buckets = wire.buckets.into_iter().collect();
        // Where they are not said they are the bounds of their buckets.
        let (low, high) = buckets.ends().map_or((0, wire.sum_ns), |(first, last)| {
            let (high, width) = range_of(last.into());
            (range_of(first.into()).0, high + (width - 1))
        });
        let (min, max) = match wire.count {
            0 => (0, 0),
            _ if is_summary && (wire.min_ns.is_none() || wire.max_ns.is_none()) => UNKNOWN,
            _ => (wire.min_ns.unwrap_or(low), wire.max_ns.unwrap_or(high)),
        };
        if (min, max) != UNKNOWN && (min > max || (min, max) != within(&buckets, min, max)) {
            return Err(Error::histogram(
                "its smallest and largest value are out of order or out of their buckets",
            ));
        }
        Ok(Self {
            count: wire.count,
            sum: wire.sum_ns,
            min,
            max,
            buckets,
        })
    }
}

/// The extremes, each within its outer bucket.
fn within(buckets: &Buckets, min: u64, max: u64) -> (u64, u64) {
    let clamped = |bucket: u16, value: u64| {
        let (low, width) = range_of(bucket.into());
        value.clamp(low, low + (width - 1))
    };
    match buckets.ends() {
        Some((first, last)) => (clamped(first, min), clamped(last, max)),
        None => (min, max),
    }
}

impl Distribution {
    /// From counts by bucket in rising order, and the exact sum and extremes of what was counted. Extremes
    /// that do not lie in the outer buckets go to their nearest bounds.
    pub fn from_buckets(buckets: Buckets, sum: u64, min: u64, max: u64) -> Self {
        let count = buckets
            .iter()
            .fold(0, |total: u64, (_, n)| total.saturating_add(n));
        if count == 0 {
            return Self::default();
        }
        let (min, max) = within(&buckets, min, max);
        Self {
            buckets,
            count,
            sum,
            min,
            max,
        }
    }

    /// Adds one value, in nanoseconds.
    pub fn record(&mut self, ns: u64) {
        let bucket = bucket_of(ns) as u16;
        self.buckets.add_one(bucket);
        self.min = if self.count == 0 { ns } else { self.min.min(ns) };
        self.max = self.max.max(ns);
        self.count = self.count.saturating_add(1);
        self.sum = self.sum.saturating_add(ns);
    }

    /// Whether only count, sum and extremes are known.
    #[must_use]
    pub fn is_summary(&self) -> bool {
        self.count > 0 && self.buckets.ends().is_none()
    }

    /// Of count, sum and extremes alone: see [`summary`](Self::summary).
    #[must_use]
    pub fn of_summary(count: u64, sum: u64, min: u64, max: u64) -> Self {
        if count == 0 || min > max {
            return Self::default();
        }
        Self {
            buckets: Buckets::default(),
            count,
            sum,
            min,
            max,
        }
    }

    /// Count, sum and extremes alone: it has no quantiles, nor has anything that it is merged with.
    #[must_use]
    pub fn summary(&self) -> Self {
        Self {
            buckets: Buckets::default(),
            ..*self
        }
    }

    /// What was counted after `earlier` was taken of the same distribution. Extremes that were there before are not
    /// known to the nanosecond: they are the bounds of their buckets then.
    #[must_use]
    pub fn since(&self, earlier: &Self) -> Self {
        let count = self.count.saturating_sub(earlier.count);
        if earlier.count == 0 || count == 0 {
            return if count == 0 { Self::default() } else { self.clone() };
        }
        let buckets = self.buckets.since(&earlier.buckets);
        let (low, high) = match buckets.ends() {
            Some((first, last)) if !self.is_summary() && !earlier.is_summary() => {
                let (low, _) = range_of(first.into());
                let (high, width) = range_of(last.into());
                (low.max(self.min), (high + (width - 1)).min(self.max))
            }
            // Without buckets an extreme is known if it went beyond the one that there was, and two are known or none.
            _ => {
                let is_known = self.min < earlier.min && self.max > earlier.max;
                let (min, max) = if is_known { (self.min, self.max) } else { UNKNOWN };
                return Self {
                    count,
                    sum: self.sum_since(earlier),
                    min,
                    max,
                    buckets: Buckets::default(),
                };
            }
        };
        Self {
            count,
            sum: self.sum_since(earlier),
            min: if self.min < earlier.min { self.min } else { low },
            max: if self.max > earlier.max { self.max } else { high },
            buckets,
        }
    }

    /// Of a sum that stays at the largest number nobody knows the rest.
    const fn sum_since(&self, earlier: &Self) -> u64 {
        match self.sum {
            u64::MAX => u64::MAX,
            sum => sum.saturating_sub(earlier.sum),
        }
    }

    /// Adds everything that `other` counted.
    pub fn merge(&mut self, other: &Self) {
        if other.count == 0 {
            return;
        }
        self.buckets = if self.is_summary() || other.is_summary() {
            Buckets::default()
        } else {
            self.buckets.merged(&other.buckets)
        };
        (self.min, self.max) = match (self.count, self.has_extremes() && other.has_extremes()) {
            (0, _) => (other.min, other.max),
            (_, true) => (self.min.min(other.min), self.max.max(other.max)),
            (_, false) => UNKNOWN,
        };
        self.count = self.count.saturating_add(other.count);
        self.sum = self.sum.saturating_add(other.sum);
    }

    /// How many values were recorded.
    #[must_use]
    pub const fn count(&self) -> u64 {
        self.count
    }

    /// Their exact sum, in nanoseconds. One over 2^64 - 1, 584 years, stays at that.
    #[must_use]
    pub const fn sum(&self) -> u64 {
        self.sum
    }

    /// The exact smallest value, in nanoseconds; none without values, and of a window of [summaries](Self::summary).
    #[must_use]
    pub fn min(&self) -> Option<u64> {
        self.has_extremes().then_some(self.min)
    }

    /// The exact largest value, in nanoseconds; none without values, and of a window of [summaries](Self::summary).
    #[must_use]
    pub fn max(&self) -> Option<u64> {
        self.has_extremes().then_some(self.max)
    }

    /// Those of a window of summaries are not known: the larger stands for the smaller then.
    const fn has_extremes(&self) -> bool {
        self.count > 0 && self.min <= self.max
    }

    /// The exact mean, in nanoseconds; none without values, nor of a sum that stays at the largest number there is.
    #[must_use]
    pub fn mean(&self) -> Option<f64> {
        (self.count > 0 && self.sum < u64::MAX).then(|| self.sum as f64 / self.count as f64)
    }

    /// Smallest value that at least `quantile` (0 to 1) of all values do not exceed, by nearest rank, in
    /// nanoseconds; none without values, of a [summary](Self::summary), or with a quantile outside 0 to 1. The rank is that of the decimal number
    /// written: of 1,000 values 0.999 is the 999th.
    #[must_use]
    pub fn quantile(&self, quantile: f64) -> Option<u64> {
        self.at_rank(Share::new(quantile)?.rank(self.count))
    }

    /// As [`quantile`](Self::quantile), of a percentile from 0 to 100.
    #[must_use]
    pub fn percentile(&self, percentile: f64) -> Option<u64> {
        self.at_rank(Share::of_percentile(percentile)?.rank(self.count))
    }

    /// As [`percentile`](Self::percentile), rounded down to the smallest value of its bucket: for counts, of which a bucket
    /// stands for its smallest.
    #[must_use]
    pub fn percentile_floor(&self, percentile: f64) -> Option<u64> {
        let value = self.percentile(percentile)?;
        let (low, _) = range_of(bucket_of(value));
        Some(low.max(self.min).min(self.max))
    }

    /// The value of a rank, from 1.
    fn at_rank(&self, rank: u64) -> Option<u64> {
        if self.is_summary() {
            return None;
        }
        if rank >= self.count {
            return self.max();
        }
        if rank <= 1 {
            return self.min();
        }
        let mut seen = 0_u64;
        for (bucket, n) in self.buckets.iter() {
            seen = seen.saturating_add(n);
            if seen >= rank {
                let (low, width) = range_of(bucket.into());
                return Some((low + width / 2).max(self.min).min(self.max));
            }
        }
        Some(self.max)
    }

    /// Buckets that hold anything: lower bound (inclusive) and upper bound (exclusive) in nanoseconds, and count. The
    /// bucket of the largest values there are ends with them.
    pub fn buckets(&self) -> impl Iterator<Item = (u64, u64, u64)> + '_ {
        self.buckets.iter().map(|(bucket, n)| {
            let (low, width) = range_of(bucket.into());
            (low, low.saturating_add(width), n)
        })
    }
}

#[cfg(test)]
mod tests;
