//! Any sequence of calls, resets and windows, against books that the test keeps.

use std::collections::BTreeMap;
use std::time::Duration;

use aimlm::{Metrics, Outcome, Snapshot};
use proptest::prelude::*;

use crate::figures::{page, page_of};
use crate::hand::Running;

const SUBJECTS: [&str; 3] = ["a", "b", ""];
const DEVICES: [&str; 3] = ["cpu", "cuda:0", "cuda:1"];
const OUTCOMES: [Outcome; 4] = [Outcome::Ok, Outcome::Error, Outcome::Panicked, Outcome::Cancelled];

#[derive(Debug, Clone)]
enum Act {
    Record {
        subject: usize,
        device: usize,
        outcome: usize,
        ns: u64,
        batch: Option<u64>,
        tokens: Option<u64>,
    },
    Open {
        subject: usize,
        device: usize,
        batch: Option<u64>,
    },
    Close {
        at: usize,
        outcome: usize,
    },
    Report,
    Reset,
    Window,
}

fn act() -> impl Strategy<Value = Act> {
    let amount = || prop::option::of(prop_oneof![0_u64..50, 0_u64..1 << 40]);
    let ns = prop_oneof![0_u64..1000, 0_u64..1 << 30, 0_u64..1 << 45];
    prop_oneof![
        6 => (0..3_usize, 0..3_usize, 0..4_usize, ns, amount(), amount()).prop_map(
            |(subject, device, outcome, ns, batch, tokens)| Act::Record { subject, device, outcome, ns, batch, tokens }
        ),
        4 => (0..3_usize, 0..3_usize, amount())
            .prop_map(|(subject, device, batch)| Act::Open { subject, device, batch }),
        4 => (any::<usize>(), 0..4_usize).prop_map(|(at, outcome)| Act::Close { at, outcome }),
        1 => Just(Act::Report),
        1 => Just(Act::Reset),
        1 => Just(Act::Window),
    ]
}

/// What is to be said about one subject.
#[derive(Debug, Clone, Default)]
struct Book {
    begun: u64,
    in_flight: u64,
    outcomes: [u64; 4],
    /// Of calls that ended as recorded, in nanoseconds; measured ones have none.
    recorded: Vec<u64>,
    measured: u64,
    batches: Vec<u64>,
    failed_batches: Vec<u64>,
    tokens: Vec<u64>,
}

impl Book {
    /// Started, in flight, and by outcome.
    fn counts(&self) -> [u64; 6] {
        let [ok, error, panicked, cancelled] = self.outcomes;
        [self.begun, self.in_flight, ok, error, panicked, cancelled]
    }

    fn end(&mut self, outcome: usize, batch: Option<u64>) {
        self.outcomes[outcome] += 1;
        let list = if outcome == 0 {
            &mut self.batches
        } else {
            &mut self.failed_batches
        };
        list.extend(batch);
    }
}

type Books = BTreeMap<usize, Book>;

/// Ends a call that is open.
type End = Box<dyn FnOnce(Outcome)>;

struct Run {
    metrics: Metrics,
    open: Vec<(usize, Option<u64>, End)>,
    /// Since the last reset.
    window: Books,
    /// Since the last reset that was no window.
    all: Books,
    windows: Vec<Snapshot>,
}

impl Run {
    fn books(&mut self, subject: usize) -> [&mut Book; 2] {
        [
            self.window.entry(subject).or_default(),
            self.all.entry(subject).or_default(),
        ]
    }

    /// What a new window starts with: the calls in flight.
    fn carried(&self) -> Books {
        let mut books = Books::new();
        for (subject, ..) in &self.open {
            let book = books.entry(*subject).or_default();
            book.begun += 1;
            book.in_flight += 1;
        }
        books
    }

    fn act(&mut self, act: &Act) {
        match *act {
            Act::Record {
                subject,
                device,
                outcome,
                ns,
                batch,
                tokens,
            } => {
                let mut call = self
                    .metrics
                    .track_inference(SUBJECTS[subject])
                    .device(DEVICES[device]);
                if let Some(batch) = batch {
                    call = call.batch_size(batch);
                }
                if let Some(tokens) = tokens {
                    call = call.tokens_out(tokens);
                }
                call.record_as(OUTCOMES[outcome], Duration::from_nanos(ns));
                for book in self.books(subject) {
                    book.begun += 1;
                    book.end(outcome, batch);
                    if outcome == 0 {
                        book.recorded.push(ns);
                        book.tokens.extend(tokens);
                    }
                }
            }
            Act::Open {
                subject,
                device,
                batch,
            } => {
                let mut call = self
                    .metrics
                    .track_inference(SUBJECTS[subject])
                    .device(DEVICES[device]);
                if let Some(batch) = batch {
                    call = call.batch_size(batch);
                }
                let call = call.start();
                self.open
                    .push((subject, batch, Box::new(|outcome| call.end(outcome))));
                for book in self.books(subject) {
                    book.begun += 1;
                    book.in_flight += 1;
                }
            }
            Act::Close { at, outcome } if !self.open.is_empty() => {
                let (subject, batch, call) = self.open.swap_remove(at % self.open.len());
                call(OUTCOMES[outcome]);
                for book in self.books(subject) {
                    book.in_flight -= 1;
                    book.end(outcome, batch);
                    book.measured += u64::from(outcome == 0);
                }
            }
            Act::Close { .. } => {}
            Act::Report => check(&page(&self.metrics), &self.window),
            Act::Reset => {
                self.metrics.reset();
                self.windows.clear();
                self.window = self.carried();
                self.all = self.window.clone();
            }
            Act::Window => {
                self.windows.push(self.metrics.snapshot_and_reset());
                self.window = self.carried();
            }
        }
    }
}

fn check(page: &crate::figures::Page, books: &Books) {
    let sum = |list: &[u64]| list.iter().sum::<u64>();
    for (&subject, book) in books.iter().filter(|(_, book)| book.begun > 0) {
        let calls = page.inference(SUBJECTS[subject]);
        assert_eq!(calls.counts(), book.counts(), "{book:?}");
        for (field, list) in [("batch_size", &book.batches), ("tokens_out", &book.tokens)] {
            let n = (!list.is_empty()).then_some(list.len() as f64);
            assert_eq!(calls.number(field, "count"), n, "{field} {book:?}");
            assert_eq!(
                calls.number(field, "total"),
                n.map(|_| sum(list) as f64),
                "{field}"
            );
            assert_eq!(
                calls.number(field, "max"),
                list.iter().max().map(|&max| max as f64),
                "{field}"
            );
            assert_eq!(
                calls.number(field, "min"),
                list.iter().min().map(|&min| min as f64),
                "{field}"
            );
        }
        let failed = &book.failed_batches;
        let n = (!failed.is_empty()).then_some(failed.len() as f64);
        assert_eq!(calls.failed_number("batch_size", "count"), n, "failed {book:?}");
        if !book.batches.is_empty() {
            assert_eq!(calls.items().total(), Some(sum(&book.batches)));
        }
        assert_eq!(calls.latency("count"), Some(book.outcomes[0] as f64));
        if book.measured == 0 && !book.recorded.is_empty() {
            assert_eq!(calls.latency("total"), Some(sum(&book.recorded) as f64 / 1e9));
            assert_eq!(
                calls.latency("max"),
                book.recorded.iter().max().map(|&ns| ns as f64 / 1e9)
            );
            assert_eq!(
                calls.latency("min"),
                book.recorded.iter().min().map(|&ns| ns as f64 / 1e9)
            );
        }
        let per_second = calls.calls_per_second().unwrap_or(1.0);
        assert!(per_second.is_finite() && per_second >= 0.0, "{per_second}");
        let (busy, total) = (calls.busy().unwrap_or(0.0), calls.latency("total").unwrap());
        let longest = calls.latency("max").unwrap_or(0.0);
        let failed = calls.failed_latency("total").unwrap_or(0.0);
        assert!(
            busy <= (total + failed) * 1.01 + 1e-6,
            "busy {busy} of {total} and {failed} in calls"
        );
        assert!(busy >= longest * 0.99 - 1e-6, "busy {busy}, one call {longest}");
        assert!(
            page.window_seconds() >= busy * 0.99,
            "recorded {} busy {busy}",
            page.window_seconds()
        );
    }
    let begun: u64 = books.values().map(|book| book.begun).sum();
    assert_eq!(page.head_count("calls"), begun);
    let in_flight: u64 = books.values().map(|book| book.in_flight).sum();
    assert_eq!(page.head_count("in flight"), in_flight);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn books_balance(acts in prop::collection::vec(act(), 1..120)) {
        let mut run = Run {
            metrics: Metrics::default_instance(),
            open: Vec::new(),
            window: Books::new(),
            all: Books::new(),
            windows: Vec::new(),
        };
        for act in &acts {
            run.act(act);
        }
        let last = run.metrics.snapshot();
        check(&page_of(&last, run.metrics.config()), &run.window);
        let mut whole = last;
        for window in &run.windows {
            whole.merge(window);
        }
        check(&page_of(&whole, run.metrics.config()), &run.all);
    }
}
