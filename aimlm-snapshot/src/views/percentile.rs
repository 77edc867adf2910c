use crate::rank::Share;

/// Highest count that [`samples_needed`] answers: more calls than a process makes.
pub const MOST_SAMPLES: u64 = 1 << 40;

/// How many calls a percentile needs before it says anything at 99 % confidence.
///
/// The smallest `n` for which P(X ≤ 1) ≤ 1 %, X ~ Bin(n, q), where `q` is the share of calls beyond the
/// percentile, `min(p, 100 − p) / 100`. This is the smallest run that the early stopping of MLPerf LoadGen
/// accepts (`loadgen/early_stopping.cc`): p90 64, p95 130, p97 219, p99 662, p99.9 6,636. At most 2⁴⁰, which stands
/// for any number above it too.
///
/// ```
/// assert_eq!(aimlm::samples_needed(99.0), 662);
/// ```
#[must_use]
pub fn samples_needed(percentile: f64) -> u64 {
    let beyond = percentile.min(100.0 - percentile) / 100.0;
    if beyond.is_nan() || beyond <= 0.0 {
        return MOST_SAMPLES;
    }
    // n · q is 5.5 where q is a half, and 6.64 in the limit of small ones.
    let within = |expected: f64| ((expected / beyond) as u64).min(MOST_SAMPLES);
    let (mut low, mut high) = (within(5.0), within(7.5));
    while low < high {
        let n = low + (high - low) / 2;
        if at_most_one(n, beyond) <= 0.01 {
            high = n;
        } else {
            low = n + 1;
        }
    }
    low
}

/// P(X ≤ 1) for X ~ Bin(n, q).
fn at_most_one(n: u64, q: f64) -> f64 {
    let n = n as f64;
    let log_within = (-q).ln_1p();
    ((n - 1.0) * log_within).exp() * (1.0 - q + n * q)
}

/// The ranks between which a percentile lies, counted from 0, and its share of the way from one to the other.
fn between(numbers: usize, percentile: f64) -> Option<(usize, usize, f64)> {
    let last = numbers.checked_sub(1)?;
    let (below, share) = Share::of_percentile(percentile.clamp(0.0, 100.0))?.of(last as u64);
    Some((below as usize, (below as usize + 1).min(last), share))
}

/// Percentile of `numbers` numbers by linear interpolation between the closest ranks: index = (n − 1)·p/100.
/// None without numbers.
pub(super) fn interpolated(numbers: usize, percentile: f64, at: impl Fn(usize) -> f64) -> Option<f64> {
    let (below, above, share) = between(numbers, percentile)?;
    Some(at(below) + (at(above) - at(below)) * share)
}

/// Numbers of which those are in their place that some percentiles need. That takes a third of the time of
/// sorting all.
pub(super) struct Ranked(Vec<u64>);

impl Ranked {
    pub(super) fn new(mut numbers: Vec<u64>, percentiles: impl Iterator<Item = f64>) -> Self {
        let pairs = percentiles.filter_map(|percentile| between(numbers.len(), percentile));
        let mut ranks: Vec<usize> = pairs.flat_map(|(below, above, _)| [below, above]).collect();
        ranks.sort_unstable();
        ranks.dedup();
        let mut placed = 0;
        for rank in ranks {
            numbers[placed..].select_nth_unstable(rank - placed);
            placed = rank + 1;
        }
        Self(numbers)
    }

    pub(super) const fn len(&self) -> usize {
        self.0.len()
    }

    /// The number of a rank that one of the percentiles needs.
    pub(super) fn at(&self, rank: usize) -> u64 {
        self.0[rank]
    }
}

/// `p95`, `p99.9`; `p1e-300` where the digits would fill a page.
pub fn percentile_name(percentile: f64) -> String {
    const WIDEST: usize = 20;
    let plain = format!("p{percentile}");
    if plain.len() > WIDEST {
        format!("p{percentile:e}")
    } else {
        plain
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn needs_what_loadgen_needs() {
        for (percentile, needed) in [(90.0, 64), (95.0, 130), (97.0, 219), (99.0, 662), (99.9, 6636)] {
            assert_eq!(samples_needed(percentile), needed, "p{percentile}");
        }
        assert_eq!(samples_needed(10.0), samples_needed(90.0));
        assert_eq!(samples_needed(0.0), MOST_SAMPLES);
        assert_eq!(samples_needed(f64::NAN), MOST_SAMPLES);
    }

    #[test]
    fn one_call_fewer_is_too_few() {
        for tenths in 1..1000 {
            let (percentile, needed) = (f64::from(tenths) / 10.0, samples_needed(f64::from(tenths) / 10.0));
            let beyond = percentile.min(100.0 - percentile) / 100.0;
            assert!(at_most_one(needed, beyond) <= 0.01, "p{percentile}");
            assert!(at_most_one(needed - 1, beyond) > 0.01, "p{percentile}");
        }
    }

    #[test]
    fn names_are_short() {
        assert_eq!(percentile_name(95.0), "p95");
        assert_eq!(percentile_name(99.9), "p99.9");
        assert_eq!(percentile_name(1e-300), "p1e-300");
        assert_eq!(percentile_name(99.99999999999999), "p99.99999999999999");
    }

    proptest! {
        /// The independent computation counts ranks in integers: thousandths of a percentile.
        #[test]
        fn interpolates_between_closest_ranks(
            mut values in prop::collection::vec(0_u32..1_000_000, 1..80),
            thousandths in 0_u64..=100_000,
        ) {
            let percentile = thousandths as f64 / 1000.0;
            let unsorted = values.iter().map(|&value| value.into()).collect();
            let ranked = Ranked::new(unsorted, [99.0, percentile, 50.0].into_iter());
            values.sort_unstable();
            let scaled = (values.len() as u64 - 1) * thousandths;
            let (rank, rest) = ((scaled / 100_000) as usize, scaled % 100_000);
            let next = values.get(rank + 1).unwrap_or(&values[rank]);
            let expected = f64::from(values[rank])
                + f64::from(next - values[rank]) * rest as f64 / 100_000.0;
            let got = interpolated(values.len(), percentile, |rank| ranked.at(rank) as f64).unwrap();
            prop_assert!((got - expected).abs() < 1e-6, "{} {}", got, expected);
        }
    }

    #[test]
    fn nothing_has_no_percentile() {
        assert_eq!(interpolated(0, 50.0, |_| 0.0), None);
        assert_eq!(interpolated(1, 99.0, |_| 7.0), Some(7.0));
        assert_eq!(Ranked::new(Vec::new(), [50.0].into_iter()).len(), 0);
    }
}
