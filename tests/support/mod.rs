//! What the tests share: a small executor, and what was recorded.
#![allow(dead_code)]

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use aimlm::__private::{Tally, tally};
use aimlm::{Field, Metrics, Stage};

/// Runs a future that needs no reactor.
pub fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return output;
        }
    }
}

/// Polls a future so many times and drops it.
pub fn poll_and_drop<F: Future>(future: F, polls: usize) {
    let mut future = pin!(future);
    for _ in 0..polls {
        let _ = future.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    }
}

/// Waits for one poll.
pub async fn yield_now() {
    let mut waited = false;
    std::future::poll_fn(|_| {
        if std::mem::replace(&mut waited, true) {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
}

/// The one series of a subject.
pub fn one(stage: Stage, subject: &str) -> Tally {
    let mut found = tally(None, stage, subject);
    assert_eq!(found.len(), 1, "{subject}");
    found.remove(0).1
}

/// The one series of a subject in an instance.
pub fn of(metrics: &Metrics, stage: Stage, subject: &str) -> Tally {
    let mut found = tally(Some(metrics), stage, subject);
    assert_eq!(found.len(), 1, "{subject}");
    found.remove(0).1
}

/// Whole numbers in the order of their coming.
pub fn numbers(tally: &Tally, field: &str) -> Vec<u64> {
    let found = tally.fields.iter().find(|(f, _)| f.name() == field);
    found.map(|(_, values)| values.clone()).unwrap_or_default()
}

/// Real numbers in the order of their coming.
pub fn reals(tally: &Tally, field: &str) -> Vec<f64> {
    let _ = Field::Loss;
    numbers(tally, field).into_iter().map(f64::from_bits).collect()
}
