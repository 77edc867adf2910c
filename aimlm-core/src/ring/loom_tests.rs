//! Loom models: every interleaving, within a bound on preemptions, of a few steps of two or three threads.
//! Under loom a ring has two slots and a registry two rings.

use std::cell::RefCell;

use loom::sync::Arc;
use loom::sync::atomic::{AtomicBool, AtomicU64};
use loom::thread;

use super::buffer::RecordWords;
use super::registry::Registry;
use super::ring::Ring;
use super::sink::Sink;
use crate::event::Record;
use crate::sync::{Ordering, model};

std::thread_local! {
    /// What was folded in this run of a model; loom runs all its threads on one.
    static SEEN: RefCell<Vec<u64>> = const { RefCell::new(Vec::new()) };
}

/// Writes down what it folds.
struct Notes;

impl Sink for Notes {
    fn new() -> Self {
        Self
    }

    fn fold(&mut self, records: &[Record]) {
        for &Record([first, second]) in records {
            assert_eq!(first, second, "half a record");
            SEEN.with_borrow_mut(|seen| seen.push(first));
        }
    }
}

fn seen() -> Vec<u64> {
    SEEN.take()
}

fn sorted(mut values: Vec<u64>) -> Vec<u64> {
    values.sort_unstable();
    values
}

/// What a call does: into the ring, or past it.
fn record(ring: &Ring<Notes>, values: &[u64]) {
    let records = values.iter().map(|&value| Record([value, value]));
    if !ring.push(records) {
        SEEN.with_borrow_mut(|seen| seen.extend(values));
    }
}

#[test]
fn loom_owner_folds_against_sweeper() {
    model(|| {
        seen();
        let ring = Arc::new(Ring::<Notes>::boxed());
        let sweeper = {
            let ring = ring.clone();
            thread::spawn(move || {
                ring.try_sweep();
                ring.sweep();
            })
        };
        (1..=4).for_each(|value| record(&ring, &[value]));
        sweeper.join().unwrap();
        ring.sweep();
        assert_eq!(sorted(seen()), [1, 2, 3, 4]);
    });
}

#[test]
fn loom_what_a_call_writes_in_place_is_published_whole() {
    model(|| {
        seen();
        let ring = Arc::new(Ring::<Notes>::boxed());
        let sweeper = {
            let ring = ring.clone();
            thread::spawn(move || {
                ring.sweep();
                let half = seen();
                assert!(half.len() % 2 == 0, "{half:?}");
                half
            })
        };
        let buffer = ring.buffer();
        let write =
            |slot: &RecordWords, value| slot.iter().for_each(|word| word.store(value, Ordering::Relaxed));
        let pushed = buffer.push(|[first, second]| {
            write(first, 1);
            write(second, 2);
        });
        assert!(pushed && !buffer.push(|[_]| ()));
        record(&ring, &[3, 4]);
        let mut all = sweeper.join().unwrap();
        ring.sweep();
        all.extend(seen());
        assert_eq!(sorted(all), [1, 2, 3, 4]);
    });
}

#[test]
fn loom_as_many_as_a_call_has_are_published() {
    model(|| {
        seen();
        let ring = Arc::new(Ring::<Notes>::boxed());
        let sweeper = {
            let ring = ring.clone();
            thread::spawn(move || {
                ring.sweep();
            })
        };
        let buffer = ring.buffer();
        assert!(!buffer.push_some(|_: &[RecordWords; 1]| None));
        for value in 1..=2 {
            let pushed = buffer.push_some(|[slot]| {
                slot.iter().for_each(|word| word.store(value, Ordering::Relaxed));
                Some(1)
            });
            assert!(pushed);
        }
        assert!(!buffer.push_some(|_: &[RecordWords; 1]| Some(1)));
        record(&ring, &[3]);
        sweeper.join().unwrap();
        ring.sweep();
        assert_eq!(sorted(seen()), [1, 2, 3]);
    });
}

#[test]
fn loom_groups_are_folded_whole() {
    model(|| {
        seen();
        let ring = Arc::new(Ring::<Notes>::boxed());
        let sweeper = {
            let ring = ring.clone();
            thread::spawn(move || {
                ring.sweep();
                let half = seen();
                assert!(half.len() % 2 == 0, "{half:?}");
                half
            })
        };
        record(&ring, &[1, 2]);
        record(&ring, &[3, 4]);
        let mut all = sweeper.join().unwrap();
        ring.sweep();
        all.extend(seen());
        assert_eq!(sorted(all), [1, 2, 3, 4]);
    });
}

#[test]
fn loom_a_report_sees_what_returned_before() {
    model(|| {
        seen();
        let registry = Arc::new(Registry::<Notes>::new());
        let returned = Arc::new(AtomicBool::new(false));
        let caller = {
            let (registry, returned) = (registry.clone(), returned.clone());
            thread::spawn(move || {
                record(registry.acquire().unwrap(), &[1]);
                returned.store(true, Ordering::Release);
            })
        };
        let had_returned = returned.load(Ordering::Acquire);
        registry.sweep();
        if had_returned {
            assert_eq!(seen(), [1]);
        }
        caller.join().unwrap();
    });
}

#[test]
fn loom_a_report_waits_for_whoever_sweeps() {
    loom::lazy_static! {
        /// Records folded in this run; loom sees who looks when.
        static ref FOLDED: AtomicU64 = AtomicU64::new(0);
    }
    struct Count;
    impl Sink for Count {
        const BYTES: usize = 0;

        fn new() -> Self {
            Self
        }

        fn fold(&mut self, records: &[Record]) {
            FOLDED.fetch_add(records.len() as u64, Ordering::Relaxed);
        }
    }

    model(|| {
        let registry = Arc::new(Registry::<Count>::new());
        let ring = registry.acquire().unwrap();
        let returned = Arc::new(AtomicBool::new(false));
        let reporter = {
            let (registry, returned) = (registry.clone(), returned.clone());
            thread::spawn(move || {
                let had_returned = returned.load(Ordering::Acquire);
                registry.sweep();
                if had_returned {
                    assert_eq!(FOLDED.load(Ordering::Relaxed), 1);
                }
            })
        };
        // A third thread may hold the ring's lock, and have folded nothing yet.
        let collector = {
            let registry = registry.clone();
            thread::spawn(move || registry.sweep_quiet())
        };
        assert!(ring.push([Record([1, 1])].into_iter()));
        returned.store(true, Ordering::Release);
        reporter.join().unwrap();
        collector.join().unwrap();
    });
}

#[test]
fn loom_threads_that_begin_get_rings_of_their_own() {
    model(|| {
        seen();
        let registry = Arc::new(Registry::<Notes>::new());
        // One ring is free, so that both want it.
        let first = registry.acquire().unwrap();
        registry.release(first);
        let other = {
            let registry = registry.clone();
            thread::spawn(move || record(registry.acquire().unwrap(), &[1]))
        };
        record(registry.acquire().unwrap(), &[2]);
        other.join().unwrap();
        registry.sweep();
        assert_eq!(sorted(seen()), [1, 2]);
    });
}

#[test]
fn loom_new_rings_are_all_found() {
    model(|| {
        seen();
        let registry = Arc::new(Registry::<Notes>::new());
        // Both make a ring, and the first of all makes the place for them.
        let other = {
            let registry = registry.clone();
            thread::spawn(move || record(registry.acquire().unwrap(), &[1]))
        };
        record(registry.acquire().unwrap(), &[2]);
        other.join().unwrap();
        registry.sweep();
        assert_eq!(sorted(seen()), [1, 2]);
        assert_eq!(registry.read().rings, 2);
    });
}

#[test]
fn loom_a_ring_is_handed_from_thread_to_thread() {
    model(|| {
        seen();
        let registry = Arc::new(Registry::<Notes>::new());
        let live_and_die = |registry: &Registry<Notes>, value| {
            let ring = registry.acquire().unwrap();
            record(ring, &[value]);
            record(ring, &[value + 1]);
            registry.release(ring);
        };
        let other = {
            let registry = registry.clone();
            thread::spawn(move || live_and_die(&registry, 1))
        };
        live_and_die(&registry, 3);
        registry.sweep();
        other.join().unwrap();
        registry.sweep();
        assert_eq!(sorted(seen()), [1, 2, 3, 4]);
        assert!(registry.read().rings <= 2);
    });
}

#[test]
fn loom_an_ending_thread_and_a_report_leave_nothing() {
    model(|| {
        seen();
        let registry = Arc::new(Registry::<Notes>::new());
        let ring = registry.acquire().unwrap();
        let reporter = {
            let registry = registry.clone();
            thread::spawn(move || {
                registry.sweep();
                // Its own calls never go into a ring whose owner lives.
                record(registry.acquire().unwrap(), &[3]);
            })
        };
        record(ring, &[1]);
        registry.release(ring);
        // Whoever comes next finds a ring free, and full of nothing.
        record(registry.acquire().unwrap(), &[2]);
        reporter.join().unwrap();
        registry.sweep();
        assert_eq!(sorted(seen()), [1, 2, 3]);
        assert!(registry.read().rings <= 2);
    });
}
