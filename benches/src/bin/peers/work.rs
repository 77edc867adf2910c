//! What every peer is asked to record.

use std::future::Future;
use std::hint::black_box;
use std::pin::Pin;
use std::task::{Context, Poll};

/// One way to measure calls.
pub(crate) trait Peer: 'static {
    const NAME: &'static str;
    /// How it is set up, as its documentation says.
    const HOW: &'static str;

    fn set_up() {}

    /// What groups a hundred calls, for those that want to be told.
    #[inline(always)]
    fn request(calls: impl FnOnce()) {
        calls();
    }

    fn call(x: u64) -> u64;
    /// A call of another series.
    fn other(x: u64) -> u64;
    fn ready(x: u64) -> impl Future<Output = u64>;
    fn ten_polls(x: u64) -> impl Future<Output = u64>;

    const BATCH: bool = true;
    fn batch(x: u64, _items: u64) -> u64 {
        x
    }

    /// Whether it can carry a number that is no count.
    const REALS: bool = true;
    fn real(x: u64, _real: f64) -> u64 {
        x
    }
    fn reals(x: u64, _reals: [f64; 4]) -> u64 {
        x
    }

    const NAMED: bool = true;
    fn named(_name: &str, x: u64) -> u64 {
        x
    }

    /// Makes a call in an instance of its own, which is made now; none for those that have but the global one.
    fn own() -> Option<impl Fn(u64) -> u64 + Sync> {
        None::<fn(u64) -> u64>
    }

    /// How many of the calls of [`call`](Self::call) it knows of now; none if it does not count.
    fn counted() -> Option<u64> {
        None
    }
}

#[inline(never)]
pub(crate) fn work(x: u64) -> u64 {
    black_box(x).wrapping_add(1)
}

/// Waits for one poll.
pub(crate) struct Yield(pub(crate) bool);

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

pub(crate) async fn work_of_ten_polls(x: u64) -> u64 {
    for _ in 0..9 {
        Yield(false).await;
    }
    work(x)
}
