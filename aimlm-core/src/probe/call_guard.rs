//! Ends the call of a body that runs in its own place.

use super::{Call, Values};
use crate::event::Outcome;

/// A call that ends when the function is left.
#[derive(Debug)]
pub struct CallGuard<V: Values, K> {
    call: Option<Call<V, K>>,
    left: Outcome,
    // A function called by a drop while the thread unwinds has not panicked itself.
    unwinding: bool,
}

impl<V: Values, K> CallGuard<V, K> {
    /// `left` is the outcome of a call that nothing else ends, unless the thread unwinds.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn new(call: Call<V, K>, left: Outcome) -> Self {
        Self {
            call: Some(call),
            left,
            unwinding: std::thread::panicking(),
        }
    }

    /// A `?` leaves the function, or does not.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn leaving(&mut self, outcome: Option<Outcome>) {
        if let Some(outcome) = outcome
            && let Some(mut call) = self.call.take()
        {
            call.finish(outcome, ());
        }
    }

    /// The body returned.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn finish<W: Values>(&mut self, outcome: Outcome, more: W) {
        if let Some(mut call) = self.call.take() {
            call.finish(outcome, more);
        }
    }

    pub(super) fn into_call(mut self) -> Option<Call<V, K>> {
        self.call.take()
    }
}

impl<V: Values, K> Drop for CallGuard<V, K> {
    #[inline]
    fn drop(&mut self) {
        if let Some(mut call) = self.call.take() {
            let unwound = !self.unwinding && std::thread::panicking();
            call.set_abandoned(if unwound { Outcome::Panicked } else { self.left });
        }
    }
}
