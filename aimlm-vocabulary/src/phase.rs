use core::fmt;

macro_rules! phases {
    ($($(#[$doc:meta])* $variant:ident $name:ident;)+) => {
        /// A part of a call that has a meaning to the analysis. Any other text names a phase too.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Phase {
            $($(#[$doc])* $variant,)+
        }

        impl Phase {
            /// Every phase: those of a request, then those of a training step, in the order in which they come.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The phase's name in macros, reports and exports, `snake_case`.
            #[must_use]
            #[inline]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => stringify!($name)),+ }
            }

            /// The phase of this name.
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|phase| phase.name() == name)
            }
        }
    };
}

crate::for_each_phase!(phases);

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
