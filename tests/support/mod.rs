//! What the tests share: a small executor, and what was recorded.
#![allow(dead_code, unreachable_pub)]

use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, Waker};

use aimlm::{Metrics, SeriesSnapshot, Snapshot, Stage};

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

/// Every series of a subject in the global instance.
pub fn all(stage: Stage, subject: &str) -> Vec<SeriesSnapshot> {
    Metrics::global()
        .snapshot()
        .subject(stage, subject)
        .cloned()
        .collect()
}

/// The one series of a subject in the global instance.
pub fn one(stage: Stage, subject: &str) -> SeriesSnapshot {
    of(&Metrics::global(), stage, subject)
}

/// The one series of a subject in an instance.
pub fn of(metrics: &Metrics, stage: Stage, subject: &str) -> SeriesSnapshot {
    let snapshot = metrics.snapshot();
    let found: Vec<_> = snapshot.subject(stage, subject).collect();
    assert_eq!(found.len(), 1, "{subject}");
    found[0].clone()
}

/// The numbers that the calls of a series carried, in the order in which they ended.
pub fn numbers(series: &SeriesSnapshot, field: &str) -> Vec<f64> {
    let values = series.history.calls().flat_map(|call| call.values());
    values
        .filter(|(own, _)| own.name() == field)
        .map(|(_, value)| value)
        .collect()
}

/// What holds in every snapshot, whatever is under way: a call that started, as its start was counted, has ended or is
/// in flight.
pub fn books_balance(snapshot: &aimlm::Snapshot) {
    for series in &snapshot.series {
        let ended = series.outcomes.ended();
        assert_eq!(series.started, ended + series.in_flight, "{}", series.subject);
        assert!(series.carried <= series.started, "{}", series.subject);
    }
    assert_eq!(snapshot.engine.internal_faults, 0);
}

/// Calls that a test makes, counted by itself.
#[derive(Default)]
pub struct Made {
    begun: AtomicU64,
    ended: AtomicU64,
}

impl Made {
    pub const fn new() -> Self {
        Self {
            begun: AtomicU64::new(0),
            ended: AtomicU64::new(0),
        }
    }

    /// Before so many calls begin, or may.
    pub fn begin(&self, calls: u64) {
        self.begun.fetch_add(calls, Ordering::SeqCst);
    }

    /// After so many of them ended, and so many did not begin.
    pub fn end(&self, calls: u64, not_begun: u64) {
        self.ended.fetch_add(calls, Ordering::SeqCst);
        self.begun.fetch_sub(not_begun, Ordering::SeqCst);
    }

    /// Takes a snapshot, of which what is in flight is no more, and what ended no less, than the test knows of.
    pub fn holds(
        &self,
        take: impl FnOnce() -> Snapshot,
        is_ours: impl Fn(&SeriesSnapshot) -> bool,
    ) -> Snapshot {
        let ended = self.ended.load(Ordering::SeqCst);
        let snapshot = take();
        let begun = self.begun.load(Ordering::SeqCst);
        let ours = || snapshot.series.iter().filter(|series| is_ours(series));
        let started: u64 = ours().map(|series| series.started).sum();
        let in_flight: u64 = ours().map(|series| series.in_flight).sum();
        let seen: u64 = ours().map(|series| series.outcomes.ended()).sum();
        assert!(
            ended <= seen && seen <= started && started <= begun,
            "{ended} {seen} {started} {begun}"
        );
        assert!(in_flight <= begun - ended, "{in_flight} {begun} {ended}");
        books_balance(&snapshot);
        snapshot
    }
}

/// Resident memory of this process in bytes; none where the system has no `/proc`.
pub fn resident_bytes() -> Option<u64> {
    let statm = std::fs::read_to_string("/proc/self/statm").ok()?;
    Some(statm.split_whitespace().nth(1)?.parse::<u64>().ok()? * 4096)
}

/// Polls a future once.
pub fn poll_once<F: Future>(future: std::pin::Pin<&mut F>) {
    let _ = future.poll(&mut Context::from_waker(Waker::noop()));
}
