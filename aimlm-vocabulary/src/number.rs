/// How the values of a number are carried and added up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum NumberKind {
    /// A whole number, added up exactly.
    Count,
    /// A real number; its course over time is kept as a curve.
    Real,
}

macro_rules! numbers {
    ($($(#[$doc:meta])* $variant:ident $name:ident $kind:ident $unit:literal $($amount:ident)?;)+) => {
        /// A number that a call can carry beside its duration.
        #[derive(Clone, Copy, PartialEq, Eq, Hash)]
        pub struct Number(u8);

        #[allow(non_camel_case_types)]
        enum Row {
            $($name,)+
        }

        #[allow(non_upper_case_globals)]
        impl Number {
            $($(#[$doc])* pub const $variant: Self = Self(Row::$name as u8);)+

            /// Every number of the table, in report order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            const NAMES: &'static [&'static str] = &[$(stringify!($name)),+];

            const CONSTANTS: &'static [&'static str] = &[$(stringify!($variant)),+];

            /// How its values are carried and added up. Numbers that stand in no table are real.
            #[must_use]
            #[inline]
            pub const fn kind(self) -> NumberKind {
                match self {
                    $(Self::$variant => NumberKind::$kind,)+
                    _ => NumberKind::Real,
                }
            }

            /// The unit, as UCUM writes it: `By` for bytes, `{item}` for things counted, `1` for ratios and for numbers
            /// that stand in no table.
            #[must_use]
            #[inline]
            pub const fn unit(self) -> &'static str {
                match self {
                    $(Self::$variant => $unit,)+
                    _ => "1",
                }
            }

            /// Whether it is an amount of work, so that it has a rate.
            #[must_use]
            #[inline]
            pub const fn is_amount(self) -> bool {
                match self {
                    $(Self::$variant => false $(|| stringify!($amount).len() > 0)?,)+
                    _ => false,
                }
            }
        }
    };
}

crate::for_each_number!(numbers);
crate::word::word!(Number, "number", 128);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_and_order_agree() {
        for (place, number) in Number::ALL.iter().enumerate() {
            assert_eq!(usize::from(number.code()), place);
            assert_eq!(Number::from_name(number.name()), Some(*number));
        }
        assert_eq!(Number::from_name("no number"), None);
    }

    #[test]
    fn amounts_are_counts() {
        for number in Number::ALL.iter().filter(|number| number.is_amount()) {
            assert_eq!(number.kind(), NumberKind::Count, "{number}");
        }
    }
}
