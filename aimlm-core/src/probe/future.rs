//! Futures that carry a call to its end.

use core::future::{Future, IntoFuture};
use core::pin::Pin;
use core::task::{Context, Poll};

use pin_project_lite::pin_project;

use super::{Abandoned, Call, DeferredCall, Values};
use crate::event::Outcome;

pin_project! {
    /// What an async function waits for, or all of its body. The call ends in the function itself: all that it has to
    /// be told is whether this unwound or was dropped.
    ///
    /// It is dropped before the call, so that what its drop does still belongs to the call.
    #[must_use = "futures do nothing unless awaited"]
    #[derive(Debug)]
    pub struct Carried<'a, F> {
        #[pin]
        future: F,
        // A reference alone would take the function's own future its unwind safety.
        abandoned: Abandoned<'a>,
    }
}

/// Waits for something under a call.
#[cfg_attr(not(debug_assertions), inline(always))]
pub fn carry<F: IntoFuture>(future: F, abandoned: Abandoned<'_>) -> Carried<'_, F::IntoFuture> {
    Carried {
        future: future.into_future(),
        abandoned,
    }
}

/// Dropped by a poll that unwinds, or that is the last: then a call left unfinished has panicked.
struct UnwindingPoll<'a>(Option<&'a mut Outcome>);

impl Drop for UnwindingPoll<'_> {
    fn drop(&mut self) {
        if let Some(abandoned) = &mut self.0 {
            **abandoned = Outcome::Panicked;
        }
    }
}

impl<F: Future> Future for Carried<'_, F> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let unwinding = UnwindingPoll(this.abandoned.as_deref_mut());
        let polled = this.future.poll(context);
        // What runs in the function after this can no longer be cancelled, only unwind.
        if polled.is_pending() {
            core::mem::forget(unwinding);
        }
        polled
    }
}

pin_project! {
    /// A future that a function handed out, together with the function's call.
    #[must_use = "futures do nothing unless awaited"]
    #[derive(Debug)]
    pub struct WatchedFuture<F, V: Values, K, J> {
        #[pin]
        future: F,
        call: DeferredCall<V, K>,
        judge: Option<J>,
    }
}

/// The call starts with the future's first poll and is timed from the function's; `judge` finishes it.
#[cfg_attr(not(debug_assertions), inline(always))]
pub fn watch_future<F, V, K, J>(
    call: impl Into<DeferredCall<V, K>>,
    future: F,
    judge: J,
) -> WatchedFuture<F, V, K, J>
where
    F: Future,
    V: Values,
    J: FnOnce(&F::Output, Call<V, K>),
{
    WatchedFuture {
        future,
        call: call.into(),
        judge: Some(judge),
    }
}

impl<F, V, K, J> Future for WatchedFuture<F, V, K, J>
where
    F: Future,
    V: Values,
    J: FnOnce(&F::Output, Call<V, K>),
{
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let future = this.future;
        let polled = this.call.step(|| future.poll(context));
        match &polled {
            Poll::Pending => this.call.abandon_as(Outcome::Cancelled),
            Poll::Ready(returned) => {
                if let (Some(call), Some(judge)) = (this.call.end(), this.judge.take()) {
                    judge(returned, call);
                }
            }
        }
        polled
    }
}

/// Tells the compiler what a future returns before it looks inside.
#[cfg_attr(not(debug_assertions), inline(always))]
pub const fn future_of<T, F: Future<Output = T>>(future: F) -> F {
    future
}
