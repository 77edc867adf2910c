/// A moment in ticks. One before the first tick is negative: a recorded call may have begun before the machine did.
pub(crate) type Moment = i64;

/// A moment as a number without a sign, in the order of time.
pub(crate) const fn in_order(moment: Moment) -> u64 {
    moment as u64 ^ 1 << 63
}

/// The moment of a number that [`in_order`] gave.
pub(crate) const fn out_of_order(number: u64) -> Moment {
    (number ^ 1 << 63) as Moment
}

/// From when to when a call ran.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(crate) const fn span_of(start: u64, ticks: u64) -> (Moment, Moment) {
    let start = start as Moment;
    (start, start.saturating_add_unsigned(ticks))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn moments_keep_their_order(a in any::<Moment>(), b in any::<Moment>()) {
            prop_assert_eq!(in_order(a).cmp(&in_order(b)), a.cmp(&b));
            prop_assert_eq!(out_of_order(in_order(a)), a);
        }
    }
}
