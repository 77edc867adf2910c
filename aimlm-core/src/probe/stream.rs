//! Streams that carry a call to their last item.

use core::pin::Pin;
use core::task::{Context, Poll};

use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;

use super::{DeferredCall, Values};
use crate::event::Outcome;

pin_project! {
    /// A stream that a function handed out, together with the function's call.
    #[must_use = "streams do nothing unless polled"]
    #[derive(Debug)]
    pub struct WatchedStream<S, V: Values, K, J> {
        #[pin]
        stream: S,
        call: DeferredCall<V, K>,
        judge: J,
        failed: bool,
    }
}

/// The call starts with the first poll, is timed from the function's call, and ends with the last item.
///
/// `judge` looks at each item; one that is an error makes the call an error.
#[cfg_attr(not(debug_assertions), inline(always))]
pub fn watch_stream<S, V, K, J>(
    call: impl Into<DeferredCall<V, K>>,
    stream: S,
    judge: J,
) -> WatchedStream<S, V, K, J>
where
    S: Stream,
    V: Values,
    J: FnMut(&S::Item) -> Outcome,
{
    WatchedStream {
        stream,
        call: call.into(),
        judge,
        failed: false,
    }
}

impl<S, V, K, J> Stream for WatchedStream<S, V, K, J>
where
    S: Stream,
    V: Values,
    J: FnMut(&S::Item) -> Outcome,
{
    type Item = S::Item;

    #[inline]
    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<S::Item>> {
        let this = self.project();
        let stream = this.stream;
        let polled = this.call.step(|| stream.poll_next(context));
        if let Poll::Ready(Some(item)) = &polled {
            *this.failed |= (this.judge)(item) == Outcome::Error;
        }
        let failed = *this.failed;
        if let Poll::Ready(None) = &polled {
            if let Some(mut call) = this.call.end() {
                call.finish(if failed { Outcome::Error } else { Outcome::Ok }, ());
            }
        } else {
            this.call.abandon_as(if failed {
                Outcome::Error
            } else {
                Outcome::Cancelled
            });
        }
        polled
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.stream.size_hint()
    }
}

impl<S, V, K, J> FusedStream for WatchedStream<S, V, K, J>
where
    S: FusedStream,
    V: Values,
    J: FnMut(&S::Item) -> Outcome,
{
    #[inline]
    fn is_terminated(&self) -> bool {
        self.stream.is_terminated()
    }
}

/// Tells the compiler what a stream yields before it looks inside.
#[cfg_attr(not(debug_assertions), inline(always))]
pub const fn stream_of<T, S: Stream<Item = T>>(stream: S) -> S {
    stream
}
