//! Threads that call, each with a ring of its own, and the union of their calls worked out one by one.

use std::collections::BTreeSet;
use std::time::Duration;

use super::Folder;
use aimlm_snapshot::Detail;

use crate::busy::{Amounts, BusySpans, Segment, count_caller};
use crate::cell::Store;
use crate::clock::{self, Rate};
use crate::event::{Outcome, Record};
use crate::window::WindowSettings;

/// Records that a ring holds.
const RING: usize = 512;

/// One call, in ticks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Call {
    pub(super) start: i64,
    pub(super) ticks: u64,
}

impl Call {
    pub(super) const fn end(&self) -> i64 {
        self.start + self.ticks as i64
    }
}

/// Time that any of these calls was in flight, one by one.
pub(super) fn union(calls: impl IntoIterator<Item = Call>) -> u64 {
    let mut calls: Vec<_> = calls.into_iter().collect();
    calls.sort_unstable_by_key(|call| call.start);
    let (mut covered, mut until) = (0, i64::MIN);
    for call in calls {
        let from = call.start.max(until);
        if call.end() > from {
            covered += call.end().abs_diff(from);
            until = call.end();
        }
    }
    covered
}

pub(super) fn covered(segments: &[Segment]) -> u64 {
    segments.iter().map(|segment| segment.covered).sum()
}

/// Ticks of a microsecond.
pub(super) fn microsecond() -> u64 {
    clock::start();
    Rate::current().ticks(Duration::from_micros(1))
}

/// Threads of one series.
pub(super) struct Threads {
    pub(super) store: Box<Store>,
    pub(super) number: u32,
    rings: Vec<(Folder, Vec<Record>)>,
}

impl Threads {
    pub(super) fn new(threads: usize) -> Self {
        clock::start();
        (0..threads).for_each(|_| count_caller());
        let store = Box::new(Store::new());
        let settings = WindowSettings {
            history_size: 0,
            items: &[],
            by_epoch: false,
        };
        let number = store.allocate(settings).unwrap();
        let rings = (0..threads).map(|_| (Folder::new(), Vec::new())).collect();
        Self { store, number, rings }
    }

    /// A group of records goes into a thread's ring; a full one is folded before.
    pub(super) fn write(&mut self, thread: usize, group: &[Record]) {
        if self.rings[thread].1.len() + group.len() > RING {
            self.fold(thread);
        }
        self.rings[thread].1.extend_from_slice(group);
    }

    pub(super) fn fold(&mut self, thread: usize) {
        let (folder, ring) = &mut self.rings[thread];
        folder.fold(&self.store, 0, ring);
        ring.clear();
    }

    pub(super) fn fold_all(&mut self) {
        (0..self.rings.len()).for_each(|thread| self.fold(thread));
    }

    pub(super) fn begin(&mut self, thread: usize) {
        self.write(thread, &[Record::start(self.number)]);
    }

    pub(super) fn end(&mut self, thread: usize, call: Call) {
        let start = call.start as u64;
        let key = |values| Record::end_key(Record::start_key(self.number), Outcome::Ok, values);
        match Record::end(key(0), start, call.ticks) {
            Some(end) => self.write(thread, &[end]),
            None => self.write(
                thread,
                &[
                    Record::value(crate::event::Payload::TICKS, call.ticks),
                    Record::long_end(key(1), start),
                ],
            ),
        }
    }

    /// Starts and ends of each thread's calls, in the order of time. Beside full rings, `early` says which are folded
    /// before that.
    pub(super) fn run(&mut self, calls: &[Vec<Call>], mut early: impl FnMut(usize) -> bool) {
        let mut moments = BTreeSet::new();
        for (thread, calls) in calls.iter().enumerate() {
            for (nth, call) in calls.iter().enumerate() {
                // Of one moment, ends come first; calls of no length begin before they end.
                moments.insert((call.start, 1, thread, nth));
                moments.insert((call.end(), if call.ticks > 0 { 0 } else { 2 }, thread, nth));
            }
        }
        for (_, kind, thread, nth) in moments {
            if kind == 1 {
                self.begin(thread);
            } else {
                self.end(thread, calls[thread][nth]);
                if early(thread) {
                    self.fold(thread);
                }
            }
        }
        self.fold_all();
    }

    pub(super) fn busy(&self) -> BusySpans {
        self.store
            .cell(self.number)
            .unwrap()
            .read(Detail::Everything)
            .unwrap()
            .window
            .busy
    }

    /// By how much of it the busy time is off.
    pub(super) fn error(&self, calls: &[Vec<Call>]) -> f64 {
        let exact = union(calls.iter().flatten().copied()) as f64;
        (covered(self.busy().all()) as f64 - exact) / exact
    }
}

/// The same numbers each time.
pub(super) fn numbers() -> impl FnMut(u64) -> u64 {
    let mut state = 0_u64;
    move |below| {
        // SplitMix64.
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % below.max(1)
    }
}

/// A thread that calls at equal distances.
pub(super) fn periodic(first: u64, on: u64, off: u64, calls: usize) -> Vec<Call> {
    let start = |nth: u64| (first + nth * (on + off)) as i64;
    (0..calls as u64)
        .map(|nth| Call {
            start: start(nth),
            ticks: on,
        })
        .collect()
}

mod tests;
