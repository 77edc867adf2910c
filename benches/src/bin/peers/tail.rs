//! How long single calls take: most of them little, and one in so many longer.
//!
//! A mean hides the call that does the work of hundreds. Here every call is timed by itself, with the counter read before
//! and after, and a hundred of them take turns with a hundred of the floor (itself two counter reads and the call), timed
//! the same way: what the machine does to single calls is in both.

use std::fmt;
use std::hint::black_box;

use hdrhistogram::Histogram;

use crate::ours::{Aimlm, Floor, nanoseconds, ticks, while_snapshots_are_taken};
use crate::work::Peer;

pub(crate) const PERCENTILES: [f64; 5] = [50.0, 99.0, 99.9, 99.99, 100.0];

/// Turns of a hundred calls, so that 400 calls are beyond the last percentile.
const TURNS: u64 = 40_000;

/// Nanoseconds at each percentile.
#[derive(Clone, Copy, Default)]
pub(crate) struct Tail {
    pub(crate) own: [f64; PERCENTILES.len()],
    pub(crate) floor: [f64; PERCENTILES.len()],
    /// How many snapshots were taken in the meantime.
    pub(crate) snapshots: u64,
}

impl fmt::Display for Tail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for value in self.own.iter().chain(&self.floor) {
            write!(f, "{value} ")?;
        }
        write!(f, "{}", self.snapshots)
    }
}

impl Tail {
    pub(crate) fn parse(line: &str) -> Option<Self> {
        let mut words = line.split_whitespace();
        let mut tail = Self::default();
        for value in tail.own.iter_mut().chain(&mut tail.floor) {
            *value = words.next()?.parse().ok()?;
        }
        tail.snapshots = words.next()?.parse().ok()?;
        Some(tail)
    }
}

/// Up to 2^40 ticks, minutes at the least, within a thousandth; what is longer counts as that.
fn histogram() -> Histogram<u64> {
    Histogram::new_with_bounds(1, 1 << 40, 3).expect("constant bounds")
}

#[inline(always)]
fn turn<P: Peer>(turn: u64, call: impl Fn(u64) -> u64, into: &mut Histogram<u64>) {
    P::request(|| {
        for x in turn * 100..(turn + 1) * 100 {
            let start = ticks();
            black_box(call(black_box(x)));
            into.saturating_record(ticks().wrapping_sub(start));
        }
    });
}

fn run<P: Peer>(call: impl Fn(u64) -> u64) -> Tail {
    // What is made once is made before: threads, pages, series.
    for number in 0..TURNS / 100 {
        turn::<P>(number, &call, &mut histogram());
    }
    let (mut own, mut floor) = (histogram(), histogram());
    for number in 0..TURNS {
        turn::<P>(number, &call, &mut own);
        turn::<Floor>(number, Floor::call, &mut floor);
    }
    let of = |taken: &Histogram<u64>| {
        PERCENTILES.map(|percentile| nanoseconds(taken.value_at_percentile(percentile)))
    };
    Tail {
        own: of(&own),
        floor: of(&floor),
        snapshots: 0,
    }
}

pub(crate) fn measure<P: Peer>() -> Tail {
    P::set_up();
    run::<P>(P::call)
}

/// aimlm's calls with four reals, which take longest to fold.
pub(crate) fn measure_reals() -> Tail {
    run::<Aimlm>(|x| Aimlm::reals(x, [0, 1, 2, 3].map(|more| (x + more) as f64)))
}

/// aimlm, while another thread takes snapshots of 2,000 series without pause.
pub(crate) fn measure_beside_snapshots() -> Tail {
    let (tail, snapshots) = while_snapshots_are_taken(2_000, || run::<Aimlm>(Aimlm::call));
    Tail { snapshots, ..tail }
}
