//! Busy time at any spacing, from 10 µs to hours: on a clock that stands still until a test moves it.
//!
//! The clock is the process's, so each scenario runs in a process of its own. What a call begins and ends with is then
//! known to the nanosecond, and the union of all calls is exact.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use aimlm::Metrics;

use crate::clock::{close, union};
use crate::figures::{Page, page};
use crate::hand::succeed;
use crate::process::alone;

/// What a thread is to do next; it answers when it has.
enum Step {
    /// On a device, with so many items if it says so.
    Begin(&'static str, Option<u64>),
    End,
}

/// Threads that begin and end calls when they are told, and what the clock said.
pub(crate) struct Threads {
    mock: Arc<quanta::Mock>,
    now: u64,
    steps: Vec<Sender<Step>>,
    done: Receiver<()>,
    /// When the call of a thread began, and whether it said its items.
    open: Vec<Option<(u64, bool)>>,
    pub(crate) calls: Vec<(i128, i128)>,
    /// Those that said their items, two each.
    said: Vec<(i128, i128)>,
}

fn obey(metrics: &Metrics, steps: &Receiver<Step>, done: &Sender<()>) {
    let mut open = None;
    for step in steps {
        match step {
            Step::Begin(device, items) => {
                let call = metrics.track_inference("m").device(device);
                let call = match items {
                    Some(items) => call.batch_size(items),
                    None => call,
                };
                open = Some(call.start());
            }
            Step::End => succeed(open.take().unwrap()),
        }
        done.send(()).unwrap();
    }
}

impl Threads {
    pub(crate) fn with(n: usize, drive: impl FnOnce(&mut Self, &Metrics)) {
        // Before anything has read a clock.
        let mock = aimlm::__private::mock_clock();
        let metrics = &Metrics::default_instance();
        std::thread::scope(|scope| {
            let (answer, done) = channel();
            let steps = (0..n)
                .map(|_| {
                    let (sender, receiver) = channel();
                    let answer = answer.clone();
                    scope.spawn(move || obey(metrics, &receiver, &answer));
                    sender
                })
                .collect();
            let mut threads = Self {
                mock,
                now: 0,
                steps,
                done,
                open: vec![None; n],
                calls: Vec::new(),
                said: Vec::new(),
            };
            drive(&mut threads, metrics);
        });
    }

    pub(crate) fn forget(&mut self) {
        self.calls.clear();
        self.said.clear();
    }

    pub(crate) fn pass(&mut self, ns: u64) {
        self.mock.increment(Duration::from_nanos(ns));
        self.now += ns;
    }

    /// Begins a call of a thread, or ends the one that it has.
    pub(crate) fn step(&mut self, thread: usize, device: &'static str) {
        let step = match self.open[thread].take() {
            Some((start, says)) => {
                let call = (start.into(), self.now.into());
                self.calls.push(call);
                if says {
                    self.said.push(call);
                }
                Step::End
            }
            None => {
                let says = self.calls.len() % 3 != 1;
                self.open[thread] = Some((self.now, says));
                Step::Begin(device, says.then_some(2))
            }
        };
        self.steps[thread].send(step).unwrap();
        self.done.recv().unwrap();
    }

    pub(crate) fn check(&self, page: &Page) {
        let calls = page.inference("m");
        let busy = union(self.calls.iter().copied());
        let n = self.calls.len() as f64;
        close("busy", calls.busy(), busy);
        close("calls/s", calls.calls_per_second(), n / busy);
        let said = union(self.said.iter().copied());
        let items = calls.items();
        assert_eq!(items.total(), Some(2 * self.said.len() as u64));
        close("items/s", items.per_second(), 2.0 * self.said.len() as f64 / said);
        let first = self.calls.iter().map(|call| call.0).min().unwrap();
        let last = self.calls.iter().map(|call| call.1).max().unwrap();
        close("span", calls.span(), (last - first) as f64 / 1e9);
        let total: i128 = self.calls.iter().map(|call| call.1 - call.0).sum();
        close("total", calls.latency("total"), total as f64 / 1e9);
    }
}

const SPACINGS: [u64; 7] = [
    10_000,
    300_000,
    5_000_000,
    100_000_000,
    1_500_000_000,
    60_000_000_000,
    3_600_000_000_000,
];

/// One thread, at one spacing after the other, calls of a fifth of it.
#[test]
fn evenly_spaced() {
    if !alone("mocked::evenly_spaced") {
        return;
    }
    Threads::with(1, |threads, metrics| {
        for spacing in SPACINGS {
            metrics.reset();
            threads.forget();
            for _ in 0..400 {
                threads.step(0, "cpu");
                threads.pass(spacing / 5);
                threads.step(0, "cpu");
                threads.pass(spacing - spacing / 5);
            }
            threads.check(&page(metrics));
            // Of one thread it is exact.
            let shown = page(metrics).inference("m").busy().unwrap();
            let busy = union(threads.calls.iter().copied());
            assert!(
                (shown / busy - 1.0).abs() < 1e-6,
                "at {spacing} ns: {shown}, not {busy}"
            );
        }
    });
}

fn random_steps(threads: &mut Threads, seed: u64, n: usize, devices: &[&'static str], longest: u32) {
    let mut random = fastrand::Rng::with_seed(seed);
    for _ in 0..n {
        let thread = random.usize(..threads.steps.len());
        threads.step(thread, devices[thread % devices.len()]);
        // From 10 µs up, every size as often.
        let bits = random.u32(13..longest);
        threads.pass((1 << bits) + random.u64(0..1 << bits));
    }
    for thread in 0..threads.open.len() {
        if threads.open[thread].is_some() {
            threads.step(thread, devices[thread % devices.len()]);
        }
    }
}

/// Any mix of threads, with times from 10 µs to half an hour between one step and the next.
#[test]
fn threads_at_every_spacing() {
    if !alone("mocked::threads_at_every_spacing") {
        return;
    }
    Threads::with(3, |threads, metrics| {
        for (seed, longest) in [(1, 20), (2, 30), (3, 40), (4, 25)] {
            metrics.reset();
            threads.forget();
            random_steps(threads, seed, 2500, &["cpu"], longest);
            threads.check(&page(metrics));
        }
    });
}

/// The same with a device for each thread: the union over label sets.
#[test]
fn devices_at_every_spacing() {
    if !alone("mocked::devices_at_every_spacing") {
        return;
    }
    Threads::with(3, |threads, metrics| {
        for (seed, longest) in [(5, 20), (6, 30), (7, 40)] {
            metrics.reset();
            threads.forget();
            random_steps(threads, seed, 2500, &["a", "b", "c"], longest);
            threads.check(&page(metrics));
        }
    });
}

/// Two devices that always work at the same time, thousands of times, with short pauses.
#[test]
fn devices_in_lockstep() {
    if !alone("mocked::devices_in_lockstep") {
        return;
    }
    Threads::with(2, |threads, metrics| {
        for _ in 0..3000 {
            threads.step(0, "a");
            threads.step(1, "b");
            threads.pass(30_000);
            threads.step(0, "a");
            threads.step(1, "b");
            threads.pass(30_000);
        }
        threads.check(&page(metrics));
    });
}

/// A pause of hours between thousands of short calls, and reports in between.
#[test]
fn bursts_hours_apart() {
    if !alone("mocked::bursts_hours_apart") {
        return;
    }
    Threads::with(1, |threads, metrics| {
        for burst in 0..6 {
            for _ in 0..500 {
                threads.step(0, "cpu");
                threads.pass(40_000);
                threads.step(0, "cpu");
                threads.pass(10_000);
            }
            threads.pass(3_600_000_000_000 * (burst + 1));
            threads.check(&page(metrics));
        }
    });
}
