//! Futures that carry a call to its end.

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};

use pin_project_lite::pin_project;

use super::{Call, Handed, Values};
use crate::event::Outcome;

pin_project! {
    /// The body of an async function together with its call.
    ///
    /// The body is dropped before the call, so that what its drop does still belongs to the call.
    #[must_use = "futures do nothing unless awaited"]
    #[derive(Debug)]
    pub struct Carried<F, V: Values, K> {
        #[pin]
        body: F,
        call: Option<Call<V, K>>,
    }
}

/// Hands back the call with what the body returned.
#[cfg_attr(not(debug_assertions), inline(always))]
pub fn carry<F: Future, V: Values, K>(mut call: Call<V, K>, body: F) -> Carried<F, V, K> {
    call.set_abandoned(Outcome::Cancelled);
    Carried {
        body,
        call: Some(call),
    }
}

/// Dropped only by a poll that unwinds: then the call has panicked.
struct Unwinding<'a, V: Values, K>(&'a mut Call<V, K>);

impl<V: Values, K> Drop for Unwinding<'_, V, K> {
    fn drop(&mut self) {
        self.0.set_abandoned(Outcome::Panicked);
    }
}

impl<F: Future, V: Values, K> Future for Carried<F, V, K> {
    type Output = (F::Output, Call<V, K>);

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let Some(call) = this.call else {
            return Poll::Pending;
        };
        let unwinding = Unwinding(call);
        let polled = this.body.poll(context);
        core::mem::forget(unwinding);
        match polled {
            Poll::Pending => Poll::Pending,
            Poll::Ready(returned) => match this.call.take() {
                Some(call) => Poll::Ready((returned, call)),
                None => Poll::Pending,
            },
        }
    }
}

pin_project! {
    /// A future that a function handed out, together with the function's call.
    #[must_use = "futures do nothing unless awaited"]
    #[derive(Debug)]
    pub struct Watched<F, V: Values, K, J> {
        #[pin]
        future: F,
        call: Handed<V, K>,
        judge: Option<J>,
    }
}

/// The call starts with the future's first poll and is timed from the function's; `judge` finishes it.
#[cfg_attr(not(debug_assertions), inline(always))]
pub fn watch_future<F, V, K, J>(call: impl Into<Handed<V, K>>, future: F, judge: J) -> Watched<F, V, K, J>
where
    F: Future,
    V: Values,
    J: FnOnce(&F::Output, Call<V, K>),
{
    Watched {
        future,
        call: call.into(),
        judge: Some(judge),
    }
}

impl<F, V, K, J> Future for Watched<F, V, K, J>
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
