//! Counts for, and from, other implementations of `HdrHistogram`.

#[cfg(feature = "hdr-v2")]
use aimlm_vocabulary::Error;
use hdrhistogram::Histogram;
#[cfg(feature = "hdr-v2")]
use hdrhistogram::serialization::{Deserializer, Serializer, V2Serializer};

use super::distribution::{Distribution, bucket_of, range_of};

/// The largest value that every implementation can hold: they write it as a signed number.
const MOST: u64 = i64::MAX as u64;

impl Distribution {
    /// The same counts as a histogram of the `hdrhistogram` crate, with two significant digits. Values over 2^63 - 1 ns,
    /// 292 years, which its format has no place for, are counted as that.
    ///
    /// # Panics
    ///
    /// Never: the layouts are the same.
    #[must_use]
    pub fn to_hdrhistogram(&self) -> Histogram<u64> {
        let mut histogram = Histogram::new_with_bounds(1, MOST, 2).expect("constant bounds are valid");
        for (bucket, n) in self.buckets.iter() {
            let (low, _) = range_of(bucket.into());
            histogram
                .record_n(low.min(MOST), n)
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
            let value = histogram.median_equivalent(step.value_iterated_to());
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

    proptest! {
        #[test]
        fn counts_survive_hdrhistogram(values in prop::collection::vec(1..MOST, 1..200)) {
            let mut ours = Distribution::default();
            values.iter().for_each(|&value| ours.record(value));
            let theirs = ours.to_hdrhistogram();
            prop_assert_eq!(theirs.len(), ours.count());
            let back = Distribution::from_hdrhistogram(&theirs);
            prop_assert_eq!(back.buckets().collect::<Vec<_>>(), ours.buckets().collect::<Vec<_>>());
            #[cfg(feature = "hdr-v2")]
            prop_assert_eq!(Distribution::from_hdr_v2(&ours.to_hdr_v2()).unwrap(), back);
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
