//! Values of numbers of the program's own, whose kind follows from their type.

use core::num::{NonZero, Saturating, Wrapping};
use core::time::Duration;

use super::call_numbers::{ABSENT, Count, Real, Time};
use crate::event::{NumberKind, leave_out};

/// A value of a number of the program's own. A `Duration` is a time, an unsigned integer a count, a float or a signed
/// integer a real number; so are references to them, and `Option`s.
///
/// A number has the kind of the first value that the process recorded of it. Values of other kinds become real numbers where
/// it is real, durations in seconds, and counts where they are whole and not negative; others are left out, and counted in
/// [`names_left_out`](aimlm_snapshot::EngineSnapshot::names_left_out). `None` is not recorded.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no number",
    label = "give a float, an integer, a `Duration`, a reference to one, or an `Option` of one",
    note = "a tensor's value is written with the library's own accessor, such as `loss.item()`"
)]
pub trait OwnValue {
    /// What such values are.
    const KIND: NumberKind;

    /// The value's bits; all of them are set if there is none.
    fn own_bits(&self) -> u64;
}

macro_rules! values {
    ($kind:ident $number:ident $method:ident: $($value:ty),*) => {$(
        impl OwnValue for $value {
            const KIND: NumberKind = NumberKind::$kind;

            #[inline]
            fn own_bits(&self) -> u64 {
                $number::$method(self)
            }
        }
    )*};
}

macro_rules! counts {
    ($($count:ty)*) => {$(
        values!(Count Count count: $count, NonZero<$count>, Wrapping<$count>, Saturating<$count>);
    )*};
}

counts!(u8 u16 u32 u64 u128 usize);
values!(Real Real real: i8, i16, i32, i64, i128, isize, f32, f64);
values!(Time Time time: Duration);

impl<V: OwnValue + ?Sized> OwnValue for &V {
    const KIND: NumberKind = V::KIND;

    #[inline]
    fn own_bits(&self) -> u64 {
        V::own_bits(self)
    }
}

impl<V: OwnValue + ?Sized> OwnValue for &mut V {
    const KIND: NumberKind = V::KIND;

    #[inline]
    fn own_bits(&self) -> u64 {
        V::own_bits(self)
    }
}

impl<V: OwnValue> OwnValue for Option<V> {
    const KIND: NumberKind = V::KIND;

    #[inline]
    fn own_bits(&self) -> u64 {
        self.as_ref().map_or(ABSENT, V::own_bits)
    }
}

/// The bits of a value of one kind as those of a number of another. Where it can not be one it is left out.
#[inline]
pub(super) fn converted(from: NumberKind, to: NumberKind, bits: u64) -> u64 {
    if from == to || bits == ABSENT {
        return bits;
    }
    let value = match from {
        NumberKind::Time => Duration::from_nanos(bits).as_secs_f64(),
        NumberKind::Count => bits as f64,
        _ => f64::from_bits(bits),
    };
    let is_whole = value >= 0.0 && value.fract() == 0.0;
    match to {
        NumberKind::Real | NumberKind::Level => value.real(),
        NumberKind::Count if from != NumberKind::Time && is_whole => (value as u64).min(ABSENT - 1),
        _ => {
            leave_out();
            ABSENT
        }
    }
}

#[cfg(all(test, not(any(loom, shuttle))))]
mod tests {
    use super::*;
    use NumberKind::{Count as Whole, Level, Real as Float, Time as Lasting};

    fn kind<V: OwnValue>(_: V) -> NumberKind {
        V::KIND
    }

    #[test]
    fn the_type_says_the_kind() {
        assert_eq!(
            [kind(7_u8), kind(Some(&7_usize)), kind(NonZero::new(7_u64))],
            [Whole; 3]
        );
        assert_eq!(
            [kind(7), kind(Some(-7_i64)), kind(0.5), kind(0.5_f32)],
            [Float; 4]
        );
        let waited = Duration::from_millis(2);
        let borrowed = &waited;
        assert_eq!([kind(waited), kind(borrowed), kind(Some(borrowed))], [Lasting; 3]);
        assert_eq!(waited.own_bits(), 2_000_000);
        assert_eq!(None::<Duration>.own_bits(), ABSENT);
    }

    #[test]
    fn what_can_be_of_another_kind_is() {
        let of = |value: f64| value.to_bits();
        assert_eq!(converted(Lasting, Float, 1_500_000_000), of(1.5));
        assert_eq!(converted(Whole, Level, 3), of(3.0));
        assert_eq!(converted(Float, Whole, of(8.0)), 8);
        for (from, to, bits) in [
            (Float, Whole, of(2.5)),
            (Float, Whole, of(-1.0)),
            (Float, Whole, of(f64::NAN)),
            (Lasting, Whole, 2),
            (Whole, Lasting, 2),
            (Float, Lasting, of(2.0)),
        ] {
            assert_eq!(converted(from, to, bits), ABSENT, "{from:?} {to:?}");
        }
        assert_eq!(converted(Lasting, Whole, ABSENT), ABSENT);
    }
}
