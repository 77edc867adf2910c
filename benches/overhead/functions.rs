//! What is called: each way to record a call, and what it is held against.

use std::future::Future;
use std::hint::black_box;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use aimlm::{Metrics, track_inference, track_operation, track_training_step};
use futures_core::Stream;

#[inline(never)]
pub(crate) fn plain(x: u64) -> u64 {
    black_box(x).wrapping_add(1)
}

#[track_inference(model = "annotated")]
#[inline(never)]
pub(crate) fn annotated(x: u64) -> u64 {
    black_box(x).wrapping_add(1)
}

#[track_inference(model = "batch", batch_size = (x & 15) + 1)]
#[inline(never)]
pub(crate) fn batch(x: u64) -> u64 {
    black_box(x).wrapping_add(1)
}

#[track_inference(model = "tokens", tokens_out = |out| *out & 63)]
#[inline(never)]
pub(crate) fn tokens(x: u64) -> u64 {
    black_box(x).wrapping_add(1)
}

#[track_inference(model = "three", batch_size = 8, tokens_in = x & 63, tokens_out = |out| *out & 63)]
#[inline(never)]
pub(crate) fn three(x: u64) -> u64 {
    black_box(x).wrapping_add(1)
}

#[track_inference(model = "result")]
#[inline(never)]
pub(crate) fn fallible(x: u64) -> Result<u64, String> {
    Ok(black_box(x).wrapping_add(1))
}

#[track_training_step(model = "real", loss = real(x))]
#[inline(never)]
pub(crate) fn one_real(x: u64) -> u64 {
    black_box(x).wrapping_add(1)
}

#[track_training_step(model = "count and real", batch_size = (x & 15) + 1, loss = real(x))]
#[inline(never)]
pub(crate) fn count_and_real(x: u64) -> u64 {
    black_box(x).wrapping_add(1)
}

#[track_training_step(
    model = "reals", loss = real(x), accuracy = real(x + 1), learning_rate = real(x + 2), gradient_norm = real(x + 3)
)]
#[inline(never)]
pub(crate) fn four_reals(x: u64) -> u64 {
    black_box(x).wrapping_add(1)
}

#[inline(always)]
fn real(x: u64) -> f64 {
    (x & 1023) as f64 + 0.5
}

#[track_inference(model = "own", metrics = metrics)]
#[inline(never)]
pub(crate) fn own(metrics: &Metrics, x: u64) -> u64 {
    black_box(x).wrapping_add(1)
}

#[track_inference(model = name)]
#[inline(never)]
pub(crate) fn dynamic(name: &str, x: u64) -> u64 {
    black_box(x).wrapping_add(1)
}

#[track_inference(model = "async")]
pub(crate) async fn ready(x: u64) -> u64 {
    black_box(x).wrapping_add(1)
}

/// Waits for one poll.
struct Yield(bool);

impl Future for Yield {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        if std::mem::replace(&mut self.0, true) {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }
}

#[track_inference(model = "ten polls")]
pub(crate) async fn ten_polls(x: u64) -> u64 {
    for _ in 0..9 {
        Yield(false).await;
    }
    black_box(x).wrapping_add(1)
}

pub(crate) async fn plain_ten_polls(x: u64) -> u64 {
    for _ in 0..9 {
        Yield(false).await;
    }
    black_box(x).wrapping_add(1)
}

/// A stream of numbers, as a model would stream tokens.
pub(crate) struct Tokens(pub(crate) u64);

impl Stream for Tokens {
    type Item = u64;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<u64>> {
        self.0 = black_box(self.0).wrapping_sub(1);
        Poll::Ready((self.0 > 0).then_some(self.0))
    }
}

#[track_operation]
pub(crate) fn tokens_of(items: u64) -> impl Stream<Item = u64> {
    Tokens(items)
}

pub(crate) fn poll_to_end<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return output;
        }
    }
}

pub(crate) fn drain(stream: impl Stream<Item = u64>) {
    let mut stream = pin!(stream);
    while let Poll::Ready(Some(item)) = stream.as_mut().poll_next(&mut Context::from_waker(Waker::noop())) {
        black_box(item);
    }
}

/// Two counter reads and the call.
#[inline(always)]
pub(crate) fn floor(clock: &quanta::Clock, x: u64) {
    let start = clock.raw();
    black_box(plain(x));
    black_box(clock.raw().wrapping_sub(start));
}
