/// How the values of a number are carried and added up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum NumberKind {
    /// A whole number, added up exactly.
    Count,
    /// A real number; its course over time is kept as a curve.
    #[default]
    Real,
    /// A duration in whole nanoseconds, added up exactly, with a distribution as fine as that of latencies.
    Time,
    /// A real number that holds from when it is said until the next one: its course over time is kept, and its sum means
    /// nothing.
    Level,
}

impl NumberKind {
    const ALL: [Self; 4] = [Self::Count, Self::Real, Self::Time, Self::Level];

    /// Its name in files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::Real => "real",
            Self::Time => "time",
            Self::Level => "level",
        }
    }

    /// The kind of this name, if this version knows it.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Whether its values are whole numbers, of nanoseconds those of times.
    #[must_use]
    #[inline]
    pub const fn is_whole(self) -> bool {
        matches!(self, Self::Count | Self::Time)
    }
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

            /// How its values are carried and added up. Of a number that stands in no table it is that of the first value
            /// that the process recorded; real before.
            #[must_use]
            #[inline]
            pub fn kind(self) -> NumberKind {
                match self {
                    $(Self::$variant => NumberKind::$kind,)+
                    own => own.own_kind(),
                }
            }

            /// The unit, as UCUM writes it: `By` for bytes, `{item}` for things counted, `s` for times, `1` for ratios and for
            /// other numbers that stand in no table.
            #[must_use]
            pub fn unit(self) -> &'static str {
                match self {
                    $(Self::$variant => $unit,)+
                    own if own.own_kind() == NumberKind::Time => "s",
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

impl Number {
    /// The number of this name, as [`of_name`](Self::of_name) gives it. If it stands in no table and nobody said before what
    /// kind it is, it is of this one from now on, in the whole process.
    #[must_use]
    pub fn of_kind(name: &str, kind: NumberKind) -> Option<Self> {
        let number = Self::of_name(name)?;
        if !number.is_known() {
            OTHERS.mark(number.own_place(), kind as u8 + 1);
        }
        Some(number)
    }

    /// Whether it is kept which values there were, beside their sum: of times, of amounts of work, and of counts of the
    /// program's own.
    #[must_use]
    #[inline]
    pub fn has_distribution(self) -> bool {
        match self.kind() {
            NumberKind::Time => true,
            NumberKind::Count => self.is_amount() || !self.is_known(),
            _ => false,
        }
    }

    fn own_place(self) -> usize {
        usize::from(self.0) - Self::ALL.len()
    }

    fn own_kind(self) -> NumberKind {
        let mark = OTHERS.mark_at(self.own_place());
        let mut kinds = NumberKind::ALL.into_iter();
        kinds.find(|&kind| kind as u8 + 1 == mark).unwrap_or_default()
    }
}

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
    fn who_says_a_number_first_says_its_kind() {
        let kind = |name, kind| Number::of_kind(name, kind).unwrap().kind();
        let read = Number::of_name("first_said_later").unwrap();
        assert_eq!((read.kind(), read.unit()), (NumberKind::Real, "1"));
        assert_eq!(kind("first_said_later", NumberKind::Time), NumberKind::Time);
        assert_eq!(kind("first_said_later", NumberKind::Count), NumberKind::Time);
        assert_eq!((read.kind(), read.unit()), (NumberKind::Time, "s"));
        assert_eq!(kind("tokens_in", NumberKind::Time), NumberKind::Count);
        for each in NumberKind::ALL {
            assert_eq!(NumberKind::from_name(each.name()), Some(each));
            assert_eq!(kind(each.name(), each), each);
        }
    }

    #[test]
    fn amounts_are_counts() {
        for number in Number::ALL.iter().filter(|number| number.is_amount()) {
            assert_eq!(number.kind(), NumberKind::Count, "{number}");
        }
    }
}
