/// Highest count that [`samples_needed`] answers: more calls than a process makes.
const MOST_SAMPLES: u64 = 1 << 40;

/// How many calls a percentile needs before it says anything at 99 % confidence.
///
/// The smallest `n` for which P(X ≤ 1) ≤ 1 %, X ~ Bin(n, q), where `q` is the share of calls beyond the
/// percentile, `min(p, 100 − p) / 100`. This is the smallest run that the early stopping of MLPerf LoadGen
/// accepts (`loadgen/early_stopping.cc`): p90 64, p95 130, p97 219, p99 662, p99.9 6,636.
///
/// ```
/// assert_eq!(aimlm_core::samples_needed(99.0), 662);
/// ```
#[must_use]
pub fn samples_needed(percentile: f64) -> u64 {
    let beyond = percentile.min(100.0 - percentile) / 100.0;
    if beyond.is_nan() || beyond <= 0.0 {
        return MOST_SAMPLES;
    }
    let (mut low, mut high) = (1, MOST_SAMPLES);
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

/// Percentile of sorted numbers by linear interpolation between the closest ranks: index = (n − 1)·p/100.
/// None without numbers.
pub(crate) fn interpolated(sorted: &[f64], percentile: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    let index = last as f64 * (percentile / 100.0).clamp(0.0, 1.0);
    let below = index.floor() as usize;
    let above = (below + 1).min(last);
    Some(sorted[below] + (sorted[above] - sorted[below]) * (index - below as f64))
}

/// `p95`, `p99.9`.
pub(crate) fn percentile_name(percentile: f64) -> String {
    format!("p{percentile}")
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
    fn names_are_short() {
        assert_eq!(percentile_name(95.0), "p95");
        assert_eq!(percentile_name(99.9), "p99.9");
    }

    proptest! {
        /// The independent computation counts ranks in integers: thousandths of a percentile.
        #[test]
        fn interpolates_between_closest_ranks(
            mut values in prop::collection::vec(0_u32..1_000_000, 1..80),
            thousandths in 0_u64..=100_000,
        ) {
            values.sort_unstable();
            let sorted: Vec<f64> = values.iter().map(|&value| value.into()).collect();
            let scaled = (values.len() as u64 - 1) * thousandths;
            let (rank, rest) = ((scaled / 100_000) as usize, scaled % 100_000);
            let next = values.get(rank + 1).unwrap_or(&values[rank]);
            let expected = f64::from(values[rank])
                + f64::from(next - values[rank]) * rest as f64 / 100_000.0;
            let got = interpolated(&sorted, thousandths as f64 / 1000.0).unwrap();
            prop_assert!((got - expected).abs() < 1e-6, "{} {}", got, expected);
        }
    }

    #[test]
    fn nothing_has_no_percentile() {
        assert_eq!(interpolated(&[], 50.0), None);
        assert_eq!(interpolated(&[7.0], 99.0), Some(7.0));
    }
}
