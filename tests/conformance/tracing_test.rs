//! Stands in for the unpublished helpers of tracing's own tests.
#![allow(dead_code)]

use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

/// A future that is ready after so many polls.
pub struct PollN<T, E> {
    result: Option<Result<T, E>>,
    left: usize,
}

impl PollN<(), ()> {
    pub fn new_ok(polls: usize) -> Self {
        Self { result: Some(Ok(())), left: polls }
    }

    pub fn new_err(polls: usize) -> Self {
        Self { result: Some(Err(())), left: polls }
    }
}

impl<T, E> PollN<T, E> {
    pub fn new(result: Result<T, E>, polls: usize) -> Self {
        Self { result: Some(result), left: polls }
    }
}

impl<T: Unpin, E: Unpin> Future for PollN<T, E> {
    type Output = Result<T, E>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.left = self.left.saturating_sub(1);
        if self.left == 0 {
            return Poll::Ready(self.result.take().expect("polled after its end"));
        }
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

/// Runs a future that needs no reactor.
pub fn block_on_future<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return output;
        }
    }
}
