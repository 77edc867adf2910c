//! The stages, as types.

use aimlm_core::event::Stage;

/// A stage as a type.
pub trait Kind: sealed::Sealed {
    /// The same, as a value.
    const STAGE: Stage;
}

mod sealed {
    pub trait Sealed {}
}

macro_rules! stages {
    ($(
        $(#[$doc:meta])*
        $variant:ident $name:ident of $noun:ident { $($words:tt)* }
    )+) => {$(
        #[doc = concat!("[`Stage::", stringify!($variant), "`].")]
        #[derive(Debug, Clone, Copy)]
        pub struct $variant;

        impl sealed::Sealed for $variant {}

        impl Kind for $variant {
            const STAGE: Stage = Stage::$variant;
        }
    )+};
}

aimlm_vocabulary::for_each_stage!(stages);
