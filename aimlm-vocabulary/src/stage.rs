use crate::{Label, Number};

macro_rules! stages {
    ($(
        $(#[$doc:meta])*
        $variant:ident $name:ident of $noun:ident {
            $(call $call:ident($subject:ident $(or $function:ident)?) $tracks:literal $timed:literal;)?
            labels { $($label:ident $label_variant:ident $label_doc:literal;)* }
            counts { $($count:ident $count_variant:ident $count_doc:literal;)* }
            reals { $($real:ident $real_variant:ident $real_doc:literal;)* }
            $(times { $($time:ident $time_variant:ident $time_doc:literal;)* })?
            $(levels { $($level:ident $level_variant:ident $level_doc:literal;)* })?
            items [$($items:ident),*];
            $($by_epoch:ident;)?
        }
    )+) => {
        /// What an instrumented function does in the life of a model.
        #[derive(Clone, Copy, PartialEq, Eq, Hash)]
        pub struct Stage(u8);

        #[allow(non_camel_case_types)]
        enum Row {
            $($name,)+
        }

        #[allow(non_upper_case_globals)]
        impl Stage {
            $($(#[$doc])* pub const $variant: Self = Self(Row::$name as u8);)+

            /// Every stage of the table, in report order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            const NAMES: &'static [&'static str] = &[$(stringify!($name)),+];

            const CONSTANTS: &'static [&'static str] = &[$(stringify!($variant)),+];

            /// What the subject of this stage names: `"model"`, `"dataset"`, `"task"`, …; `"subject"` of a stage that
            /// stands in no table.
            #[must_use]
            #[inline]
            pub const fn subject_noun(self) -> &'static str {
                match self {
                    $(Self::$variant => stringify!($noun),)+
                    _ => "subject",
                }
            }

            /// The attribute that tracks its calls, and the method; none where it has samples alone.
            #[must_use]
            #[inline]
            pub const fn attribute(self) -> Option<&'static str> {
                match self {
                    $($(Self::$variant => Some(stringify!($call)),)?)+
                    _ => None,
                }
            }

            /// The texts that a call may have, beside its subject.
            #[must_use]
            #[inline]
            pub const fn labels(self) -> &'static [Label] {
                match self {
                    $(Self::$variant => &[$(Label::$label_variant),*],)+
                    _ => &[],
                }
            }

            /// The numbers that a call may carry.
            #[must_use]
            #[inline]
            pub const fn numbers(self) -> &'static [Number] {
                match self {
                    $(Self::$variant => &[
                        $(Number::$count_variant,)*
                        $(Number::$real_variant,)*
                        $($(Number::$time_variant,)*)?
                        $($(Number::$level_variant,)*)?
                    ],)+
                    _ => &[],
                }
            }

            /// The numbers that count what a call processes. What counts is the first of them that a call carries,
            /// never several: rows are samples, unless the call knows better.
            #[must_use]
            #[inline]
            pub const fn items(self) -> &'static [Number] {
                match self {
                    $(Self::$variant => &[$(Number::$items),*],)+
                    _ => &[],
                }
            }

            /// Whether its calls or samples come once an epoch.
            #[must_use]
            #[inline]
            pub const fn is_by_epoch(self) -> bool {
                match self {
                    $(Self::$variant => false $(|| stringify!($by_epoch).len() > 0)?,)+
                    _ => false,
                }
            }
        }
    };
}

crate::for_each_stage!(stages);
crate::word::word!(Stage, "stage", 64);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::NumberKind;

    #[test]
    fn each_word_of_a_stage_is_said_once() {
        for stage in Stage::ALL {
            assert_eq!(Stage::from_name(stage.name()), Some(*stage));
            let labels = stage.labels().iter().map(|label| label.name());
            let mut words: Vec<_> = labels
                .chain(stage.numbers().iter().map(|number| number.name()))
                .chain(
                    [stage.subject_noun()]
                        .into_iter()
                        .filter(|_| stage.attribute().is_some()),
                )
                .collect();
            let n = words.len();
            words.sort_unstable();
            words.dedup();
            assert_eq!(words.len(), n, "{stage}");
        }
    }

    #[test]
    fn what_counts_items_is_a_count_that_a_call_can_carry() {
        for stage in Stage::ALL {
            for number in stage.items() {
                assert!(stage.numbers().contains(number), "{stage}: {number}");
                assert!(
                    number.is_amount() && number.kind() == NumberKind::Count,
                    "{stage}: {number}"
                );
            }
        }
    }

    /// A row says the variant and the name of each word, and how it adds up: they are those of its own table.
    macro_rules! rows_agree {
        ($(
            $(#[$doc:meta])*
            $variant:ident $name:ident of $noun:ident {
                $(call $call:ident($subject:ident $(or $function:ident)?) $tracks:literal $timed:literal;)?
                labels { $($label:ident $label_variant:ident $label_doc:literal;)* }
                counts { $($count:ident $count_variant:ident $count_doc:literal;)* }
                reals { $($real:ident $real_variant:ident $real_doc:literal;)* }
                $(times { $($time:ident $time_variant:ident $time_doc:literal;)* })?
                $(levels { $($level:ident $level_variant:ident $level_doc:literal;)* })?
                items [$($items:ident),*];
                $($by_epoch:ident;)?
            }
        )+) => {
            #[test]
            fn rows_agree_with_the_other_tables() {
                $(
                    $(assert_eq!(Label::$label_variant.name(), stringify!($label));)*
                    $(
                        assert_eq!(Number::$count_variant.name(), stringify!($count));
                        assert_eq!(Number::$count_variant.kind(), NumberKind::Count);
                    )*
                    $(
                        assert_eq!(Number::$real_variant.name(), stringify!($real));
                        assert_eq!(Number::$real_variant.kind(), NumberKind::Real);
                    )*
                    $($(
                        assert_eq!(Number::$time_variant.name(), stringify!($time));
                        assert_eq!(Number::$time_variant.kind(), NumberKind::Time);
                    )*)?
                    $($(
                        assert_eq!(Number::$level_variant.name(), stringify!($level));
                        assert_eq!(Number::$level_variant.kind(), NumberKind::Level);
                    )*)?
                )+
            }
        };
    }

    crate::for_each_stage!(rows_agree);
}
