//! Iterators and streams: one call from the first item asked for to the last.

use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use aimlm::{Metrics, track_inference, track_operation};
use futures_core::Stream;

use crate::clock::{Watch, sleep_ms};
use crate::figures::page;

#[track_inference(model = "tokens", batch_size = 1, metrics = metrics)]
fn tokens(metrics: &Metrics, n: u64) -> impl Iterator<Item = u64> + use<> {
    (0..n).inspect(|_| sleep_ms(2))
}

struct Counter(u64);

impl Stream for Counter {
    type Item = u64;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<u64>> {
        sleep_ms(2);
        self.0 = self.0.saturating_sub(1);
        Poll::Ready((self.0 > 0).then_some(self.0))
    }
}

#[track_operation(name = "stream", metrics = metrics)]
fn counted(metrics: &Metrics, n: u64) -> impl Stream<Item = u64> + use<> {
    Counter(n)
}

/// Time between items belongs to the call; what is dropped before its end is cancelled.
#[test]
fn iterators() {
    let (metrics, ended, cut) = (Metrics::default_instance(), Watch::new(), Watch::new());
    for n in 0..6 {
        let watch = if n % 3 == 2 { &cut } else { &ended };
        let mut open = watch.open();
        let mut items = tokens(&metrics, 4);
        open.body(|| {
            items.next();
            sleep_ms(10);
            if n % 3 != 2 {
                assert_eq!(items.by_ref().count(), 3);
            }
        });
        drop(items);
        watch.close(&open);
        sleep_ms(20);
    }
    let page = page(&metrics);
    let calls = page.inference("tokens");
    assert_eq!(calls.counts(), [6, 0, 4, 0, 0, 2]);
    assert_eq!(calls.items().total(), Some(4));
    // The first item ends when the body begins to wait, the last when it has been given: all lies within.
    ended.total().hold("total", calls.latency("total"));
    cut.total().hold("cancelled", calls.failed_latency("total"));
    ended.busy().rate(4.0).hold("items/s", calls.items().per_second());
    let busy = (ended.busy(), cut.busy());
    crate::clock::Bounds {
        low: busy.0.low + busy.1.low,
        high: busy.0.high + busy.1.high,
    }
    .hold("busy", calls.busy());
}

#[test]
fn streams() {
    let (metrics, watch) = (Metrics::default_instance(), Watch::new());
    for _ in 0..5 {
        let mut open = watch.open();
        let mut stream = Box::pin(counted(&metrics, 5));
        let mut poll = || stream.as_mut().poll_next(&mut Context::from_waker(Waker::noop()));
        open.body(|| {
            let mut n = 0;
            while let Poll::Ready(Some(_)) = poll() {
                n += 1;
                sleep_ms(1);
            }
            assert_eq!(n, 4);
        });
        drop(stream);
        watch.close(&open);
        sleep_ms(25);
    }
    let page = page(&metrics);
    let calls = page.operation("stream");
    assert_eq!(calls.counts(), [5, 0, 5, 0, 0, 0]);
    watch.total().hold("total", calls.latency("total"));
    watch.busy().hold("busy", calls.busy());
    watch.busy().rate(5.0).hold("calls/s", calls.calls_per_second());
}
