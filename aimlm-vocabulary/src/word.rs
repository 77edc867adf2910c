//! What the words of every table have in common.

/// A word as a number: first the rows of the table, in its order, then the names that stand in no table.
macro_rules! word {
    ($word:ident, $what:literal, $most:literal) => {
        static OTHERS: crate::names::Names<$most> = crate::names::Names::new();

        impl $word {
            /// How many there are at most, those that stand in no table among them. Every [`code`](Self::code) is below.
            pub const MOST: usize = Self::ALL.len() + $most;

            #[doc = concat!("The ", $what, " of this name, if it is in the table.")]
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|word| word.name() == name)
            }

            #[doc = concat!("The ", $what, " of this name, be it in the table or not. None of an empty name, of one")]
            #[doc = concat!("over 64 bytes, or where ", stringify!($most), " names that stand in no table are taken.")]
            #[must_use]
            pub fn of_name(name: &str) -> Option<Self> {
                Self::from_name(name).or_else(|| {
                    let place = OTHERS.place(name)?;
                    Some(Self((Self::ALL.len() + place) as u8))
                })
            }

            #[doc = concat!("Its name in macros, reports and exports; `snake_case` if it is in the table.")]
            #[must_use]
            #[inline]
            pub fn name(self) -> &'static str {
                match Self::NAMES.get(usize::from(self.0)) {
                    Some(name) => name,
                    None => OTHERS.get(usize::from(self.0) - Self::ALL.len()).unwrap_or_default(),
                }
            }

            /// The name of its constant: what code that is written by a macro says. Empty of a name that stands in no table.
            #[doc(hidden)]
            #[must_use]
            pub fn constant(self) -> &'static str {
                Self::CONSTANTS.get(usize::from(self.0)).copied().unwrap_or_default()
            }

            /// Whether it stands in the table.
            #[must_use]
            #[inline]
            pub const fn is_known(self) -> bool {
                (self.0 as usize) < Self::ALL.len()
            }

            /// The row in the table, from 0, or a number after all rows that is this name's in this process.
            #[must_use]
            #[inline]
            pub const fn code(self) -> u8 {
                self.0
            }

            #[doc = concat!("The ", $what, " of a code that [`code`](Self::code) gave.")]
            #[must_use]
            #[inline]
            pub fn from_code(code: u8) -> Option<Self> {
                let word = Self(code);
                (word.is_known() || OTHERS.get(usize::from(code) - Self::ALL.len()).is_some()).then_some(word)
            }
        }

        /// As the table stands, then by name.
        impl Ord for $word {
            #[inline]
            fn cmp(&self, other: &Self) -> core::cmp::Ordering {
                if self.is_known() || other.is_known() {
                    self.0.cmp(&other.0)
                } else {
                    self.name().cmp(other.name())
                }
            }
        }

        impl PartialOrd for $word {
            #[inline]
            fn partial_cmp(&self, other: &Self) -> Option<core::cmp::Ordering> {
                Some(self.cmp(other))
            }
        }

        impl core::fmt::Debug for $word {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(self.name())
            }
        }

        impl core::fmt::Display for $word {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(self.name())
            }
        }
    };
}

pub(crate) use word;

#[cfg(test)]
mod tests {
    use crate::{Label, Number, Stage};

    #[test]
    fn words_of_no_table_have_names_too() {
        let own = Number::of_name("cache_hits").unwrap();
        assert!(!own.is_known());
        assert_eq!(own.name(), "cache_hits");
        assert_eq!(Number::of_name("cache_hits"), Some(own));
        assert_eq!(Number::from_code(own.code()), Some(own));
        assert_eq!(Number::from_name("cache_hits"), None);
        assert_eq!(Number::of_name("loss"), Some(Number::Loss));
        assert_eq!(Number::from_code(u8::MAX), None);
        assert_eq!(Label::of_name("tenant").map(Label::name), Some("tenant"));
        assert_eq!(
            Stage::of_name("distillation").unwrap().to_string(),
            "distillation"
        );
    }

    #[test]
    fn they_stand_after_the_table_by_name() {
        let [late, early] = ["zebra", "aardvark"].map(|name| Label::of_name(name).unwrap());
        assert!(early < late && Label::ALL.iter().all(|known| *known < early));
        assert_eq!(early.cmp(&early), core::cmp::Ordering::Equal);
    }
}
