//! Loom models of what any number of threads fold into and read at once.

use loom::sync::Arc;
use loom::sync::atomic::{AtomicU32, AtomicU64};
use loom::thread;

use super::amounts::Amounts;
use super::busy::Busy;
use super::coverage::Coverage;
use super::durations::Durations;
use super::histogram::Histogram;
use super::numbers::Numbers;
use super::pending::Pending;
use super::segment::Segment;
use super::sequence::Sequence;
use super::shared::Shared;
use super::slots::Slots;
use crate::clock::Rate;
use crate::event::{Outcome, Record};
use crate::sync::{OnceBox, Ordering, model};

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
fn loom_a_slot_gives_a_whole_entry_or_none() {
    model(|| {
        let slots = Arc::new(Slots::<2>::new(1));
        slots.write(0, 0, [7, 7]);
        let writers: Vec<_> = (1..=2)
            .map(|ticket| {
                let slots = slots.clone();
                thread::spawn(move || slots.write(0, ticket, [ticket, ticket]))
            })
            .collect();
        let found = slots.read(0, 1);
        assert!(found.is_none_or(|words| words == [1, 1]), "{found:?}");
        writers.into_iter().for_each(|writer| writer.join().unwrap());
        let left: Vec<_> = (0..=2).filter_map(|ticket| slots.read(0, ticket)).collect();
        assert!(
            left.len() <= 1 && left.iter().all(|words| words[0] == words[1]),
            "{left:?}"
        );
    });
}

#[test]
fn loom_threads_that_meet_a_missing_page_lose_no_count() {
    model(|| {
        let histogram = Arc::new(Histogram::new());
        let add = |histogram: &Histogram| {
            let mut durations = Durations::<u64>::new(());
            durations.add(100, (), Rate::ONE, histogram);
            durations.flush(Rate::ONE, histogram);
        };
        let other = {
            let histogram = histogram.clone();
            thread::spawn(move || add(&histogram))
        };
        add(&histogram);
        other.join().unwrap();
        let distribution = histogram.snapshot();
        assert_eq!((distribution.count(), distribution.sum()), (2, 200));
    });
}

#[test]
fn loom_a_number_is_in_one_place() {
    model(|| {
        let shared = Arc::new((Numbers::new(), [0; 4].map(AtomicU32::new)));
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
fn loom_what_is_pending_is_counted_once() {
    model(|| {
        let shared = Arc::new((Pending::new(), AtomicU64::new(0)));
        let put_off = |shared: &(Pending, AtomicU64), ticks| {
            if let Some(mut held) = shared.0.try_hold() {
                held.push(Record::end(1, Outcome::Ok, ticks, ticks).unwrap());
            } else {
                shared.1.fetch_add(ticks, Ordering::Relaxed);
            }
        };
        let take = |shared: &(Pending, AtomicU64)| {
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

/// Whoever finds nothing pending finds what was pending where it went.
#[test]
fn loom_what_is_no_longer_pending_is_there() {
    model(|| {
        let shared = Arc::new((Pending::new(), AtomicU64::new(0)));
        shared.0.hold().push(Record::end(1, Outcome::Ok, 1, 1).unwrap());
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

/// Of two folds at once, one may find the lock held. What both bring is read.
#[test]
fn loom_what_finds_the_lock_held_is_left_and_read() {
    model(|| {
        let coverage = Arc::new(Coverage::new());
        let add = |coverage: &Coverage, start| {
            let mut batch = Busy::new();
            batch.add_call(Segment::full(start, start + 2), Amounts::NONE, 0);
            coverage.add(&batch);
        };
        let threads = [0, 10].map(|start| {
            let coverage = coverage.clone();
            thread::spawn(move || add(&coverage, start))
        });
        add(&coverage, 1);
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        assert_eq!(
            coverage.read().all(),
            [Segment::full(0, 3), Segment::full(10, 12)]
        );
    });
}

/// A series joins another while a fold into it is under way: what that brings is in both, whichever was first.
#[test]
fn loom_what_is_folded_while_a_series_joins_is_shared() {
    model(|| {
        let series = Arc::new((Coverage::new(), OnceBox::<Shared>::new()));
        let folder = {
            let series = series.clone();
            thread::spawn(move || {
                let mut batch = Busy::new();
                batch.add_call(Segment::full(0, 2), Amounts::NONE, 0);
                Shared::add_busy(&series.1, &batch, &series.0);
            })
        };
        let lead = std::sync::Arc::new(Coverage::shared());
        let shared = series.1.get_or_init(|| Box::new(Shared::joining(lead.clone())));
        shared.try_seed(&series.0);
        folder.join().unwrap();
        shared.seed(&series.0);
        assert_eq!(lead.read().all(), [Segment::full(0, 2)]);
    });
}
