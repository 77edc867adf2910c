use hdrhistogram::Histogram;
#[cfg(feature = "hdr-v2")]
use hdrhistogram::serialization::{Deserializer, Serializer, V2Serializer};
use serde::{Deserialize, Serialize};

use super::buckets::Buckets;
use crate::error::Error;

/// Values below this have a bucket each; above, every power of two is divided into half as many buckets.
const SUB_BUCKETS: u64 = 256;
const SUB_BUCKET_BITS: u32 = SUB_BUCKETS.trailing_zeros();
/// Buckets in each power of two.
pub(super) const PAGE: usize = (SUB_BUCKETS / 2) as usize;
/// Largest value told apart from larger ones: 2^48 - 1 ns, 78 hours.
pub(super) const MAX_VALUE: u64 = (1 << 48) - 1;
/// Pages of buckets up to [`MAX_VALUE`].
pub(super) const PAGES: usize = bucket_of(MAX_VALUE) / PAGE + 1;

/// Number of the bucket that holds `value`. Layout of `HdrHistogram` with two significant digits.
#[inline(always)]
pub(crate) const fn bucket_of(value: u64) -> usize {
    if value < SUB_BUCKETS {
        return value as usize;
    }
    let shift = u64::BITS - value.leading_zeros() - SUB_BUCKET_BITS;
    (shift as usize) * PAGE + (value >> shift) as usize
}

/// Smallest value of a bucket, and how many values it holds.
const fn range_of(bucket: usize) -> (u64, u64) {
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
/// from 256 ns to 78 hours; below 256 ns it is exact to the nanosecond. Count, sum, minimum and maximum
/// are exact. Distributions of different threads, processes or machines merge without loss.
///
/// ```
/// use aimlm_core::Distribution;
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
#[serde(try_from = "Wire", into = "Wire")]
pub struct Distribution {
    buckets: Buckets,
    count: u64,
    sum: u64,
    min: u64,
    max: u64,
}

/// What a [`Distribution`] is on disk.
#[derive(Serialize, Deserialize)]
struct Wire {
    count: u64,
    sum_ns: u64,
    min_ns: Option<u64>,
    max_ns: Option<u64>,
    /// `[bucket, count]` pairs; see [`Distribution::buckets`] for their bounds.
    buckets: Vec<(u16, u64)>,
}

impl From<Distribution> for Wire {
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

impl TryFrom<Wire> for Distribution {
    type Error = Error;

    fn try_from(wire: Wire) -> Result<Self, Error> {
        let ordered = wire.buckets.windows(2).all(|pair| pair[0].0 < pair[1].0);
        let counted = wire.buckets.iter().try_fold(0_u64, |total, &(bucket, n)| {
            (n > 0 && usize::from(bucket) < PAGES * PAGE)
                .then(|| total.checked_add(n))
                .flatten()
        });
        if !ordered
            || counted != Some(wire.count)
            || (wire.count > 0) != (wire.min_ns.is_some() && wire.max_ns.is_some())
        {
            return Err(Error::histogram(
                "its buckets are out of order, out of range, or do not add up to its count",
            ));
        }
        let (min, max) = (wire.min_ns.unwrap_or(0), wire.max_ns.unwrap_or(0));
        let buckets: Buckets = wire.buckets.into_iter().collect();
        if min > max || (min, max) != within(&buckets, min, max) {
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

/// The extremes, each within its outer bucket. The last bucket of all has no end.
fn within(buckets: &Buckets, min: u64, max: u64) -> (u64, u64) {
    let clamped = |bucket: u16, value: u64| {
        let (low, width) = range_of(bucket.into());
        let last = usize::from(bucket) + 1 == PAGES * PAGE;
        value.clamp(low, if last { u64::MAX } else { low + (width - 1) })
    };
    match buckets.ends() {
        Some((first, last)) => (clamped(first, min), clamped(last, max)),
        None => (min, max),
    }
}

impl Distribution {
    /// From counts by bucket in rising order, and the exact sum and extremes of what was counted. Extremes
    /// that do not lie in the outer buckets go to their nearest bounds.
    pub(super) fn from_buckets(buckets: Buckets, sum: u64, min: u64, max: u64) -> Self {
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

    /// Adds one value, in nanoseconds. Values above 78 hours share the last bucket.
    pub fn record(&mut self, ns: u64) {
        let bucket = bucket_of(ns.min(MAX_VALUE)) as u16;
        self.buckets.add_one(bucket);
        self.min = if self.count == 0 { ns } else { self.min.min(ns) };
        self.max = self.max.max(ns);
        self.count = self.count.saturating_add(1);
        self.sum = self.sum.saturating_add(ns);
    }

    /// Adds everything that `other` counted.
    pub fn merge(&mut self, other: &Self) {
        if other.count == 0 {
            return;
        }
        self.buckets = self.buckets.merged(&other.buckets);
        self.min = if self.count == 0 {
            other.min
        } else {
            self.min.min(other.min)
        };
        self.max = self.max.max(other.max);
        self.count = self.count.saturating_add(other.count);
        self.sum = self.sum.saturating_add(other.sum);
    }

    /// How many values were recorded.
    #[must_use]
    pub const fn count(&self) -> u64 {
        self.count
    }

    /// Their exact sum, in nanoseconds.
    #[must_use]
    pub const fn sum(&self) -> u64 {
        self.sum
    }

    /// The exact smallest value, in nanoseconds; none without values.
    #[must_use]
    pub fn min(&self) -> Option<u64> {
        (self.count > 0).then_some(self.min)
    }

    /// The exact largest value, in nanoseconds; none without values.
    #[must_use]
    pub fn max(&self) -> Option<u64> {
        (self.count > 0).then_some(self.max)
    }

    /// The exact mean, in nanoseconds; none without values.
    #[must_use]
    pub fn mean(&self) -> Option<f64> {
        (self.count > 0).then(|| self.sum as f64 / self.count as f64)
    }

    /// Smallest value that at least `quantile` (0 to 1) of all values do not exceed, by nearest rank, in
    /// nanoseconds; none without values or with a quantile outside 0 to 1.
    #[must_use]
    pub fn quantile(&self, quantile: f64) -> Option<u64> {
        if self.count == 0 || !(0.0..=1.0).contains(&quantile) {
            return None;
        }
        let rank = ((quantile * self.count as f64).ceil() as u64).clamp(1, self.count);
        if rank == self.count {
            return Some(self.max);
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

    /// Buckets that hold anything: lower bound (inclusive) and upper bound (exclusive) in nanoseconds, and count.
    pub fn buckets(&self) -> impl Iterator<Item = (u64, u64, u64)> + '_ {
        self.buckets.iter().map(|(bucket, n)| {
            let (low, width) = range_of(bucket.into());
            (low, low + width, n)
        })
    }

    /// The same counts as a histogram of the `hdrhistogram` crate, with two significant digits.
    ///
    /// # Panics
    ///
    /// Never: the layouts are the same.
    #[must_use]
    pub fn to_hdrhistogram(&self) -> Histogram<u64> {
        let mut histogram = Histogram::new_with_bounds(1, MAX_VALUE, 2).expect("constant bounds are valid");
        for (bucket, n) in self.buckets.iter() {
            let (low, _) = range_of(bucket.into());
            histogram
                .record_n(low, n)
                .expect("every bucket lies within the bounds");
        }
        histogram
    }

    /// From a histogram of the `hdrhistogram` crate, whatever its precision. Sum and extremes become as exact
    /// as its buckets are.
    #[must_use]
    pub fn from_hdrhistogram(histogram: &Histogram<u64>) -> Self {
        let mut buckets: Vec<(u16, u64)> = Vec::new();
        let mut sum = 0_u64;
        for step in histogram.iter_recorded() {
            let value = histogram
                .median_equivalent(step.value_iterated_to())
                .min(MAX_VALUE);
            let n = step.count_since_last_iteration();
            sum = sum.saturating_add(value.saturating_mul(n));
            let bucket = bucket_of(value) as u16;
            match buckets.last_mut() {
                Some((last, total)) if *last == bucket => *total = total.saturating_add(n),
                _ => buckets.push((bucket, n)),
            }
        }
        Self::from_buckets(
            buckets.into_iter().collect(),
            sum,
            histogram.min(),
            histogram.max(),
        )
    }

    /// The bytes that every `HdrHistogram` implementation reads as its V2 format (uncompressed). With the feature
    /// `hdr-v2`.
    #[cfg(feature = "hdr-v2")]
    #[must_use]
    pub fn to_hdr_v2(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        V2Serializer::new()
            .serialize(&self.to_hdrhistogram(), &mut bytes)
            .expect("writing to memory does not fail");
        bytes
    }

    /// Reads the V2 format, compressed or not. With the feature `hdr-v2`.
    ///
    /// # Errors
    ///
    /// If the bytes are no such histogram.
    #[cfg(feature = "hdr-v2")]
    pub fn from_hdr_v2(mut bytes: &[u8]) -> Result<Self, Error> {
        Deserializer::new()
            .deserialize::<u64, _>(&mut bytes)
            .map(|histogram| Self::from_hdrhistogram(&histogram))
            .map_err(|error| Error::histogram(&error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn buckets_cover_every_value_once() {
        let mut next = 0;
        for bucket in 0..PAGES * PAGE {
            let (low, width) = range_of(bucket);
            assert_eq!(low, next, "bucket {bucket}");
            assert_eq!(bucket_of(low), bucket);
            assert_eq!(bucket_of(low + width - 1), bucket);
            next = low + width;
        }
        assert_eq!(next, MAX_VALUE + 1);
    }

    proptest! {
        #[test]
        fn merging_shards_equals_one(values in prop::collection::vec(0..MAX_VALUE, 0..200), shards in 1..9_usize) {
            let mut whole = Distribution::default();
            let mut parts = vec![Distribution::default(); shards];
            for (at, &value) in values.iter().enumerate() {
                whole.record(value);
                parts[at % shards].record(value);
            }
            let mut merged = Distribution::default();
            for part in &parts {
                merged.merge(part);
            }
            prop_assert_eq!(merged, whole);
        }

        #[test]
        fn counts_survive_hdrhistogram(values in prop::collection::vec(1..MAX_VALUE, 1..200)) {
            let mut ours = Distribution::default();
            values.iter().for_each(|&value| ours.record(value));
            let theirs = ours.to_hdrhistogram();
            prop_assert_eq!(theirs.len(), ours.count());
            let back = Distribution::from_hdrhistogram(&theirs);
            prop_assert_eq!(back.buckets().collect::<Vec<_>>(), ours.buckets().collect::<Vec<_>>());
            #[cfg(feature = "hdr-v2")]
            prop_assert_eq!(Distribution::from_hdr_v2(&ours.to_hdr_v2()).unwrap(), back);
        }

        #[test]
        fn any_serialised_form_reads_back(values in prop::collection::vec(0..u64::MAX / 1000, 0..50)) {
            let mut ours = Distribution::default();
            values.iter().for_each(|&value| ours.record(value));
            let text = serde_json::to_string(&ours).unwrap();
            prop_assert_eq!(serde_json::from_str::<Distribution>(&text).unwrap(), ours);
        }
    }

    #[test]
    fn what_does_not_add_up_is_refused() {
        let text = r#"{"count":3,"sum_ns":9,"min_ns":1,"max_ns":5,"buckets":[[1,1],[5,1]]}"#;
        let error = serde_json::from_str::<Distribution>(text).unwrap_err();
        assert!(error.to_string().contains("do not add up"), "{error}");
    }

    /// What follows from such numbers would be nonsense, or a panic.
    #[test]
    fn extremes_out_of_their_buckets_are_refused() {
        for (min, max) in [(5, 1), (0, 1), (1, 2), (2, 2)] {
            let text = format!(r#"{{"count":2,"sum_ns":2,"min_ns":{min},"max_ns":{max},"buckets":[[1,2]]}}"#);
            let error = serde_json::from_str::<Distribution>(&text).unwrap_err();
            assert!(error.to_string().contains("smallest"), "{error}");
        }
    }

    proptest! {
        #[test]
        fn any_histogram_of_others_reads_back(values in prop::collection::vec(0..u64::MAX, 0..50), digits in 0..5_u8) {
            let mut theirs = Histogram::<u64>::new(digits).unwrap();
            values.iter().for_each(|&value| theirs.saturating_record(value));
            let ours = Distribution::from_hdrhistogram(&theirs);
            let text = serde_json::to_string(&ours).unwrap();
            prop_assert_eq!(serde_json::from_str::<Distribution>(&text).unwrap(), ours);
        }
    }
}
