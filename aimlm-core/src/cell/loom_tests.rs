//! Loom models of what any number of threads fold into, put off and give out at once.

use loom::sync::Arc;
use loom::sync::atomic::{AtomicU32, AtomicU64};
use loom::thread;

use super::number_stack::NumberStack;
use super::sequence::Sequence;
use super::waiting_calls::WaitingCalls;
use crate::event::{Outcome, Record};
use crate::sync::{Ordering, model};

#[test]
fn loom_a_reader_between_two_folds_sees_them_whole() {
    model(|| {
        let shared = Arc::new((Sequence::new(), AtomicU64::new(0), AtomicU64::new(0)));
        let writers: Vec<_> = (0..2)
            .map(|_| {
                let shared = shared.clone();
                thread::spawn(move || {
                    let (sequence, first, second) = &*shared;
                    sequence.begin();
                    first.fetch_add(1, Ordering::Relaxed);
                    second.fetch_add(1, Ordering::Relaxed);
                    sequence.end();
                })
            })
            .collect();
        let (sequence, first, second) = &*shared;
        if let Some(folds) = sequence.quiet() {
            let seen = (first.load(Ordering::Relaxed), second.load(Ordering::Relaxed));
            if sequence.unchanged_since(folds) {
                assert_eq!(seen, (folds, folds));
            }
        }
        writers.into_iter().for_each(|writer| writer.join().unwrap());
    });
}

#[test]
fn loom_a_number_is_in_one_place() {
    model(|| {
        let shared = Arc::new((NumberStack::new(), [0; 4].map(AtomicU32::new)));
        for number in [1, 2] {
            shared.0.push(number, &|number| shared.1.get(number as usize));
        }
        // Takes one and gives it back, so that the first number is the same again with another link.
        let other = {
            let shared = shared.clone();
            thread::spawn(move || {
                let link = |number: u32| shared.1.get(number as usize);
                let taken = [shared.0.pop(&link), shared.0.pop(&link)];
                if let Some(number) = taken[0] {
                    shared.0.push(number, &link);
                }
                taken[1]
            })
        };
        let link = |number: u32| shared.1.get(number as usize);
        let own = shared.0.pop(&link);
        let kept = other.join().unwrap();
        let mut all = shared.0.take(&link);
        all.extend(own.into_iter().chain(kept));
        all.sort_unstable();
        assert_eq!(all, [1, 2]);
    });
}

/// Two threads put calls off, or count them at once where they can not; a third takes what there is.
#[test]
fn loom_what_waits_is_counted_once() {
    model(|| {
        let shared = Arc::new((WaitingCalls::new(), AtomicU64::new(0)));
        let put_off = |shared: &(WaitingCalls, AtomicU64), ticks| {
            if let Some(mut held) = shared.0.try_hold() {
                held.push(Record::ended(1, Outcome::Ok, ticks, ticks, 0));
            } else {
                shared.1.fetch_add(ticks, Ordering::Relaxed);
            }
        };
        let take = |shared: &(WaitingCalls, AtomicU64)| {
            if !shared.0.is_empty() {
                let mut held = shared.0.hold();
                let calls: Vec<_> = held.calls().collect();
                assert!(calls.iter().all(|call| call.start_ticks() == call.ticks()));
                let ticks = calls.iter().map(|call| call.ticks()).sum();
                shared.1.fetch_add(ticks, Ordering::Relaxed);
                held.truncate(0);
            }
            shared.1.load(Ordering::Relaxed)
        };
        let threads = [1, 2].map(|ticks| {
            let shared = shared.clone();
            thread::spawn(move || put_off(&shared, ticks))
        });
        take(&shared);
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        assert_eq!(take(&shared), 3);
    });
}

/// Whoever finds nothing waiting finds what was waiting where it went.
#[test]
fn loom_what_no_longer_waits_is_there() {
    model(|| {
        let shared = Arc::new((WaitingCalls::new(), AtomicU64::new(0)));
        shared.0.hold().push(Record::ended(1, Outcome::Ok, 1, 1, 0));
        let other = {
            let shared = shared.clone();
            thread::spawn(move || {
                let mut held = shared.0.hold();
                shared.1.fetch_add(held.len() as u64, Ordering::Relaxed);
                held.truncate(0);
            })
        };
        if shared.0.is_empty() {
            assert_eq!(shared.1.load(Ordering::Relaxed), 1);
        }
        other.join().unwrap();
    });
}
