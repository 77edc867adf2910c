//! What one call costs: the ratio to two counter reads and the call, for every way to record one.
//!
//! `cargo bench --bench overhead`; a number after `--` sets how many rounds. The ways take turns in short
//! slices, so that whatever else the machine does meets all of them alike. The best slice is what the code
//! costs; the median is what this machine made of it. It prints Markdown and never fails on a time.

use std::future::Future;
use std::hint::black_box;
use std::pin::{Pin, pin};
use std::sync::{Barrier, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Instant;

use aimlm::{Metrics, track_inference, track_operation};
use futures_core::Stream;

/// Calls of one slice: many rings full, and short enough that some slices meet no interruption.
const CALLS: u64 = 20_000;

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

#[track_inference(model = "tokens", tokens_out = |out| *out & 63)]
#[inline(never)]
fn tokens(x: u64) -> u64 {
    black_box(x).wrapping_add(1)
}

#[track_inference(model = "three", batch_size = 8, tokens_in = x & 63, tokens_out = |out| *out & 63)]
#[inline(never)]
fn three(x: u64) -> u64 {
    black_box(x).wrapping_add(1)
}

#[track_inference(model = "result")]
#[inline(never)]
fn fallible(x: u64) -> Result<u64, String> {
    Ok(black_box(x).wrapping_add(1))
}

#[track_inference(model = name)]
#[inline(never)]
fn dynamic(name: &str, x: u64) -> u64 {
    black_box(x).wrapping_add(1)
}

#[track_inference(model = "async")]
async fn ready(x: u64) -> u64 {
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
async fn ten_polls(x: u64) -> u64 {
    for _ in 0..9 {
        Yield(false).await;
    }
    black_box(x).wrapping_add(1)
}

async fn plain_ten_polls(x: u64) -> u64 {
    for _ in 0..9 {
        Yield(false).await;
    }
    black_box(x).wrapping_add(1)
}

/// A stream of numbers, as a model would stream tokens.
struct Tokens(u64);

impl Stream for Tokens {
    type Item = u64;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<u64>> {
        self.0 = black_box(self.0).wrapping_sub(1);
        Poll::Ready((self.0 > 0).then_some(self.0))
    }
}

#[track_operation]
fn tokens_of(items: u64) -> impl Stream<Item = u64> {
    Tokens(items)
}

fn poll_to_end<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return output;
        }
    }
}

fn drain(stream: impl Stream<Item = u64>) {
    let mut stream = pin!(stream);
    while let Poll::Ready(Some(item)) = stream.as_mut().poll_next(&mut Context::from_waker(Waker::noop())) {
        black_box(item);
    }
}

/// Nanoseconds for each of [`CALLS`] calls.
#[inline(always)]
fn time<R>(mut call: impl FnMut(u64) -> R) -> f64 {
    let begun = Instant::now();
    for x in 0..CALLS {
        black_box(call(x));
    }
    begun.elapsed().as_nanos() as f64 / CALLS as f64
}

/// Two counter reads and the call.
#[inline(always)]
fn floor(clock: &quanta::Clock, x: u64) {
    let start = clock.raw();
    black_box(plain(x));
    black_box(clock.raw().wrapping_sub(start));
}

/// What may be spent.
#[derive(Clone, Copy)]
enum Budget {
    /// Times the floor.
    Ratio(f64),
    /// Nanoseconds more than another row.
    More(f64, usize),
    /// It is there to compare with.
    None,
}

struct Row {
    name: &'static str,
    /// The row it is a ratio to.
    floor: usize,
    budget: Budget,
    slice: Box<dyn FnMut() -> f64>,
}

const PLAIN: usize = 0;
const FLOOR: usize = 1;
const PLAIN_TEN_POLLS: usize = 2;
const PLAIN_ITEM: usize = 3;
const COUNTER: usize = 4;

fn row(name: &'static str, budget: Budget, slice: impl FnMut() -> f64 + 'static) -> Row {
    let slice = Box::new(slice);
    Row {
        name,
        floor: FLOOR,
        budget,
        slice,
    }
}

fn comparisons() -> Vec<Row> {
    let (clock, counter) = (quanta::Clock::new(), quanta::Clock::new());
    vec![
        row("the call alone", Budget::None, || time(plain)),
        row("**two counter reads and the call**", Budget::None, move || {
            time(|x| floor(&clock, x))
        }),
        row("async with 10 polls, not annotated", Budget::None, || {
            time(|x| poll_to_end(plain_ten_polls(x)))
        }),
        row("stream, each item, not annotated", Budget::None, || {
            let begun = Instant::now();
            drain(Tokens(CALLS));
            begun.elapsed().as_nanos() as f64 / CALLS as f64
        }),
        row("one counter read", Budget::None, move || time(|_| counter.raw())),
    ]
}

fn attributes() -> Vec<Row> {
    let metrics = Metrics::global();
    let name = String::from("all-minilm-l6-v2");
    vec![
        row("annotated function", Budget::Ratio(1.15), || time(annotated)),
        row("… that returns a `Result`", Budget::Ratio(1.15), || {
            time(fallible)
        }),
        row("… with `batch_size`", Budget::Ratio(1.5), || time(batch)),
        row(
            "… with `tokens_out`, a closure over the result",
            Budget::Ratio(1.5),
            || time(tokens),
        ),
        row("… with three numbers", Budget::None, || time(three)),
        row(
            "… with `model` known at run time",
            Budget::More(10.0, FLOOR),
            move || time(|x| dynamic(&name, x)),
        ),
        row("async function, ready at once", Budget::More(5.0, FLOOR), || {
            time(|x| poll_to_end(ready(x)))
        }),
        row("async function, 10 polls", Budget::None, || {
            time(|x| poll_to_end(ten_polls(x)))
        }),
        row("stream, each item", Budget::None, || {
            let begun = Instant::now();
            drain(tokens_of(CALLS));
            begun.elapsed().as_nanos() as f64 / CALLS as f64
        }),
        row(
            "annotated function, disabled at run time",
            Budget::More(1.0, PLAIN),
            move || {
                metrics.set_enabled(false);
                let taken = time(annotated);
                metrics.set_enabled(true);
                taken
            },
        ),
    ]
}

fn by_hand() -> Vec<Row> {
    let (guards, closures) = (Metrics::global(), Metrics::global());
    vec![
        row("guard: `track_inference(…).start()`", Budget::None, move || {
            time(|x| {
                let call = guards.track_inference("guard").start();
                black_box(plain(x));
                call.ok();
            })
        }),
        row(
            "closure: `track_inference(…).run(…)`",
            Budget::None,
            move || time(|x| closures.track_inference("closure").run(|_| plain(x))),
        ),
    ]
}

/// One slice on two threads at once, in turn the floor and the annotated function; gives the mean of both
/// threads for each.
fn two_threads(rounds: usize) -> [Vec<f64>; 2] {
    let (barrier, taken) = (Barrier::new(2), Mutex::new(vec![[0.0; 2]; rounds]));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let clock = quanta::Clock::new();
                for round in 0..rounds {
                    barrier.wait();
                    let below = time(|x| floor(&clock, x));
                    barrier.wait();
                    let ours = time(annotated);
                    let mut taken = taken.lock().unwrap();
                    taken[round][0] += below / 2.0;
                    taken[round][1] += ours / 2.0;
                }
            });
        }
    });
    let taken = taken.into_inner().unwrap();
    [0, 1].map(|which| taken.iter().map(|pair| pair[which]).collect())
}

fn best(taken: &[f64]) -> f64 {
    taken.iter().copied().fold(f64::INFINITY, f64::min)
}

fn median(mut taken: Vec<f64>) -> f64 {
    taken.sort_by(f64::total_cmp);
    taken[taken.len() / 2]
}

/// Medians of the ratios within each round: both slices of a ratio met the same machine.
fn median_ratio(taken: &[f64], below: &[f64]) -> f64 {
    median(
        taken
            .iter()
            .zip(below)
            .map(|(taken, below)| taken / below)
            .collect(),
    )
}

fn print_row(name: &str, budget: Budget, floor: usize, taken: &[f64], all: &[Vec<f64>]) {
    let own = best(taken);
    let ratio = own / best(&all[floor]);
    let (allowed, verdict) = match budget {
        Budget::None => ("–".to_owned(), "–"),
        Budget::Ratio(most) => (
            format!("{most:.2} ×"),
            if ratio <= most { "ok" } else { "**over**" },
        ),
        Budget::More(most, than) => {
            let more = own - best(&all[than]);
            let of = if than == PLAIN { "the call" } else { "floor" };
            (
                format!("{of} + {most:.0} ns (measured {more:+.2} ns)"),
                if more <= most { "ok" } else { "**over**" },
            )
        }
    };
    println!(
        "| {name} | {own:.2} | {:.2} | {ratio:.2} × | {:.2} × | {allowed} | {verdict} |",
        median(taken.to_vec()),
        median_ratio(taken, &all[floor]),
    );
}

fn measure(rows: &mut [Row], rounds: usize) -> Vec<Vec<f64>> {
    let mut taken = vec![Vec::with_capacity(rounds); rows.len()];
    for round in 0..=rounds {
        for (row, taken) in rows.iter_mut().zip(&mut taken) {
            let slice = (row.slice)();
            // The first round resolves series, allocates pages and starts the collector.
            if round > 0 {
                taken.push(slice);
            }
        }
    }
    taken
}

fn main() {
    let rounds = std::env::args()
        .find_map(|argument| argument.parse().ok())
        .unwrap_or(300);
    let mut rows: Vec<Row> = comparisons()
        .into_iter()
        .chain(attributes())
        .chain(by_hand())
        .collect();
    let taken = measure(&mut rows, rounds);

    println!(
        "\nNanoseconds for each call, best and median of {rounds} interleaved slices of {CALLS} calls; the"
    );
    println!("collector runs.\n");
    println!("| | best | median | best ratio | median ratio | budget | |");
    println!("|---|--:|--:|--:|--:|---|---|");
    for (row, own) in rows.iter().zip(&taken) {
        print_row(row.name, row.budget, row.floor, own, &taken);
    }
    let pair = two_threads(rounds);
    print_row(
        "**the same on two threads at once**",
        Budget::None,
        0,
        &pair[0],
        &pair,
    );
    print_row(
        "annotated function on two threads, one series",
        Budget::Ratio(1.25),
        0,
        &pair[1],
        &pair,
    );

    let item = best(
        &taken[rows
            .iter()
            .position(|row| row.name == "stream, each item")
            .unwrap()],
    );
    let most = best(&taken[PLAIN_ITEM]) + best(&taken[COUNTER]) + 5.0;
    println!("\nStream, each item: {item:.2} ns; budget {most:.2} ns (the item, one counter read and 5 ns).");
    let polls = best(
        &taken[rows
            .iter()
            .position(|row| row.name == "async function, 10 polls")
            .unwrap()],
    );
    let each = (polls - best(&taken[PLAIN_TEN_POLLS]) - best(&taken[FLOOR]) + best(&taken[PLAIN])) / 10.0;
    println!("Async, each poll: {each:+.2} ns more than not annotated; budget + 0.");
    let grown = size_of_val(&ten_polls(1)) - size_of_val(&plain_ten_polls(1));
    println!("A future grows by {grown} bytes for a level of annotation; budget 64.");
}
