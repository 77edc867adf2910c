macro_rules! labels {
    ($($(#[$doc:meta])* $variant:ident $name:ident;)+) => {
        /// A text that, beside stage and subject, tells one series from another.
        #[derive(Clone, Copy, PartialEq, Eq, Hash)]
        pub struct Label(u8);

        #[allow(non_camel_case_types)]
        enum Row {
            $($name,)+
        }

        #[allow(non_upper_case_globals)]
        impl Label {
            $($(#[$doc])* pub const $variant: Self = Self(Row::$name as u8);)+

            /// Every label of the table.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            const NAMES: &'static [&'static str] = &[$(stringify!($name)),+];

            const CONSTANTS: &'static [&'static str] = &[$(stringify!($variant)),+];
        }
    };
}

crate::for_each_label!(labels);
crate::word::word!(Label, "label", 128);
