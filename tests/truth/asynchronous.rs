//! Futures: in flight from their first poll to their end, whoever polls them, and cancelled when dropped.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use aimlm::{Metrics, track_inference, track_operation};

use crate::clock::{Open, Watch, sleep_ms};
use crate::figures::page;

async fn polls(n: usize) {
    for _ in 0..n {
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
}

#[track_operation(name = "future", metrics = metrics)]
async fn future(metrics: &Metrics, open: &mut Open, n: usize) {
    open.begun();
    polls(n).await;
    open.ending();
}

#[track_inference(model = "cut", batch_size = 4, tokens_out = |t: &u64| *t, metrics = metrics)]
async fn cut(metrics: &Metrics, n: usize) -> u64 {
    polls(n).await;
    7
}

fn poll<F: Future + ?Sized>(future: &mut Pin<Box<F>>) -> bool {
    future
        .as_mut()
        .poll(&mut Context::from_waker(Waker::noop()))
        .is_ready()
}

/// Two futures that are polled in turn with pauses between: each is in flight through its pauses.
#[test]
fn futures_polled_in_turn() {
    let (metrics, watch) = (Metrics::default_instance(), Watch::new());
    for _ in 0..4 {
        let mut first = watch.open();
        let mut second = watch.open();
        {
            let mut one = Box::pin(future(&metrics, &mut first, 3));
            let mut other = Box::pin(future(&metrics, &mut second, 4));
            poll(&mut one);
            sleep_ms(5);
            poll(&mut other);
            loop {
                sleep_ms(5);
                let ready = poll(&mut one);
                sleep_ms(2);
                if poll(&mut other) || ready {
                    break;
                }
            }
            while !poll(&mut other) {
                sleep_ms(4);
            }
        }
        watch.close(&first);
        watch.close(&second);
        sleep_ms(50);
    }
    let page = page(&metrics);
    let calls = page.operation("future");
    assert_eq!(calls.counts(), [8, 0, 8, 0, 0, 0]);
    watch.busy().hold("busy", calls.busy());
}

/// What was dropped before its end is cancelled, and no number of it counts.
#[test]
fn dropped_futures() {
    let (metrics, watch) = (Metrics::default_instance(), Watch::new());
    for n in 0..6 {
        let mut open = watch.open();
        let mut call = Box::pin(cut(&metrics, 2));
        open.body(|| {
            poll(&mut call);
            sleep_ms(10);
        });
        if n % 3 == 0 {
            while !poll(&mut call) {}
        }
        drop(call);
        watch.close(&open);
        sleep_ms(30);
    }
    // Never polled: never begun.
    drop(cut(&metrics, 1));
    let page = page(&metrics);
    let calls = page.inference("cut");
    assert_eq!(calls.counts(), [6, 0, 2, 0, 0, 4]);
    assert_eq!(calls.latency("count"), Some(2.0));
    assert_eq!(calls.failed_latency("count"), Some(4.0));
    assert_eq!(calls.items().total(), Some(8));
    assert_eq!(calls.number("batch_size", "count"), Some(2.0));
    assert_eq!(calls.failed_number("batch_size", "count"), Some(4.0));
    assert_eq!(calls.number("tokens_out", "total"), Some(14.0));
}

/// Futures by hand, on threads, all at once: what is in flight is exact at every moment.
#[test]
fn in_flight_across_threads() {
    let metrics = Metrics::default_instance();
    let mut calls: Vec<_> = (0..20).map(|_| Box::pin(cut(&metrics, 1))).collect();
    for (begun, call) in calls.iter_mut().enumerate() {
        poll(call);
        assert_eq!(
            page(&metrics).inference("cut").counts()[..2],
            [begun as u64 + 1, begun as u64 + 1]
        );
    }
    let (some, rest) = calls.split_at_mut(9);
    std::thread::scope(|scope| {
        for call in some {
            scope.spawn(move || while !poll(call) {});
        }
    });
    assert_eq!(page(&metrics).inference("cut").counts(), [20, 11, 9, 0, 0, 0]);
    drop(rest.iter_mut().map(poll).collect::<Vec<_>>());
    drop(calls);
    assert_eq!(page(&metrics).inference("cut").counts(), [20, 0, 20, 0, 0, 0]);
}
