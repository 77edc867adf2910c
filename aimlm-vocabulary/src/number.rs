use core::fmt;

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
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        #[non_exhaustive]
        pub enum Number {
            $($(#[$doc])* $variant,)+
        }

        impl Number {
            /// Every number, in report order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The number's name in macros, reports and exports, `snake_case`.
            #[must_use]
            #[inline]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => stringify!($name)),+ }
            }

            /// The number of this name.
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|number| number.name() == name)
            }

            /// How its values are carried and added up.
            #[must_use]
            #[inline]
            pub const fn kind(self) -> NumberKind {
                match self { $(Self::$variant => NumberKind::$kind),+ }
            }

            /// The unit, as UCUM writes it: `By` for bytes, `{item}` for things counted, `1` for ratios.
            #[must_use]
            #[inline]
            pub const fn unit(self) -> &'static str {
                match self { $(Self::$variant => $unit),+ }
            }

            /// Whether it is an amount of work, so that it has a rate.
            #[must_use]
            #[inline]
            pub const fn is_amount(self) -> bool {
                match self { $(Self::$variant => false $(|| stringify!($amount).len() > 0)?),+ }
            }
        }
    };
}

crate::for_each_number!(numbers);

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_and_order_agree() {
        for (place, number) in Number::ALL.iter().enumerate() {
            assert_eq!(*number as usize, place);
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
