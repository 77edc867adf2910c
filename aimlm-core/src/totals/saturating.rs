use crate::sync::{AtomicU64, Ordering};

/// Adds to a sum that any number of threads add to. One that would pass the largest number there is stays there.
#[inline]
pub(crate) fn add(sum: &AtomicU64, more: u64) {
    // Relaxed: sums of independent counts; whoever must see them is ordered after the fold as a whole.
    if sum.fetch_add(more, Ordering::Relaxed).checked_add(more).is_none() {
        // Whoever adds meanwhile passes it, too, or is passed over.
        sum.store(u64::MAX, Ordering::Relaxed);
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_sum_stays_at_the_largest_number(parts in prop::collection::vec(prop_oneof![0..9_u64, any::<u64>()], 0..20)) {
            let sum = AtomicU64::new(0);
            parts.iter().for_each(|&part| add(&sum, part));
            prop_assert_eq!(sum.load(Ordering::Relaxed), parts.iter().fold(0_u64, |sum, &part| sum.saturating_add(part)));
        }
    }
}
