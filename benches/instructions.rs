//! Makes one kind of call many times and nothing else: for callgrind and perf.
//!
//! `cargo bench --bench instructions -- batch 100000`. `ci/callgrind` counts instructions with it. Each kind is what one
//! turn of the loop takes, the function's own body and the loop with it, and nothing taken off:
//!
//! | kind | one turn |
//! |---|---|
//! | `floor` | two counter reads and the call, which the others are held against |
//! | `annotated`, `result` | an annotated function that returns a number, a `Result` |
//! | `batch`, `three` | one count, three |
//! | `count_real`, `reals`, `step` | one count and one real, four reals, three of each as a training step has them |
//! | `dynamic`, `names` | a name known at run time, 100 of them in turn |
//! | `own` | a call that goes to an instance of one's own (`metrics = …`) |
//! | `guard`, `closure` | by hand: told of its success, or around a closure (both in one program, so that what they share is out of line; a guard alone takes 58 fewer) |
//! | `async_ready`, `async_10_polls`, `async_9_awaits` | a future polled once; ten times, by one wait or by nine |
//! | `plain_ready`, `plain_10_polls` | the same two, not annotated |
//! | `stream_10`, `stream_100` | a stream of so many items, to its end |
//! | `plain_stream_10`, `plain_stream_100` | the same, not annotated |
//! | `off` | an annotated function while recording is switched off |

use std::future::Future;
use std::hint::black_box;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use aimlm::{Config, Metrics, track_inference, track_operation, track_training_step};
use futures_core::Stream;

#[inline(never)]
fn plain(x: u64) -> u64 {
    black_box(x).wrapping_add(1)
}

#[track_inference(model = "annotated")]
#[inline(never)]
fn annotated(x: u64) -> u64 {
    black_box(x).wrapping_add(1)
}

#[track_inference(model = "result")]
#[inline(never)]
fn result(x: u64) -> Result<u64, String> {
    Ok(black_box(x).wrapping_add(1))
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

#[track_training_step(model = "count and real", batch_size = (x & 15) + 1, loss = real(x))]
#[inline(never)]
fn count_real(x: u64) -> u64 {
    black_box(x).wrapping_add(1)
}

#[track_training_step(
    model = "reals", loss = real(x), accuracy = real(x + 1), learning_rate = real(x + 2), gradient_norm = real(x + 3)
)]
#[inline(never)]
fn reals(x: u64) -> u64 {
    black_box(x).wrapping_add(1)
}

#[track_training_step(
    model = "step", step = x, epoch = x >> 10, num_samples = 32,
    loss = real(x), learning_rate = real(x + 2), gradient_norm = real(x + 3)
)]
#[inline(never)]
fn step(x: u64) -> u64 {
    black_box(x).wrapping_add(1)
}

/// A few instructions that give no two calls in a row the same number.
#[inline(always)]
fn real(x: u64) -> f64 {
    (x & 1023) as f64 + 0.5
}

#[track_inference(model = "own", metrics = metrics)]
#[inline(never)]
fn own(metrics: &Metrics, x: u64) -> u64 {
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

async fn plain_polls(x: u64, pending: u64) -> u64 {
    Polls(pending).await;
    black_box(x).wrapping_add(1)
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

/// So many numbers, as a model would stream tokens.
struct Tokens(u64);

impl Stream for Tokens {
    type Item = u64;

    #[inline(never)]
    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<u64>> {
        match self.0.checked_sub(1) {
            Some(left) => {
                self.0 = black_box(left);
                Poll::Ready(Some(left))
            }
            None => Poll::Ready(None),
        }
    }
}

#[track_operation(name = "tokens")]
fn tokens(items: u64) -> impl Stream<Item = u64> {
    Tokens(items)
}

#[inline(never)]
fn drain(stream: impl Stream<Item = u64>) -> u64 {
    let (mut stream, mut last) = (pin!(stream), 0);
    while let Poll::Ready(Some(item)) = stream.as_mut().poll_next(&mut Context::from_waker(Waker::noop())) {
        last = black_box(item);
    }
    last
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
        "result" => repeat(calls, |x| result(x).unwrap_or_default()),
        "batch" => repeat(calls, batch),
        "three" => repeat(calls, three),
        "count_real" => repeat(calls, count_real),
        "reals" => repeat(calls, reals),
        "step" => repeat(calls, step),
        "own" => {
            let instance =
                Metrics::new(Config::from_env().expect("settings in range")).expect("settings in range");
            repeat(calls, |x| own(&instance, x));
        }
        "dynamic" => repeat(calls, |x| dynamic("all-minilm-l6-v2", x)),
        "names" => {
            let names: Vec<String> = (0..100).map(|number| format!("model-{number}")).collect();
            let name = |x: u64| &names[(x.wrapping_mul(0x9E37_79B9) >> 7) as usize % names.len()];
            repeat(calls, |x| dynamic(name(x), x));
        }
        "guard" => repeat(calls, |x| guard(&metrics, x)),
        "closure" => repeat(calls, |x| metrics.track_inference("closure").run(|_| plain(x))),
        "async_ready" => repeat(calls, |x| poll_to_end(polls(x, 0))),
        "async_10_polls" => repeat(calls, |x| poll_to_end(polls(x, 9))),
        "async_9_awaits" => repeat(calls, |x| poll_to_end(awaits(x))),
        "plain_ready" => repeat(calls, |x| poll_to_end(plain_polls(x, 0))),
        "plain_10_polls" => repeat(calls, |x| poll_to_end(plain_polls(x, 9))),
        "stream_10" => repeat(calls, |_| drain(tokens(10))),
        "stream_100" => repeat(calls, |_| drain(tokens(100))),
        "plain_stream_10" => repeat(calls, |_| drain(Tokens(10))),
        "plain_stream_100" => repeat(calls, |_| drain(Tokens(100))),
        "off" => {
            metrics.set_enabled(false);
            repeat(calls, annotated);
        }
        _ => repeat(calls, annotated),
    }
}
