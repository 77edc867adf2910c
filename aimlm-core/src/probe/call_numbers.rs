//! The numbers of a call: what counts as one, and how several travel together.

use core::num::{NonZero, Saturating, Wrapping};
use core::time::Duration;

use crate::event::Payload;

/// Stands for a number that is not there.
pub const ABSENT: u64 = u64::MAX;

// A NaN of other bits than `ABSENT`, which is a NaN too when read as `f64`.
const NAN: u64 = 0x7ff8_0000_0000_0000;

/// The numbers that a call carries.
pub trait Values: Clone {
    /// How many there can be.
    fn len(&self) -> usize;

    /// One of them; [`ABSENT`] if it is not there.
    fn at(&self, nth: usize) -> (Payload, u64);

    /// Whether there can be none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Hands over each number that is there.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn visit(&self, mut push: impl FnMut(Payload, u64)) {
        for (what, bits) in (0..self.len()).map(|nth| self.at(nth)) {
            if bits != ABSENT {
                push(what, bits);
            }
        }
    }
}

impl Values for () {
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn len(&self) -> usize {
        0
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn at(&self, _: usize) -> (Payload, u64) {
        (Payload::NONE, ABSENT)
    }
}

impl Values for &[(Payload, u64)] {
    fn len(&self) -> usize {
        <[_]>::len(self)
    }

    fn at(&self, nth: usize) -> (Payload, u64) {
        self[nth]
    }
}

impl Values for Vec<(Payload, u64)> {
    #[inline]
    fn len(&self) -> usize {
        Self::len(self)
    }

    #[inline]
    fn at(&self, nth: usize) -> (Payload, u64) {
        self[nth]
    }
}

/// Numbers of fields that are known when the call is compiled: their bits, as [`count`], [`real`] and [`time`] give them, in
/// the fields' order.
#[derive(Debug, Clone, Copy)]
pub struct Numbers<const N: usize>(pub [Payload; N], pub [u64; N]);

impl<const N: usize> Values for Numbers<N> {
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn len(&self) -> usize {
        N
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn at(&self, nth: usize) -> (Payload, u64) {
        (self.0[nth], self.1[nth])
    }
}

/// Sets the number under a field; one that is absent takes away what was said before.
#[inline]
pub fn set(numbers: &mut Vec<(Payload, u64)>, what: Payload, bits: u64) {
    match numbers.iter().position(|(own, _)| *own == what) {
        Some(at) if bits == ABSENT => drop(numbers.remove(at)),
        Some(at) => numbers[at].1 = bits,
        None if bits == ABSENT => {}
        None => numbers.push((what, bits)),
    }
}

/// A whole number that is not negative: every integer type, references to them, and `Option`s.
///
/// A negative number is not recorded, and neither is `None`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no whole number",
    label = "give an integer, a reference to one, or an `Option` of one",
    note = "a float is written `value as u64`, a collection `value.len()`"
)]
pub trait Count {
    /// The number's bits; all of them are set if there is none.
    fn count(&self) -> u64;
}

/// A real number: floats, integers, references to them, and `Option`s.
///
/// `None` is not recorded; NaN is, and is counted apart.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no real number",
    label = "give an `f32` or `f64`, a reference to one, or an `Option` of one",
    note = "a tensor's value is written with the library's own accessor, such as `loss.item()`"
)]
pub trait Real {
    /// The number's bits; all of them are set if there is none.
    fn real(&self) -> u64;
}

/// A duration, references to one, and `Option`s. What is longer than 584 years is that long.
///
/// `None` is not recorded.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no duration",
    label = "give a `Duration`, a reference to one, or an `Option` of one",
    note = "seconds are written `Duration::from_secs_f64(seconds)`, an `Instant` `instant.elapsed()`"
)]
pub trait Time {
    /// Its nanoseconds; all bits are set if there is none.
    fn time(&self) -> u64;
}

/// The bits of a whole number.
#[cfg_attr(not(debug_assertions), inline(always))]
pub fn count(value: impl Count) -> u64 {
    value.count()
}

/// The bits of a real number.
#[cfg_attr(not(debug_assertions), inline(always))]
pub fn real(value: impl Real) -> u64 {
    value.real()
}

/// The bits of a duration.
#[cfg_attr(not(debug_assertions), inline(always))]
pub fn time(value: impl Time) -> u64 {
    value.time()
}

#[cfg_attr(not(debug_assertions), inline(always))]
const fn real_bits(value: f64) -> u64 {
    if value.is_nan() { NAN } else { value.to_bits() }
}

macro_rules! integers {
    ($($integer:ty)*) => {$(
        impl Count for $integer {
            #[cfg_attr(not(debug_assertions), inline(always))]
            fn count(&self) -> u64 {
                u64::try_from(*self).map_or(ABSENT, |number| number.min(ABSENT - 1))
            }
        }

        impl Count for NonZero<$integer> {
            #[cfg_attr(not(debug_assertions), inline(always))]
            fn count(&self) -> u64 {
                self.get().count()
            }
        }

        impl Count for Wrapping<$integer> {
            #[cfg_attr(not(debug_assertions), inline(always))]
            fn count(&self) -> u64 {
                self.0.count()
            }
        }

        impl Count for Saturating<$integer> {
            #[cfg_attr(not(debug_assertions), inline(always))]
            fn count(&self) -> u64 {
                self.0.count()
            }
        }

        impl Real for $integer {
            #[cfg_attr(not(debug_assertions), inline(always))]
            fn real(&self) -> u64 {
                real_bits(*self as f64)
            }
        }
    )*};
}

integers!(u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize);

impl Real for f64 {
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn real(&self) -> u64 {
        real_bits(*self)
    }
}

impl Real for f32 {
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn real(&self) -> u64 {
        real_bits(f64::from(*self))
    }
}

impl Time for Duration {
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn time(&self) -> u64 {
        u64::try_from(self.as_nanos()).map_or(ABSENT - 1, |ns| ns.min(ABSENT - 1))
    }
}

macro_rules! through {
    ($($number:ident $method:ident),*) => {$(
        impl<T: $number + ?Sized> $number for &T {
            #[cfg_attr(not(debug_assertions), inline(always))]
            fn $method(&self) -> u64 {
                T::$method(self)
            }
        }

        impl<T: $number + ?Sized> $number for &mut T {
            #[cfg_attr(not(debug_assertions), inline(always))]
            fn $method(&self) -> u64 {
                T::$method(self)
            }
        }

        impl<T: $number> $number for Option<T> {
            #[cfg_attr(not(debug_assertions), inline(always))]
            fn $method(&self) -> u64 {
                self.as_ref().map_or(ABSENT, T::$method)
            }
        }
    )*};
}

through!(Count count, Real real, Time time);

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(values: impl Values) -> Vec<(Payload, u64)> {
        let mut seen = Vec::new();
        values.visit(|what, bits| seen.push((what, bits)));
        seen
    }

    #[test]
    fn integers_count_and_negatives_are_absent() {
        assert_eq!(count(7_u8), 7);
        assert_eq!(count(7_usize), 7);
        assert_eq!(count(-1_i64), ABSENT);
        assert_eq!(count(Some(3_i32)), 3);
        assert_eq!(count(None::<u64>), ABSENT);
        assert_eq!(count(u128::MAX), ABSENT);
        assert_eq!(count(NonZero::new(5_u32)), 5);
        assert_eq!(count(5), 5);
    }

    #[test]
    fn reals_keep_their_bits_and_nan_is_there() {
        assert_eq!(real(0.5), 0.5_f64.to_bits());
        assert_eq!(real(0.5_f32), 0.5_f64.to_bits());
        assert_eq!(real(2), 2.0_f64.to_bits());
        assert_eq!(real(Some(0.25)), 0.25_f64.to_bits());
        assert_eq!(real(None::<f32>), ABSENT);
        let nan = real(f64::from_bits(ABSENT));
        assert!(nan != ABSENT && f64::from_bits(nan).is_nan());
    }

    #[test]
    fn durations_are_nanoseconds() {
        let waited = Duration::from_micros(7);
        let borrowed = &waited;
        assert_eq!([time(waited), time(borrowed), time(Some(waited))], [7_000; 3]);
        assert_eq!(time(None::<Duration>), ABSENT);
        assert_eq!(time(Duration::MAX), ABSENT - 1);
    }

    #[test]
    fn absent_numbers_are_not_visited() {
        const NUMBERS: [Payload; 2] = [Payload::Epoch, Payload::Loss];
        assert_eq!(seen(()), []);
        assert_eq!(seen(Numbers(NUMBERS, [ABSENT, 1])), [(Payload::Loss, 1)]);
        assert_eq!(
            seen(Numbers(NUMBERS, [2, 1])),
            [(Payload::Epoch, 2), (Payload::Loss, 1)]
        );
        assert_eq!(seen(Numbers(NUMBERS, [ABSENT; 2])), []);
    }
}
