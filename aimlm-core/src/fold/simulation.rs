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
        folder.fold(&self.store, 0, 0..ring.len(), |at| ring[at]);
        ring.clear();
    }

    pub(super) fn fold_all(&mut self) {
        (0..self.rings.len()).for_each(|thread| self.fold(thread));
    }

    pub(super) fn begin(&mut self, thread: usize) {
        self.write(thread, &[Record::start(self.number, 0)]);
    }

    pub(super) fn end(&mut self, thread: usize, call: Call) {
        let start = call.start as u64;
        match Record::end(self.number, Outcome::Ok, start, call.ticks) {
            Some(end) => self.write(thread, &[end]),
            None => self.write(
                thread,
                &[
                    Record::value(crate::event::Payload::TICKS, call.ticks),
                    Record::long_end(self.number, Outcome::Ok, start).with_values(1),
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

mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::event::Number;

    /// Mixes of threads, with a spacing of `us` microseconds for every ten.
    fn mixes(us: u64, n: usize) -> Vec<(&'static str, Vec<Vec<Call>>)> {
        let on = 10 * us;
        let every = |first, off, n| periodic(first, on, off, n);
        let staggered = |threads: u64| -> Vec<_> {
            let one = |nth| every(nth * on, (threads - 1) * on, n / threads as usize);
            (0..threads).map(one).collect()
        };
        let bursts = |first| -> Vec<Call> {
            let burst = |nth| every(first + nth * 400 * on, on, 100);
            (0..n as u64 / 100).flat_map(burst).collect()
        };
        let long = Call {
            start: 55 * us as i64,
            ticks: on * n as u64,
        };
        vec![
            ("one", vec![every(0, on, n)]),
            ("in step", vec![every(0, on, n), every(0, on, n)]),
            ("in antiphase", vec![every(0, on, n), every(on, on, n)]),
            ("almost in step", vec![every(0, on, n), every(3 * us, on, n)]),
            (
                "one a third as often",
                vec![every(0, on, n), every(on, 5 * on, n / 3)],
            ),
            (
                "one a thousandth as often",
                vec![every(0, on, n), every(on, 1999 * on, n / 1000)],
            ),
            (
                "slow and long beside fast",
                vec![every(0, on, n), periodic(on, 100 * on, 100 * on, n / 100)],
            ),
            ("one long over many", vec![every(0, on, n), vec![long]]),
            ("bursts in turn", vec![bursts(0), bursts(200 * on)]),
            ("four one after the other", staggered(4)),
            ("sixteen one after the other", staggered(16)),
            ("sixteen in step", vec![every(0, 3 * on, n / 16); 16]),
            ("sixteen dense", random(16, 2 * on, on / 10, n / 16)),
            ("sixteen sparse", random(16, 2 * on, 200 * on, n / 16)),
            ("two", random(2, 2 * on, 2 * on, n)),
            ("sixteen under one lock", in_turn(16, on, n)),
        ]
    }

    fn random(threads: usize, on: u64, off: u64, n: usize) -> Vec<Vec<Call>> {
        let mut number = numbers();
        let mut one = || {
            let mut at = 0;
            let mut call = || {
                let (gap, ticks) = (number(2 * off), 1 + number(2 * on));
                at += (gap + ticks) as i64;
                Call {
                    start: at - ticks as i64,
                    ticks,
                }
            };
            (0..n).map(|_| call()).collect()
        };
        (0..threads).map(|_| one()).collect()
    }

    /// Calls that never run at once: any thread's may be next.
    fn in_turn(threads: u64, on: u64, n: usize) -> Vec<Vec<Call>> {
        let mut number = numbers();
        let mut calls = vec![Vec::new(); threads as usize];
        let mut at = 0;
        for _ in 0..n {
            let ticks = on / 2 + number(on);
            calls[number(threads) as usize].push(Call { start: at, ticks });
            at += (ticks + on / 50) as i64;
        }
        calls
    }

    #[test]
    fn any_mix_of_threads_is_within_a_hundredth_of_the_union() {
        for (us, n) in [(1, 2_000), (1, 30_000), (360_000_000, 4_000)] {
            for (name, calls) in mixes(us * microsecond(), n) {
                for early in [None, Some(300)] {
                    let mut threads = Threads::new(calls.len());
                    let mut number = numbers();
                    threads.run(&calls, |_| early.is_some_and(|every| number(every) == 0));
                    let (error, bytes) = (threads.error(&calls), threads.busy().bytes());
                    assert!(
                        error.abs() < 0.01,
                        "{name}, {us} µs, {n} calls, {early:?}: {error}"
                    );
                    assert!(bytes <= 100 << 10, "{name}: {bytes} bytes");
                }
            }
        }
    }

    fn ended(start: i64, end: i64) -> Call {
        Call {
            start,
            ticks: end.abs_diff(start),
        }
    }

    /// What lies within it is not one with what was before it.
    #[test]
    fn a_call_around_another_of_its_fold_is_exact() {
        let mut threads = Threads::new(1);
        threads.begin(0);
        threads.end(0, ended(100, 110));
        threads.begin(0);
        threads.begin(0);
        threads.end(0, ended(122, 148));
        threads.end(0, ended(120, 150));
        threads.fold(0);
        assert_eq!(covered(threads.busy().all()), 10 + 30);
    }

    /// It lies over what was folded before, so it is not one with what follows it.
    #[test]
    fn a_call_over_the_end_of_a_fold_is_exact() {
        let mut threads = Threads::new(1);
        threads.begin(0);
        threads.begin(0);
        threads.end(0, ended(100, 110));
        threads.fold(0);
        threads.end(0, ended(105, 140));
        threads.begin(0);
        threads.end(0, ended(150, 160));
        threads.fold(0);
        assert_eq!(covered(threads.busy().all()), 40 + 10);
    }

    /// What one thread does next.
    #[derive(Debug, Clone)]
    enum Step {
        /// Time passes, in ticks.
        Pass(u64),
        Begin,
        /// One of the calls in flight ends.
        End(prop::sample::Index),
        /// A call that says when it was.
        Record(u64),
        Fold,
    }

    fn step() -> impl Strategy<Value = Step> {
        let pass = prop_oneof![1..50_u64, 1_000..100_000_u64, 1..1_u64 << 36];
        prop_oneof![
            4 => pass.clone().prop_map(Step::Pass),
            4 => Just(Step::Begin),
            4 => any::<prop::sample::Index>().prop_map(Step::End),
            1 => pass.prop_map(Step::Record),
            1 => Just(Step::Fold),
        ]
    }

    proptest! {
        /// Nested, recursive, overlapping, before the counter began: whatever one thread does, and whenever it is folded.
        /// Only a call that is recorded afterwards may begin anywhere, in a gap that was not worth keeping too.
        #[test]
        fn of_one_thread_it_is_exact(steps in prop::collection::vec(step(), 1..300), first in prop_oneof![Just(0), -1_000_000..1_000_000_i64]) {
            let mut threads = Threads::new(1);
            let (mut now, mut open, mut ended, mut recorded) = (first, Vec::new(), Vec::new(), false);
            for step in steps {
                match step {
                    Step::Pass(ticks) => now += ticks as i64,
                    Step::Begin => {
                        threads.begin(0);
                        open.push(now);
                    }
                    Step::End(_) if open.is_empty() => {}
                    Step::End(at) => {
                        let start = open.remove(at.index(open.len()));
                        let call = Call { start, ticks: now.abs_diff(start) };
                        threads.end(0, call);
                        ended.push(call);
                    }
                    Step::Record(ticks) => {
                        let call = Call { start: now - ticks as i64, ticks };
                        threads.write(0, &[Record::start(threads.number, call.start as u64)]);
                        threads.end(0, call);
                        ended.push(call);
                        recorded = true;
                    }
                    Step::Fold => threads.fold(0),
                }
            }
            threads.fold(0);
            let busy = threads.busy();
            let (found, exact) = (covered(busy.all()), union(ended.iter().copied()));
            let off = if recorded { exact / 200 + 2 * microsecond() } else { 0 };
            prop_assert!(found.abs_diff(exact) <= off, "{found} {exact}");
            let span = ended.iter().map(|call| call.start).min().zip(ended.iter().map(Call::end).max());
            prop_assert_eq!(busy.span(), span);
        }

        /// Each amount has the time of the calls that succeeded and said it, whatever others said.
        #[test]
        fn each_amount_has_the_time_of_its_calls(
            calls in prop::collection::vec((1..200_u64, 1..200_u64, 0..4_u8, any::<bool>()), 1..200),
            alike in 0..200_usize,
            every in 1..40_usize,
        ) {
            const FIELDS: [Number; 2] = [Number::TokensOut, Number::SizeBytes];
            let mut threads = Threads::new(2);
            let mut said: [Vec<Call>; 3] = Default::default();
            let mut now = 1 << 40;
            for (nth, &(gap, ticks, fields, ok)) in calls.iter().enumerate() {
                // So long that every gap is kept.
                let [gap, ticks] = [gap, ticks].map(|n| n * 10 * microsecond());
                // At the beginning all say the same.
                let (fields, ok) = if nth < alike { (3, true) } else { (fields, ok) };
                now += gap as i64;
                let call = Call { start: now - ticks as i64, ticks };
                let fields: Vec<_> = (0..2).filter(|nth| fields >> nth & 1 != 0).collect();
                let outcome = if ok { Outcome::Ok } else { Outcome::Error };
                let end = Record::end(threads.number, outcome, call.start as u64, ticks).unwrap();
                let mut group = vec![Record::start(threads.number, call.start as u64)];
                group.extend(fields.iter().map(|&nth| Record::value(FIELDS[nth].into(), 1)));
                group.push(end.with_values(fields.len()));
                threads.write(nth % 2, &group);
                said[2].push(call);
                fields.into_iter().filter(|_| ok).for_each(|nth| said[nth].push(call));
                if nth % every == 0 {
                    threads.fold(nth % 2);
                }
            }
            threads.fold_all();
            let busy = threads.busy();
            for (nth, field) in FIELDS.into_iter().enumerate() {
                // Of an amount that no call said there is no time.
                let calls = said[nth].iter().copied();
                prop_assert_eq!(covered(busy.of(Amounts::of(field))), union(calls), "{}", field);
            }
            prop_assert_eq!(covered(busy.all()), union(said[2].iter().copied()));
            prop_assert!(busy.of(Amounts::of(Number::Loss)).is_empty());
            prop_assert!(busy.of(Amounts::of(Number::TokensIn)).is_empty());
        }
    }
}
