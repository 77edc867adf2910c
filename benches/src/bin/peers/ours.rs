//! aimlm, and the floor.

use std::hint::black_box;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use aimlm::{Config, Metrics, Stage, track_inference, track_training_step};

use crate::work::{Peer, work, work_of_ten_polls};

pub(crate) struct Floor;

static CLOCK: OnceLock<quanta::Clock> = OnceLock::new();

#[inline(always)]
pub(crate) fn ticks() -> u64 {
    CLOCK.get_or_init(quanta::Clock::new).raw()
}

pub(crate) fn nanoseconds(ticks: u64) -> f64 {
    CLOCK.get_or_init(quanta::Clock::new).delta_as_nanos(0, ticks) as f64
}

impl Peer for Floor {
    const NAME: &'static str = "the floor";
    const HOW: &'static str = "`quanta::Clock::raw` before and after; nothing is kept";

    #[inline(always)]
    fn call(x: u64) -> u64 {
        let start = ticks();
        let y = work(x);
        black_box(ticks().wrapping_sub(start));
        y
    }

    #[inline(always)]
    fn other(x: u64) -> u64 {
        Self::call(x)
    }

    async fn ready(x: u64) -> u64 {
        Self::call(x)
    }

    async fn ten_polls(x: u64) -> u64 {
        let start = ticks();
        let y = work_of_ten_polls(x).await;
        black_box(ticks().wrapping_sub(start));
        y
    }

    #[inline(always)]
    fn batch(x: u64, _: u64) -> u64 {
        Self::call(x)
    }

    #[inline(always)]
    fn real(x: u64, _: f64) -> u64 {
        Self::call(x)
    }

    #[inline(always)]
    fn reals(x: u64, _: [f64; 4]) -> u64 {
        Self::call(x)
    }

    #[inline(always)]
    fn named(_: &str, x: u64) -> u64 {
        Self::call(x)
    }

    fn own() -> Option<impl Fn(u64) -> u64 + Sync> {
        Some(Self::call)
    }
}

pub(crate) struct Aimlm;

#[track_inference(model = "call")]
#[inline(never)]
fn call(x: u64) -> u64 {
    black_box(x).wrapping_add(1)
}

#[track_inference(model = "other")]
#[inline(never)]
fn other(x: u64) -> u64 {
    black_box(x).wrapping_add(1)
}

#[track_inference(model = "batch", batch_size = items)]
#[inline(never)]
fn batch(x: u64, items: u64) -> u64 {
    black_box(x).wrapping_add(1)
}

#[track_training_step(model = "real", loss = loss)]
#[inline(never)]
fn real(x: u64, loss: f64) -> u64 {
    black_box(x).wrapping_add(1)
}

#[track_training_step(
    model = "reals", loss = reals[0], accuracy = reals[1], learning_rate = reals[2], gradient_norm = reals[3]
)]
#[inline(never)]
fn reals(x: u64, reals: [f64; 4]) -> u64 {
    black_box(x).wrapping_add(1)
}

#[track_inference(model = "own", metrics = metrics)]
#[inline(never)]
fn own(metrics: &Metrics, x: u64) -> u64 {
    black_box(x).wrapping_add(1)
}

#[track_inference(model = name)]
#[inline(never)]
fn named(name: &str, x: u64) -> u64 {
    black_box(x).wrapping_add(1)
}

#[track_inference(model = "ready")]
async fn ready(x: u64) -> u64 {
    work(x)
}

#[track_inference(model = "ten polls")]
async fn ten_polls(x: u64) -> u64 {
    work_of_ten_polls(x).await
}

impl Peer for Aimlm {
    const NAME: &'static str = "**aimlm**";
    const HOW: &'static str = "`#[track_inference(model = …)]`, default configuration; reals by \
                               `#[track_training_step(…)]`, an instance of one's own by `metrics = …`";

    fn call(x: u64) -> u64 {
        call(x)
    }

    fn other(x: u64) -> u64 {
        other(x)
    }

    fn batch(x: u64, items: u64) -> u64 {
        batch(x, items)
    }

    fn real(x: u64, loss: f64) -> u64 {
        real(x, loss)
    }

    fn reals(x: u64, of: [f64; 4]) -> u64 {
        reals(x, of)
    }

    fn own() -> Option<impl Fn(u64) -> u64 + Sync> {
        let metrics = Metrics::new(Config::default()).expect("the defaults are allowed");
        Some(move |x| own(&metrics, x))
    }

    fn named(name: &str, x: u64) -> u64 {
        named(name, x)
    }

    fn ready(x: u64) -> impl Future<Output = u64> {
        ready(x)
    }

    fn ten_polls(x: u64) -> impl Future<Output = u64> {
        ten_polls(x)
    }

    fn counted() -> Option<u64> {
        let snapshot = Metrics::global().snapshot();
        Some(
            snapshot
                .subject(Stage::Inference, "call")
                .map(|series| series.outcomes.ok)
                .sum(),
        )
    }
}

/// Does something while another thread takes snapshots of so many series without pause; tells how many it took.
pub(crate) fn while_snapshots_are_taken<T>(series: usize, what: impl FnOnce() -> T) -> (T, u64) {
    let metrics = Metrics::global();
    // One of them is that of the calls.
    for number in 1..series {
        let name = format!("beside-{number}");
        for x in 0..100 {
            named(&name, x);
        }
    }
    call(0);
    let held = metrics.snapshot().series.len();
    assert_eq!(held, series, "as many series as were asked for");
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let mut taken = 0;
            // Relaxed: nothing else is handed over.
            while !is_over.load(Ordering::Relaxed) {
                black_box(metrics.snapshot());
                taken += 1;
            }
            taken
        });
        let done = what();
        is_over.store(true, Ordering::Relaxed);
        (done, reader.join().expect("a snapshot never panics"))
    })
}
