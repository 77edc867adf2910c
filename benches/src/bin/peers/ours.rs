//! aimlm, and the floor.

use std::hint::black_box;
use std::sync::OnceLock;

use aimlm::{Metrics, Stage, track_inference};

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
    fn named(_: &str, x: u64) -> u64 {
        Self::call(x)
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
    const HOW: &'static str = "`#[track_inference(model = …)]`, default configuration";

    fn call(x: u64) -> u64 {
        call(x)
    }

    fn other(x: u64) -> u64 {
        other(x)
    }

    fn batch(x: u64, items: u64) -> u64 {
        batch(x, items)
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
