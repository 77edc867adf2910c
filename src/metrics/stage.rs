//! The stages, as types: each has the numbers and texts that make sense for it, the same as its attribute.

use aimlm_core::event::{Label, Payload, Stage};
use aimlm_core::probe::{Count, Real, Text};

use super::{Guard, Track};

/// A stage as a type.
pub trait Kind: sealed::Sealed {
    /// The same, as a value.
    const STAGE: Stage;
}

mod sealed {
    pub trait Sealed {}
}

/// What is said before a call, and what is said while it runs.
macro_rules! stages {
    ($(
        $(#[$doc:meta])*
        $variant:ident $name:ident of $noun:ident {
            $(call $call:ident($subject:ident $(or $function:ident)?) $tracks:literal $times:literal;)?
            labels { $($label:ident $label_variant:ident $label_doc:literal;)* }
            counts { $($count:ident $count_variant:ident $count_doc:literal;)* }
            reals { $($real:ident $real_variant:ident $real_doc:literal;)* }
            items [$($items:ident),*];
            $($by_epoch:ident;)?
        }
    )+) => {$(
        #[doc = concat!("[`Stage::", stringify!($variant), "`].")]
        #[derive(Debug, Clone, Copy)]
        pub struct $variant;

        impl sealed::Sealed for $variant {}

        impl Kind for $variant {
            const STAGE: Stage = Stage::$variant;
        }

        impl<'a> Track<'a, $variant> {
            $(
                #[doc = $label_doc]
                pub fn $label(self, $label: &'a (impl Text + ?Sized)) -> Self {
                    self.with_text(Label::$label_variant, $label.text())
                }
            )*
            $(
                #[doc = $count_doc]
                #[inline]
                pub fn $count(self, $count: impl Count) -> Self {
                    self.with(Payload::$count_variant, $count.count())
                }
            )*
            $(
                #[doc = $real_doc]
                #[inline]
                pub fn $real(self, $real: impl Real) -> Self {
                    self.with(Payload::$real_variant, $real.real())
                }
            )*
        }

        impl Guard<$variant> {
            $(
                #[doc = $count_doc]
                #[inline]
                pub fn $count(&mut self, $count: impl Count) -> &mut Self {
                    self.set(Payload::$count_variant, $count.count())
                }
            )*
            $(
                #[doc = $real_doc]
                #[inline]
                pub fn $real(&mut self, $real: impl Real) -> &mut Self {
                    self.set(Payload::$real_variant, $real.real())
                }
            )*
        }
    )+};
}

aimlm_vocabulary::for_each_stage!(stages);
