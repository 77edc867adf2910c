//! Loom models of making series.

use loom::sync::Arc as Shared;
use loom::thread;

use super::key::KeyRef;
use super::series_table::{Found, Series, SeriesTable};
use crate::event::Stage;
use crate::sync::{AtomicU32, Ordering, model};

const fn key(subject: &str) -> KeyRef<'_> {
    KeyRef {
        stage: Stage::Inference,
        subject,
        labels: &[],
    }
}

struct Interning {
    table: SeriesTable,
    made: AtomicU32,
    discarded: AtomicU32,
}

impl Interning {
    fn new(limit: usize) -> Shared<Self> {
        Shared::new(Self {
            table: SeriesTable::new(limit),
            made: AtomicU32::new(0),
            discarded: AtomicU32::new(0),
        })
    }

    /// The number of the series of a subject.
    fn intern(&self, subject: &str) -> Option<u32> {
        let make = || {
            let number = self.made.fetch_add(1, Ordering::Relaxed) + 1;
            Some(Series {
                number,
                key: key(subject).to_key(),
                site: None,
            })
        };
        let discard = |_: &Series| _ = self.discarded.fetch_add(1, Ordering::Relaxed);
        // One hash for all: they meet in the same slot.
        match self.table.get_or_insert(&key(subject), 64, make, discard) {
            Found::Series(series) => {
                assert!(series.key.is(&key(subject)));
                Some(series.number)
            }
            Found::Full => None,
        }
    }

    /// What holds in the end: a series for each that was made and not discarded, as many as places taken.
    fn check(&self, limit: u32) {
        let held = self.table.iter().count() as u32;
        let (made, discarded) = (
            self.made.load(Ordering::Relaxed),
            self.discarded.load(Ordering::Relaxed),
        );
        assert_eq!(held, made - discarded);
        assert_eq!(held, self.table.len.load(Ordering::Relaxed));
        assert!(held <= limit);
    }
}

#[test]
fn loom_a_key_has_one_series() {
    model(|| {
        // Room for both to make the same series at once.
        let interning = Interning::new(3);
        let other = {
            let interning = interning.clone();
            thread::spawn(move || (interning.intern("a"), interning.intern("b")))
        };
        let own = (interning.intern("b"), interning.intern("a"));
        let other = other.join().unwrap();
        // A place that is taken for a moment may send a call over the limit, never to another series.
        for (own, other) in [(own.0, other.1), (own.1, other.0)] {
            assert!(own.is_none() || other.is_none() || own == other);
        }
        assert!(own.0.is_some() || other.0.is_some());
        interning.check(3);
    });
}

#[test]
fn loom_the_limit_holds() {
    model(|| {
        let interning = Interning::new(1);
        let other = {
            let interning = interning.clone();
            thread::spawn(move || interning.intern("a"))
        };
        let own = interning.intern("b");
        let other = other.join().unwrap();
        assert!(own.is_some() != other.is_some());
        interning.check(1);
    });
}
