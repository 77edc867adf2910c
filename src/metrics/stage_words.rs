//! What the attribute of each stage takes, for calls by hand: its labels before the call, its numbers also while it runs.

use aimlm_core::event::{Label, Payload};
use aimlm_core::probe::{Count, Real, Text, Time};

use super::{Guard, Track, stage};

macro_rules! words {
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
    )+) => {$(
        impl<'a> Track<'a, stage::$variant> {
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
            $($(
                #[doc = $time_doc]
                #[inline]
                pub fn $time(self, $time: impl Time) -> Self {
                    self.with(Payload::$time_variant, $time.time())
                }
            )*)?
            $($(
                #[doc = $level_doc]
                #[inline]
                pub fn $level(self, $level: impl Real) -> Self {
                    self.with(Payload::$level_variant, $level.real())
                }
            )*)?
        }

        impl Guard<stage::$variant> {
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
            $($(
                #[doc = $time_doc]
                #[inline]
                pub fn $time(&mut self, $time: impl Time) -> &mut Self {
                    self.set(Payload::$time_variant, $time.time())
                }
            )*)?
            $($(
                #[doc = $level_doc]
                #[inline]
                pub fn $level(&mut self, $level: impl Real) -> &mut Self {
                    self.set(Payload::$level_variant, $level.real())
                }
            )*)?
        }
    )+};
}

aimlm_vocabulary::for_each_stage!(words);
