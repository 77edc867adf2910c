//! Which of so many values a percentile is, without a rounding error: 99.9 % of 1,000 values are 999.

/// A share of a whole, as the decimal number that was written: 0.999 is 999 of 1,000, whatever its bits say.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Share {
    digits: u128,
    /// How many powers of ten stand under the digits.
    places: u32,
}

impl Share {
    /// From 0 to 1; none of anything else.
    pub(crate) fn new(share: f64) -> Option<Self> {
        (share <= 1.0).then(|| Self::with_places(share, 0)).flatten()
    }

    /// Of a percentile, from 0 to 100; none of anything else.
    pub(crate) fn of_percentile(percentile: f64) -> Option<Self> {
        (percentile <= 100.0)
            .then(|| Self::with_places(percentile, 2))
            .flatten()
    }

    fn with_places(number: f64, places: u32) -> Option<Self> {
        if !(number >= 0.0 && number.is_finite()) {
            return None;
        }
        // The shortest digits that mean this number are what was written; 17 at the most.
        let text = format!("{number:e}");
        let (mantissa, exponent) = text.split_once('e')?;
        let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = format!("{whole}{part}").parse().ok()?;
        let places = i64::from(places) + part.len() as i64 - exponent.parse::<i64>().ok()?;
        Some(match u32::try_from(places) {
            Ok(places) => Self { digits, places },
            // A whole number: at most 100.
            Err(_) => Self {
                digits: digits * 10_u128.pow(places.unsigned_abs() as u32),
                places: 0,
            },
        })
    }

    /// So many parts of `whole`, and what is left over of the next, as a share of it.
    pub(crate) fn of(self, whole: u64) -> (u64, f64) {
        // Digits and whole have at most 57 and 64 bits.
        let parts = self.digits * u128::from(whole);
        match 10_u128.checked_pow(self.places) {
            Some(ten) => ((parts / ten) as u64, (parts % ten) as f64 / ten as f64),
            // Less than one in 10^38.
            None => (0, if parts > 0 { f64::MIN_POSITIVE } else { 0.0 }),
        }
    }

    /// The nearest rank among `count` values, from 1.
    pub(crate) fn rank(self, count: u64) -> u64 {
        let (below, rest) = self.of(count);
        below.saturating_add(u64::from(rest > 0.0)).clamp(1, count.max(1))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn shares_are_what_was_written() {
        let share = |share| Share::new(share).unwrap();
        assert_eq!(share(0.999).rank(1000), 999);
        assert_eq!(Share::of_percentile(99.9).unwrap().rank(1000), 999);
        assert_eq!(share(0.0).rank(10), 1);
        assert_eq!(share(1.0).rank(u64::MAX), u64::MAX);
        assert_eq!(share(f64::MIN_POSITIVE).rank(u64::MAX), 1);
        assert_eq!(Share::of_percentile(100.0).unwrap().rank(7), 7);
        for none in [-0.1, 1.1, 1e39, f64::MAX, f64::NAN, f64::INFINITY] {
            assert!(Share::new(none).is_none());
        }
        assert!(Share::of_percentile(100.1).is_none());
    }

    proptest! {
        /// Thousandths of a percentile, in whole numbers.
        #[test]
        fn ranks_are_those_of_whole_numbers(thousandths in 0_u64..=100_000, count in 1_u64..=u64::MAX) {
            let exact = (u128::from(count) * u128::from(thousandths)).div_ceil(100_000).max(1) as u64;
            prop_assert_eq!(Share::of_percentile(thousandths as f64 / 1000.0).unwrap().rank(count), exact);
            prop_assert_eq!(Share::new(thousandths as f64 / 100_000.0).unwrap().rank(count), exact);
        }
    }
}
