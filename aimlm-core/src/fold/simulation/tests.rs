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

/// The start of one stands beside the end of another that began before: calls alike follow, and are not one with it.
#[test]
fn a_call_that_ended_as_another_began_is_exact() {
    let mut threads = Threads::new(1);
    threads.begin(0);
    threads.begin(0);
    threads.end(0, ended(52, 55));
    threads.fold(0);
    threads.begin(0);
    threads.end(0, ended(50, 70));
    for start in [80, 95] {
        threads.begin(0);
        threads.end(0, ended(start, start + 5));
    }
    threads.fold(0);
    threads.end(0, ended(65, 200));
    threads.fold(0);
    assert_eq!(covered(threads.busy().all()), 150);
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
                    threads.write(0, &[Record::start_at(Record::start_key(threads.number), call.start as u64)]);
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
            let mut group = vec![Record::start_at(Record::start_key(threads.number), call.start as u64)];
            group.extend(fields.iter().map(|&nth| Record::value(FIELDS[nth].into(), 1)));
            group.push(Record::ended(threads.number, outcome, call.start as u64, ticks, fields.len()));
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
