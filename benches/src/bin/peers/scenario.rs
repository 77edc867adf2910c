//! What is measured, and how one process measures it.

use std::fmt;
use std::future::Future;
use std::hint::black_box;
use std::pin::pin;
use std::sync::Barrier;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use crate::neighbours::{nanoseconds_of, pin_to_first};
use crate::ours::{Floor, nanoseconds, ticks};
use crate::work::{Peer, work};

#[derive(Clone, Copy)]
pub(crate) enum Scenario {
    Tight,
    SameSeries,
    OtherSeries,
    Cold,
    Batch,
    OneReal,
    FourReals,
    Names(usize),
    Own,
    OwnOnTwo,
    Ready,
    TenPolls,
    Crowd,
    Memory,
}

impl Scenario {
    /// How many processors it is measured on; none where it takes all.
    pub(crate) fn processors(self) -> Option<usize> {
        match self {
            Self::SameSeries | Self::OtherSeries | Self::OwnOnTwo => Some(2),
            Self::Crowd | Self::Memory => None,
            _ => Some(1),
        }
    }
}

pub(crate) struct Entry {
    pub(crate) name: &'static str,
    pub(crate) what: Scenario,
    /// It takes long and does not depend on chance.
    pub(crate) once: bool,
}

const fn entry(name: &'static str, what: Scenario, once: bool) -> Entry {
    Entry { name, what, once }
}

pub(crate) const SCENARIOS: [Entry; 16] = [
    entry("tight loop", Scenario::Tight, false),
    entry("2 threads, one series", Scenario::SameSeries, false),
    entry("2 threads, a series each", Scenario::OtherSeries, false),
    entry("16 threads", Scenario::Crowd, false),
    entry("batch size recorded", Scenario::Batch, false),
    entry("one real", Scenario::OneReal, false),
    entry("four reals", Scenario::FourReals, false),
    entry("1 name", Scenario::Names(1), false),
    entry("100 names", Scenario::Names(100), false),
    entry("10,000 names", Scenario::Names(10_000), false),
    entry("own instance", Scenario::Own, false),
    entry("2 threads, own instance", Scenario::OwnOnTwo, false),
    entry("async, ready at once", Scenario::Ready, false),
    entry("async, 10 polls", Scenario::TenPolls, false),
    entry("cold caches", Scenario::Cold, false),
    entry("50 M calls, nobody reads", Scenario::Memory, true),
];

/// What one process found.
#[derive(Clone, Copy, Default)]
pub(crate) struct Measured {
    /// Nanoseconds a call.
    pub(crate) own: f64,
    /// The same of the floor, in the same process.
    pub(crate) floor: f64,
    pub(crate) calls: u64,
    /// How many of the calls the peer knows of.
    pub(crate) counted: Option<u64>,
    /// By how much the process grew, in MiB.
    pub(crate) grown: f64,
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counted = self.counted.map_or(-1, |counted| counted as i64);
        write!(
            f,
            "{} {} {} {counted} {}",
            self.own, self.floor, self.calls, self.grown
        )
    }
}

impl Measured {
    pub(crate) fn parse(line: &str) -> Option<Self> {
        let mut words = line.split_whitespace();
        Some(Self {
            own: words.next()?.parse().ok()?,
            floor: words.next()?.parse().ok()?,
            calls: words.next()?.parse().ok()?,
            counted: words.next()?.parse::<i64>().ok()?.try_into().ok(),
            grown: words.next()?.parse().ok()?,
        })
    }
}

/// Calls of one slice, in requests of a hundred.
const REQUESTS: u64 = 200;
const CALLS: u64 = REQUESTS * 100;
const SLICES: usize = 11;

#[inline(always)]
fn slice<P: Peer>(mut call: impl FnMut(u64) -> u64) -> f64 {
    let slice = || {
        for request in 0..REQUESTS {
            P::request(|| {
                for x in request * 100..(request + 1) * 100 {
                    black_box(call(x));
                }
            });
        }
    };
    nanoseconds_of(slice) / CALLS as f64
}

fn median(mut of: Vec<f64>) -> f64 {
    of.sort_by(f64::total_cmp);
    of[of.len() / 2]
}

/// Medians of slices in turn; the first of each warms up.
fn in_turn(mut own: impl FnMut() -> f64, mut floor: impl FnMut() -> f64) -> Measured {
    let (_, _) = (own(), floor());
    let (owns, floors) = (0..SLICES).map(|_| (own(), floor())).unzip();
    Measured {
        own: median(owns),
        floor: median(floors),
        ..Measured::default()
    }
}

fn poll_to_end<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return output;
        }
    }
}

fn real(x: u64) -> f64 {
    (x & 1023) as f64 + 0.5
}

/// What takes turns with the floor on one thread.
fn beside_floor<P: Peer>(own: impl Fn(u64) -> u64) -> Measured {
    in_turn(|| slice::<P>(&own), || slice::<Floor>(Floor::call))
}

/// Measures a scenario, pinned to as many processors as it needs if `is_pinned`; `None` where the peer has no way to do it.
pub(crate) fn measure<P: Peer>(scenario: Scenario, is_pinned: bool) -> Option<Measured> {
    match scenario {
        Scenario::Batch if !P::BATCH => return None,
        Scenario::OneReal | Scenario::FourReals if !P::REALS => return None,
        Scenario::Names(_) if !P::NAMED => return None,
        _ => {}
    }
    P::set_up();
    if is_pinned {
        // The first call starts what a peer has in the background, which is pinned nowhere then.
        P::request(|| _ = black_box(P::other(0)));
        if let Err(why) = pin_to_first(scenario.processors()?) {
            eprintln!("{why}");
            return None;
        }
    }
    Some(match scenario {
        Scenario::Tight => beside_floor::<P>(P::call),
        Scenario::SameSeries => pair::<P>(2, CALLS * 10, [P::call, P::call]),
        Scenario::OtherSeries => pair::<P>(2, CALLS * 10, [P::call, P::other]),
        Scenario::Crowd => pair::<P>(16, CALLS * 2, [P::call, P::call]),
        Scenario::Batch => beside_floor::<P>(|x| P::batch(x, (x & 15) + 1)),
        Scenario::OneReal => beside_floor::<P>(|x| P::real(x, real(x))),
        Scenario::FourReals => beside_floor::<P>(|x| P::reals(x, [0, 1, 2, 3].map(|more| real(x + more)))),
        Scenario::Own => beside_floor::<P>(P::own()?),
        Scenario::OwnOnTwo => {
            let own = P::own()?;
            threads(2, CALLS * 10, |_, calls| run::<P>(calls, &own))
        }
        Scenario::Names(count) => {
            let names: Vec<String> = (0..count).map(|number| format!("model-{number}")).collect();
            let name = |x: u64| names[(x.wrapping_mul(0x9E37_79B9) >> 7) as usize % count].as_str();
            in_turn(
                || slice::<P>(|x| P::named(name(x), x)),
                || slice::<Floor>(|x| Floor::named(black_box(name(x)), x)),
            )
        }
        Scenario::Ready => in_turn(
            || slice::<P>(|x| poll_to_end(P::ready(x))),
            || slice::<Floor>(|x| poll_to_end(Floor::ready(x))),
        ),
        Scenario::TenPolls => in_turn(
            || slice::<P>(|x| poll_to_end(P::ten_polls(x))),
            || slice::<Floor>(|x| poll_to_end(Floor::ten_polls(x))),
        ),
        Scenario::Cold => cold::<P>(),
        Scenario::Memory => memory::<P>(),
    })
}

/// Every other thread makes the one call or the other; where it is the same, it says how many were counted.
fn pair<P: Peer>(count: usize, calls: u64, call: [fn(u64) -> u64; 2]) -> Measured {
    let mut measured = threads(count, calls, |thread, calls| run::<P>(calls, call[thread % 2]));
    if std::ptr::fn_addr_eq(call[0], call[1]) {
        measured.calls = calls * count as u64 * (SLICES as u64 + 1);
        measured.counted = P::counted();
    }
    measured
}

/// Nanoseconds of a core for each call; `run_calls` makes so many on the thread of that number.
fn threads(threads: usize, calls: u64, run_calls: impl Fn(usize, u64) + Sync) -> Measured {
    let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get().min(threads));
    let each = |own: bool| {
        let barrier = Barrier::new(threads);
        // From the first thread's first call to the last one's last: what starting threads takes is not in it.
        let spans: Vec<_> = std::thread::scope(|scope| {
            let spawn = |thread: usize| {
                let (barrier, run_calls) = (&barrier, &run_calls);
                scope.spawn(move || {
                    barrier.wait();
                    let begun = Instant::now();
                    if own {
                        run_calls(thread, calls);
                    } else {
                        run::<Floor>(calls, Floor::call);
                    }
                    (begun, Instant::now())
                })
            };
            let threads: Vec<_> = (0..threads).map(spawn).collect();
            threads
                .into_iter()
                .filter_map(|thread| thread.join().ok())
                .collect()
        });
        let begun = spans.iter().map(|(begun, _)| *begun).min();
        let ended = spans.iter().map(|(_, ended)| *ended).max();
        let spent = begun
            .zip(ended)
            .map_or(Duration::ZERO, |(begun, ended)| ended - begun);
        spent.as_nanos() as f64 * cores as f64 / (calls * threads as u64) as f64
    };
    in_turn(|| each(true), || each(false))
}

/// Inlined with the call known, as a user's loop would be.
#[inline(always)]
fn run<P: Peer>(calls: u64, call: impl Fn(u64) -> u64) {
    for request in 0..calls / 100 {
        P::request(|| {
            for x in request * 100..(request + 1) * 100 {
                black_box(call(x));
            }
        });
    }
}

/// What a call adds when the caches were full of something else: here both are without the call itself.
fn cold<P: Peer>() -> Measured {
    // Four times the second-level cache of the machine this was written on.
    let mut weights = vec![1_u64; (4 << 20) / 8];
    let mut of = |call: fn(u64) -> u64| {
        let mut taken = Vec::new();
        for x in 0..200 {
            for line in weights.chunks_mut(8) {
                line[0] = line[0].wrapping_add(x);
            }
            let start = ticks();
            black_box(call(x));
            taken.push(ticks().wrapping_sub(start) as f64);
        }
        median(taken)
    };
    let mut turns = Vec::new();
    P::request(|| {
        for _ in 0..3 {
            turns.push([of(work), of(P::call), of(Floor::call)]);
        }
    });
    let added = |which: usize| {
        let added = median(turns.iter().map(|turn| turn[which] - turn[0]).collect());
        nanoseconds(1_000_000) / 1e6 * added
    };
    Measured {
        own: added(1),
        floor: added(2),
        ..Measured::default()
    }
}

const MOST_CALLS: u64 = 50_000_000;
const MOST_TIME: Duration = Duration::from_secs(12);
const MOST_MEMORY: f64 = 4096.0;

/// Calls until there were 50 M, or 12 s or 4 GiB are spent.
fn memory<P: Peer>() -> Measured {
    slice::<P>(P::call);
    let (before, begun) = (resident(), Instant::now());
    let mut calls = CALLS;
    while calls < MOST_CALLS && begun.elapsed() < MOST_TIME && resident() - before < MOST_MEMORY {
        slice::<P>(P::call);
        calls += CALLS;
    }
    let own = begun.elapsed().as_nanos() as f64 / calls as f64;
    let grown = resident() - before;
    Measured {
        own,
        floor: slice::<Floor>(Floor::call),
        calls,
        grown,
        counted: P::counted(),
    }
}

/// Resident memory, in MiB.
fn resident() -> f64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = statm
        .split_whitespace()
        .nth(1)
        .and_then(|pages| pages.parse::<f64>().ok());
    pages.unwrap_or(0.0) * 4096.0 / f64::from(1 << 20)
}
