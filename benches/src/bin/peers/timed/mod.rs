//! Peers that are given a duration: what stands around the call is `Instant::now` and `elapsed`.

mod metrics;
mod mutex_hdr;
mod opentelemetry;
mod prometheus;

use std::marker::PhantomData;
use std::time::{Duration, Instant};

pub(crate) use metrics::Metrics;
pub(crate) use mutex_hdr::MutexHdr;
pub(crate) use opentelemetry::OpenTelemetry;
pub(crate) use prometheus::Prometheus;

use crate::work::{Peer, work, work_of_ten_polls};

pub(crate) trait Recorder: 'static {
    const NAME: &'static str;
    const HOW: &'static str;

    fn set_up() {}
    fn record(took: Duration);
    fn other(took: Duration);
    fn batch(took: Duration, items: u64);
    fn real(took: Duration, real: f64);
    fn reals(took: Duration, reals: [f64; 4]);
    fn named(took: Duration, name: &str);
    /// Records in an instance of its own, made now.
    fn own() -> impl Fn(Duration) + Sync;
    fn counted() -> Option<u64>;
}

pub(crate) struct Timed<R>(PhantomData<R>);

impl<R: Recorder> Peer for Timed<R> {
    const NAME: &'static str = R::NAME;
    const HOW: &'static str = R::HOW;

    fn set_up() {
        R::set_up();
    }

    #[inline(always)]
    fn call(x: u64) -> u64 {
        let start = Instant::now();
        let y = work(x);
        R::record(start.elapsed());
        y
    }

    #[inline(always)]
    fn other(x: u64) -> u64 {
        let start = Instant::now();
        let y = work(x);
        R::other(start.elapsed());
        y
    }

    async fn ready(x: u64) -> u64 {
        Self::call(x)
    }

    async fn ten_polls(x: u64) -> u64 {
        let start = Instant::now();
        let y = work_of_ten_polls(x).await;
        R::record(start.elapsed());
        y
    }

    #[inline(always)]
    fn batch(x: u64, items: u64) -> u64 {
        let start = Instant::now();
        let y = work(x);
        R::batch(start.elapsed(), items);
        y
    }

    #[inline(always)]
    fn real(x: u64, real: f64) -> u64 {
        let start = Instant::now();
        let y = work(x);
        R::real(start.elapsed(), real);
        y
    }

    #[inline(always)]
    fn reals(x: u64, reals: [f64; 4]) -> u64 {
        let start = Instant::now();
        let y = work(x);
        R::reals(start.elapsed(), reals);
        y
    }

    #[inline(always)]
    fn named(name: &str, x: u64) -> u64 {
        let start = Instant::now();
        let y = work(x);
        R::named(start.elapsed(), name);
        y
    }

    fn own() -> Option<impl Fn(u64) -> u64 + Sync> {
        let record = R::own();
        Some(move |x| {
            let start = Instant::now();
            let y = work(x);
            record(start.elapsed());
            y
        })
    }

    fn counted() -> Option<u64> {
        R::counted()
    }
}
