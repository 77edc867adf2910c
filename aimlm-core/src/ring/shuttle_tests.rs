//! Shuttle models of the whole engine: threads record, end and begin, a collector sweeps, a report reads, and
//! windows are replaced, all at once, over a registry, a store and a table of each run's own. In the end the books
//! are exact. Under shuttle a ring has four slots and a registry eight rings.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use aimlm_snapshot::Detail;
use shuttle::scheduler::{PctScheduler, RandomScheduler, Scheduler};
use shuttle::{Runner, thread};

use super::registry::Registry;
use super::ring::Ring;
use super::sink::Sink;
use crate::cell::{CellReading, Store};
use crate::event::{Number, Outcome, Record, Stage};
use crate::fold::Folder;
use crate::series::{Found, KeyRef, Series, SeriesTable};
use crate::window::WindowSettings;

/// Series that the table has room for, and subjects that ask for one.
const LIMIT: usize = 2;
const SUBJECTS: [&str; 3] = ["a", "b", "c"];
const SETTINGS: WindowSettings = WindowSettings {
    history_size: 2,
    items: &[Number::BatchSize],
    by_epoch: false,
};

std::thread_local! {
    /// Where the rings of this run fold to; shuttle runs all its threads on one.
    static STORE: RefCell<Option<Arc<Store>>> = const { RefCell::new(None) };
}

/// Folds into the store of the run.
struct RunSink {
    folder: Folder,
    store: Arc<Store>,
}

impl Sink for RunSink {
    fn new() -> Self {
        Self {
            folder: Folder::new(),
            store: STORE.with_borrow(|store| store.clone()).expect("a run has begun"),
        }
    }

    fn fold(&mut self, records: &[Record]) {
        self.folder.fold(&self.store, 0, records);
    }
}

/// What is known of one series.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Book {
    ok: u64,
    error: u64,
    items: u64,
    started: u64,
    in_flight: i64,
}

impl Book {
    /// Adds what an earlier window held. What is in flight is what the last one says.
    const fn add(&mut self, earlier: Self) {
        self.ok += earlier.ok;
        self.error += earlier.error;
        self.items += earlier.items;
        self.started += earlier.started;
    }
}

/// What no step of the engine waits for: shuttle does not see these locks.
#[derive(Default)]
struct Books {
    /// What the calls say, each when it returned.
    written: BTreeMap<u32, Book>,
    /// What replaced windows held.
    taken: BTreeMap<u32, Book>,
    records: u64,
    resets_begun: bool,
    /// The clock: it goes on with each look at it.
    ticks: u64,
}

struct Engine {
    registry: Registry<RunSink>,
    store: Arc<Store>,
    table: SeriesTable,
    overflow: u32,
    books: Mutex<Books>,
}

/// A call that began.
struct Call {
    number: u32,
    start: u64,
}

impl Call {
    fn end(&self, outcome: Outcome, now: u64, values: usize) -> Record {
        Record::ended(self.number, outcome, self.start, now - self.start, values)
    }
}

impl Engine {
    fn new() -> Arc<Self> {
        let store = Arc::new(Store::new());
        STORE.set(Some(store.clone()));
        Arc::new(Self {
            registry: Registry::new(),
            overflow: store.allocate(SETTINGS).unwrap(),
            store,
            table: SeriesTable::new(LIMIT),
            books: Mutex::default(),
        })
    }

    fn books<T>(&self, change: impl FnOnce(&mut Books) -> T) -> T {
        change(&mut self.books.lock().unwrap())
    }

    /// Now. A call that began before the calls folded last is not put off, so time has to pass.
    fn now(&self) -> u64 {
        self.books(|books| {
            books.ticks += 1;
            books.ticks
        })
    }

    /// The series of a subject, or that of what is over the limit.
    fn series(&self, subject: &str) -> u32 {
        let (stage, labels) = (Stage::Inference, &[]);
        let key = KeyRef {
            stage,
            subject,
            labels,
        };
        let make = || {
            Some(Series {
                number: self.store.allocate(SETTINGS)?,
                key: key.to_key(),
                site: None,
            })
        };
        // One hash for all: they meet in the same slot.
        match self
            .table
            .get_or_insert(&key, 0, make, |lost| self.store.discard(lost.number))
        {
            Found::Series(series) => series.number,
            Found::Full => self.overflow,
        }
    }

    fn write(&self, ring: &Ring<RunSink>, records: &[Record]) {
        if !ring.push(records.iter().copied()) {
            self.registry.add_directly(records);
        }
        self.books(|books| books.records += records.len() as u64);
    }

    fn begin(&self, ring: &Ring<RunSink>, number: u32) -> Call {
        self.write(ring, &[Record::start(number)]);
        self.books(|books| {
            let book = books.written.entry(number).or_default();
            book.started += 1;
            book.in_flight += 1;
        });
        Call {
            number,
            start: self.now(),
        }
    }

    fn end(&self, ring: &Ring<RunSink>, call: Call, outcome: Outcome, items: u64) {
        let end = call.end(outcome, self.now(), 1);
        self.write(ring, &[Record::value(Number::BatchSize.into(), items), end]);
        self.books(|books| {
            let book = books.written.entry(call.number).or_default();
            match outcome {
                Outcome::Ok => book.ok += 1,
                _ => book.error += 1,
            }
            book.items += items;
            book.in_flight -= 1;
        });
    }

    /// A whole call.
    fn call(&self, ring: &Ring<RunSink>, subject: &str, outcome: Outcome, items: u64) {
        let call = self.begin(ring, self.series(subject));
        self.end(ring, call, outcome, items);
    }

    /// A call that carries nothing. Of a few series in turn they wait in their cells.
    fn plain_call(&self, ring: &Ring<RunSink>, subject: &str) {
        let call = self.begin(ring, self.series(subject));
        self.write(ring, &[call.end(Outcome::Ok, self.now(), 0)]);
        self.books(|books| {
            let book = books.written.entry(call.number).or_default();
            book.ok += 1;
            book.in_flight -= 1;
        });
    }

    /// The life of a thread: it gets a ring, calls, and lets go of the ring. One call is left to another thread
    /// to end, as futures and guards are.
    fn live_and_die(&self, subjects: &[&str], items: u64) -> Call {
        let ring = self.registry.acquire().unwrap();
        for (nth, subject) in subjects.iter().enumerate() {
            let outcome = if nth % 2 == 0 { Outcome::Ok } else { Outcome::Error };
            self.call(ring, subject, outcome, items);
        }
        for subject in subjects.iter().chain(subjects) {
            self.plain_call(ring, subject);
        }
        let left = self.begin(ring, self.series(subjects[0]));
        self.registry.release(ring);
        left
    }

    /// An instance that is dropped, and one whose series may get its number. What the first left in the ring is
    /// not counted for the second.
    fn drop_and_make_anew(&self) {
        let ring = self.registry.acquire().unwrap();
        let dropped = self.store.allocate(SETTINGS).unwrap();
        self.write(ring, &[Record::start(dropped)]);
        let number = dropped;
        let start = self.now();
        let end = Call { number, start }.end(Outcome::Ok, self.now(), 0);
        self.store.retire(dropped);
        for last in [false, true] {
            let number = self.store.allocate(SETTINGS).unwrap();
            let call = self.begin(ring, number);
            if !last {
                self.write(ring, &[end]);
            }
            self.end(ring, call, Outcome::Ok, 1);
        }
        self.registry.release(ring);
    }

    /// What a report does: every call that returned before is in what it reads.
    fn report(&self) {
        let before = self.books(|books| books.written.clone());
        self.registry.sweep();
        for (number, before) in before {
            let found = book(&self.read(number));
            let (taken, unsure) = self.books(|books| (books.taken.get(&number).copied(), books.resets_begun));
            let taken = taken.unwrap_or_default();
            assert!(
                unsure || found.ok + found.error + taken.ok + taken.error >= before.ok + before.error,
                "{before:?} had returned, {found:?} and {taken:?} were found"
            );
        }
    }

    /// Puts a new window in the place of each, as `snapshot_and_reset` does.
    fn reset(&self) {
        self.registry.sweep();
        self.books(|books| books.resets_begun = true);
        let numbers: Vec<_> = self.table.iter().map(|series| series.number).collect();
        for number in numbers.into_iter().chain([self.overflow]) {
            let taken = book(&self.store.cell(number).unwrap().replace().unwrap());
            self.books(|books| {
                let book = books.taken.entry(number).or_default();
                book.add(taken);
            });
        }
    }

    fn read(&self, number: u32) -> CellReading {
        self.store.cell(number).unwrap().read(Detail::Everything).unwrap()
    }

    /// What holds when every thread has ended: in each series what the calls said, in one window or another; each
    /// record was folded once; an ended thread's ring served another.
    fn check(&self, threads_at_once: u64) {
        self.registry.sweep();
        let (written, taken, records) =
            self.books(|books| (books.written.clone(), books.taken.clone(), books.records));
        for (&number, &written) in &written {
            let reading = self.read(number);
            let mut found = book(&reading);
            assert_eq!(reading.window.latency.count(), found.ok);
            assert_eq!(reading.window.failed.count(), found.error);
            assert!(reading.window.history.calls.len() as u64 <= (found.ok + found.error).min(2));
            let taken = taken.get(&number).copied().unwrap_or_default();
            found.add(taken);
            assert_eq!(found, written, "series {number}, of which {taken:?} was taken");
        }
        assert!(self.table.iter().count() <= LIMIT);
        let registry = self.registry.read();
        let folded = registry.folded_by_owner + registry.folded_by_others + registry.added_directly;
        assert_eq!(folded, records);
        assert!(registry.rings <= threads_at_once, "{} rings", registry.rings);
    }
}

fn book(reading: &CellReading) -> Book {
    let window = &reading.window;
    // What calls said that failed stands apart.
    let fields = window.fields.iter().chain(&window.failed_fields);
    let items: f64 = fields
        .filter(|(field, _)| *field == Number::BatchSize)
        .map(|(_, counts)| counts.sum)
        .sum();
    Book {
        ok: window.outcomes.ok,
        error: window.outcomes.error,
        items: items as u64,
        started: window.started,
        in_flight: reading.in_flight(),
    }
}

/// All at once.
fn engine() {
    let engine = Engine::new();
    let spawn = |run: fn(&Engine)| {
        let engine = engine.clone();
        thread::spawn(move || run(&engine))
    };
    let callers = {
        let engine = engine.clone();
        thread::spawn(move || {
            let first = engine.live_and_die(&SUBJECTS, 2);
            // A thread after that one: it may get its ring.
            let next = engine.clone();
            let second = thread::spawn(move || next.live_and_die(&["b"], 3));
            (first, second.join().unwrap())
        })
    };
    let others = [
        spawn(Engine::drop_and_make_anew),
        spawn(|engine| {
            engine.registry.sweep_quiet();
            engine.store.recycle(|| engine.registry.sweep());
            engine.registry.sweep_quiet();
        }),
        spawn(|engine| {
            engine.report();
            engine.reset();
        }),
        spawn(Engine::reset),
    ];
    let left = engine.live_and_die(&["c", "a"], 5);
    let (first, second) = callers.join().unwrap();
    others.into_iter().for_each(|other| other.join().unwrap());
    let ring = engine.registry.acquire().unwrap();
    engine.end(ring, first, Outcome::Ok, 7);
    engine.end(ring, left, Outcome::Error, 11);
    // The second is in flight to the end.
    drop(second);
    engine.registry.release(ring);
    engine.check(3);
}

/// Runs of the model by each scheduler; the schedule of one that fails is printed.
fn run(scheduler: impl Scheduler + 'static) {
    let mut config = shuttle::Config::new();
    config.stack_size = 4 << 20;
    // It takes every ordering for the strongest. What weaker ones allow, loom's models look for.
    config.silence_warnings = true;
    Runner::new(scheduler, config).run(engine);
}

fn iterations() -> usize {
    let iterations = std::env::var("SHUTTLE_ITERATIONS").ok();
    iterations.map_or(300, |iterations| iterations.parse().unwrap())
}

#[test]
fn shuttle_the_books_of_the_whole_engine_are_exact() {
    run(RandomScheduler::new(iterations()));
}

#[test]
fn shuttle_the_books_are_exact_when_few_threads_get_ahead() {
    run(PctScheduler::new(5, iterations()));
}
