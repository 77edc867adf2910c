//! Makes one kind of call many times and nothing else: for callgrind and perf.
//!
//! `cargo bench --bench instructions -- batch 100000`. `ci/callgrind` counts instructions with it.

use std::future::Future;
use std::hint::black_box;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use aimlm::{Metrics, track_inference};

#[inline(never)]
fn plain(x: u64) -> u64 {
    black_box(x).wrapping_add(1)
}

#[track_inference(model = "annotated")]
#[inline(never)]
fn annotated(x: u64) -> u64 {
    black_box(x).wrapping_add(1)
}

#[track_inference(model = "batch", batch_size = (x & 15) + 1)]
#[inline(never)]
fn batch(x: u64) -> u64 {
    black_box(x).wrapping_add(1)
}

#[track_inference(model = "three", batch_size = 8, tokens_in = x & 63, tokens_out = |out| *out & 63)]
#[inline(never)]
fn three(x: u64) -> u64 {
    black_box(x).wrapping_add(1)
}

#[track_inference(model = name)]
#[inline(never)]
fn dynamic(name: &str, x: u64) -> u64 {
    black_box(x).wrapping_add(1)
}

/// Pending so many times.
struct Polls(u64);

impl Future for Polls {
    type Output = ();

    #[inline(never)]
    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        match self.0.checked_sub(1) {
            Some(left) => {
                self.0 = black_box(left);
                Poll::Pending
            }
            None => Poll::Ready(()),
        }
    }
}

#[track_inference(model = "polls")]
async fn polls(x: u64, pending: u64) -> u64 {
    Polls(pending).await;
    black_box(x).wrapping_add(1)
}

#[track_inference(model = "awaits")]
async fn awaits(x: u64) -> u64 {
    for _ in 0..9 {
        Polls(1).await;
    }
    black_box(x).wrapping_add(1)
}

#[inline(never)]
fn poll_to_end(future: impl Future<Output = u64>) -> u64 {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return output;
        }
    }
}

fn guard(metrics: &Metrics, x: u64) -> u64 {
    let call = metrics.track_inference("guard").start();
    let result = plain(x);
    call.ok();
    result
}

/// The first calls start the clock and the collector, and allocate.
#[inline(always)]
fn repeat(calls: u64, mut call: impl FnMut(u64) -> u64) {
    for x in 0..20_480 {
        black_box(call(x));
    }
    counted(calls, call);
}

/// What callgrind counts.
#[inline(never)]
fn counted(calls: u64, mut call: impl FnMut(u64) -> u64) {
    for x in 0..calls {
        black_box(call(x));
    }
}

fn main() {
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    let kind = arguments.next().unwrap_or_default();
    let calls = arguments
        .next()
        .and_then(|calls| calls.parse().ok())
        .unwrap_or(1_000);
    let clock = quanta::Clock::new();
    let metrics = Metrics::global();
    match kind.as_str() {
        "floor" => repeat(calls, |x| {
            let start = clock.raw();
            black_box(plain(x));
            clock.raw().wrapping_sub(start)
        }),
        "batch" => repeat(calls, batch),
        "three" => repeat(calls, three),
        "dynamic" => repeat(calls, |x| dynamic("all-minilm-l6-v2", x)),
        "names" => {
            let names: Vec<String> = (0..100).map(|number| format!("model-{number}")).collect();
            let name = |x: u64| &names[(x.wrapping_mul(0x9E37_79B9) >> 7) as usize % names.len()];
            repeat(calls, |x| dynamic(name(x), x));
        }
        "guard" => repeat(calls, |x| guard(&metrics, x)),
        "async_ready" => repeat(calls, |x| poll_to_end(polls(x, 0))),
        "async_10_polls" => repeat(calls, |x| poll_to_end(polls(x, 9))),
        "async_9_awaits" => repeat(calls, |x| poll_to_end(awaits(x))),
        "off" => {
            metrics.set_enabled(false);
            repeat(calls, annotated);
        }
        _ => repeat(calls, annotated),
    }
}
