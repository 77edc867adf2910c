//! The call of what a function hands out: it ends when that ends.

use super::{Call, CallGuard, Pending, Values};
use crate::event::Outcome;

/// The call of something handed out: it starts when that is first used.
#[derive(Debug)]
pub enum DeferredCall<V: Values, K> {
    /// It waits for the first use.
    Waiting(Pending<V, K>),
    /// It runs.
    Running(Call<V, K>),
    /// It has ended.
    Ended,
}

impl<V: Values, K> DeferredCall<V, K> {
    /// Runs one step with the call in flight; a step that unwinds leaves the call to be dropped as panicked.
    #[inline]
    pub(super) fn step<R>(&mut self, step: impl FnOnce() -> R) -> R {
        if let Self::Waiting(_) = self
            && let Self::Waiting(pending) = core::mem::replace(self, Self::Ended)
        {
            *self = Self::Running(pending.begin());
        }
        self.abandon_as(Outcome::Panicked);
        step()
    }

    #[inline]
    pub(super) fn abandon_as(&mut self, outcome: Outcome) {
        if let Self::Running(call) = self {
            call.set_abandoned(outcome);
        }
    }

    /// The call, once.
    #[inline]
    pub(super) fn end(&mut self) -> Option<Call<V, K>> {
        match core::mem::replace(self, Self::Ended) {
            Self::Running(call) => Some(call),
            Self::Waiting(_) | Self::Ended => None,
        }
    }
}

impl<V: Values, K> From<Pending<V, K>> for DeferredCall<V, K> {
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn from(pending: Pending<V, K>) -> Self {
        Self::Waiting(pending)
    }
}

impl<V: Values, K> From<Call<V, K>> for DeferredCall<V, K> {
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn from(call: Call<V, K>) -> Self {
        Self::Running(call)
    }
}

impl<V: Values, K> From<CallGuard<V, K>> for DeferredCall<V, K> {
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn from(guard: CallGuard<V, K>) -> Self {
        guard.into_call().map_or(Self::Ended, Self::Running)
    }
}

/// Runs a function that hands something out; if it unwinds before, the call started and panicked.
#[cfg_attr(not(debug_assertions), inline(always))]
pub fn hand_out<V: Values, K, R>(pending: Pending<V, K>, body: impl FnOnce() -> R) -> (Pending<V, K>, R) {
    struct UnwindingBody<V: Values, K>(Option<Pending<V, K>>);

    impl<V: Values, K> Drop for UnwindingBody<V, K> {
        fn drop(&mut self) {
            drop(self.0.take().map(Pending::begin));
        }
    }

    let mut unwinding = UnwindingBody(Some(pending));
    let returned = body();
    match unwinding.0.take() {
        Some(pending) => (pending, returned),
        None => unreachable!("only this function and its drop take the call"),
    }
}
