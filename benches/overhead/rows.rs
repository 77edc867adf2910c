//! The rows of the table: what each times, and what it may take.

use std::hint::black_box;

use aimlm::{Config, Metrics};

use crate::functions::*;
use crate::neighbours::nanoseconds_of;

/// Calls of one slice: many rings full, and short enough that some slices meet no interruption.
pub(crate) const CALLS: u64 = 20_000;

/// Nanoseconds for each of [`CALLS`] calls.
#[inline(always)]
pub(crate) fn time<R>(mut call: impl FnMut(u64) -> R) -> f64 {
    let slice = || {
        for x in 0..CALLS {
            black_box(call(x));
        }
    };
    nanoseconds_of(slice) / CALLS as f64
}

/// What may be spent.
#[derive(Clone, Copy)]
pub(crate) enum Budget {
    /// Times the floor; and while the other processors are busy.
    Ratio(f64, f64),
    /// Nanoseconds more than another row.
    More(f64, usize),
    /// It is there to compare with.
    None,
}

pub(crate) struct Row {
    pub(crate) name: &'static str,
    /// The row it is a ratio to.
    pub(crate) floor: usize,
    pub(crate) budget: Budget,
    pub(crate) slice: Box<dyn FnMut() -> f64>,
}

pub(crate) const PLAIN: usize = 0;
pub(crate) const FLOOR: usize = 1;
pub(crate) const PLAIN_TEN_POLLS: usize = 2;
pub(crate) const PLAIN_ITEM: usize = 3;
pub(crate) const COUNTER: usize = 4;
pub(crate) const ANNOTATED: usize = 5;

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
            nanoseconds_of(|| drain(Tokens(CALLS))) / CALLS as f64
        }),
        row("one counter read", Budget::None, move || time(|_| counter.raw())),
    ]
}

fn attributes() -> Vec<Row> {
    let metrics = Metrics::global();
    let name = String::from("all-minilm-l6-v2");
    let names: Vec<String> = (0..100).map(|number| format!("model-{number}")).collect();
    let instance = Metrics::new(Config::default()).expect("the defaults are allowed");
    vec![
        row("annotated function", Budget::Ratio(1.10, 1.18), || {
            time(annotated)
        }),
        row("… that returns a `Result`", Budget::Ratio(1.10, 1.18), || {
            time(fallible)
        }),
        row("… with `batch_size`", Budget::Ratio(1.2, 1.25), || time(batch)),
        row(
            "… with `tokens_out`, a closure over the result",
            Budget::Ratio(1.2, 1.25),
            || time(tokens),
        ),
        row("… with three numbers", Budget::None, || time(three)),
        row("… with one real", Budget::Ratio(1.4, 1.6), || time(one_real)),
        row("… with one count and one real", Budget::Ratio(1.4, 1.6), || {
            time(count_and_real)
        }),
        row("… with four reals", Budget::Ratio(1.7, 1.9), || {
            time(four_reals)
        }),
        row(
            "… with `model` known at run time",
            Budget::Ratio(1.2, 1.45),
            move || time(|x| dynamic(&name, x)),
        ),
        row("… with 100 names in turn", Budget::Ratio(2.2, 3.0), move || {
            time(|x| {
                dynamic(
                    &names[(x.wrapping_mul(0x9E37_79B9) >> 7) as usize % names.len()],
                    x,
                )
            })
        }),
        row(
            "… into an instance of one's own",
            Budget::More(2.0, ANNOTATED),
            move || time(|x| own(&instance, x)),
        ),
        row("async function, ready at once", Budget::More(5.0, FLOOR), || {
            time(|x| poll_to_end(ready(x)))
        }),
        row("async function, 10 polls", Budget::None, || {
            time(|x| poll_to_end(ten_polls(x)))
        }),
        row("stream, each item", Budget::None, || {
            nanoseconds_of(|| drain(tokens_of(CALLS))) / CALLS as f64
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

/// What is compared with first, at the places that the constants name.
pub(crate) fn rows() -> Vec<Row> {
    comparisons()
        .into_iter()
        .chain(attributes())
        .chain(by_hand())
        .collect()
}
