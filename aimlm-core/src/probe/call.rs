//! Stand-in for the recording path: every call goes into a table behind a lock.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use super::Values;
use crate::event::{Field, Label, Outcome, Outcomes, Stage};
use crate::metrics::Metrics;
use crate::site::Site;

/// A series: stage, subject, labels.
pub type SeriesKey = (Stage, String, BTreeMap<Label, String>);

/// What is known of one series.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    /// Calls that started.
    pub started: u64,
    /// Calls that ended.
    pub outcomes: Outcomes,
    /// Values in the order of their coming.
    pub fields: BTreeMap<Field, Vec<u64>>,
    /// Errors by kind.
    pub error_kinds: BTreeMap<String, u64>,
    /// Durations.
    pub durations: Vec<Duration>,
    /// The function.
    pub function: &'static str,
    /// Whether memory was asked for.
    pub memory: bool,
}

/// Every series of an instance.
#[derive(Debug, Default)]
pub struct Book {
    /// By key.
    pub series: BTreeMap<SeriesKey, Tally>,
    kinds: Vec<String>,
}

static GLOBAL: OnceLock<Arc<Mutex<Book>>> = OnceLock::new();

/// The global table.
pub fn global() -> &'static Arc<Mutex<Book>> {
    GLOBAL.get_or_init(Arc::default)
}

fn with<R>(book: &Mutex<Book>, f: impl FnOnce(&mut Book) -> R) -> R {
    f(&mut book.lock().unwrap_or_else(PoisonError::into_inner))
}

/// The global table and those of the instances, by key.
pub fn tally(
    metrics: Option<&Metrics>,
    stage: Stage,
    subject: &str,
) -> Vec<(BTreeMap<Label, String>, Tally)> {
    let book = metrics.map_or_else(|| global(), |m| &m.0);
    with(book, |book| {
        book.series
            .iter()
            .filter(|((s, n, _), _)| *s == stage && n == subject)
            .map(|((_, _, labels), tally)| (labels.clone(), tally.clone()))
            .collect()
    })
}

/// Numbers a kind of error.
pub fn error_kind(kind: &str) -> u64 {
    with(global(), |book| {
        let found = book.kinds.iter().position(|k| k == kind);
        found.unwrap_or_else(|| {
            book.kinds.push(kind.to_owned());
            book.kinds.len() - 1
        }) as u64
    })
}

/// A series found.
#[derive(Debug)]
pub struct SeriesId(SeriesKey);

/// Finds a series at run time.
#[derive(Debug)]
pub struct Resolver<'a>(&'a Site);

impl Resolver<'_> {
    /// Labels with an empty text are absent.
    #[must_use]
    pub fn series(self, subject: &str, labels: &[(Label, &str)]) -> SeriesId {
        let labels = labels
            .iter()
            .filter(|(_, t)| !t.is_empty())
            .map(|(l, t)| (*l, (*t).to_owned()));
        SeriesId((self.0.stage, subject.to_owned(), labels.collect()))
    }
}

/// A call that is known and has not started.
#[derive(Debug)]
pub struct Pending<V: Values = (), K = ()> {
    site: &'static Site,
    series: SeriesKey,
    values: V,
    start: Instant,
    book: Arc<Mutex<Book>>,
    keep: K,
}

impl<V: Values, K> Pending<V, K> {
    /// Starts it; the time counts from its making.
    #[inline]
    pub fn begin(self) -> Call<V, K> {
        with(&self.book, |book| {
            let tally = book.series.entry(self.series.clone()).or_default();
            tally.started += 1;
            tally.function = self.site.function;
            tally.memory = self.site.memory;
            let _ = (self.site.file, self.site.line);
        });
        Call {
            pending: Some(self),
            abandoned: Outcome::Panicked,
        }
    }
}

/// A call in flight.
#[derive(Debug)]
pub struct Call<V: Values = (), K = ()> {
    pending: Option<Pending<V, K>>,
    abandoned: Outcome,
}

impl<V: Values, K> Call<V, K> {
    /// Ends it.
    pub fn finish<W: Values>(mut self, outcome: Outcome, more: W) {
        self.end(outcome, more);
    }

    /// What an unfinished call counts as when it is dropped.
    pub fn set_abandoned(&mut self, outcome: Outcome) {
        self.abandoned = outcome;
    }

    fn end<W: Values>(&mut self, outcome: Outcome, more: W) {
        let Some(pending) = self.pending.take() else {
            return;
        };
        let duration = pending.start.elapsed();
        let mut values = Vec::new();
        pending.values.visit(|field, bits| values.push((field, bits)));
        more.visit(|field, bits| values.push((field, bits)));
        let kinds = with(global(), |book| book.kinds.clone());
        with(&pending.book, |book| {
            let tally = book.series.entry(pending.series).or_default();
            tally.outcomes.add(outcome, 1);
            tally.durations.push(duration);
            for (field, bits) in values {
                if field == Field::ErrorKind {
                    *tally.error_kinds.entry(kinds[bits as usize].clone()).or_default() += 1;
                } else {
                    tally.fields.entry(field).or_default().push(bits);
                }
            }
        });
        drop(pending.keep);
    }
}

impl<V: Values, K> Drop for Call<V, K> {
    fn drop(&mut self) {
        self.end(self.abandoned, ());
    }
}

/// A call whose series is known when it is compiled.
#[inline(always)]
pub fn enter_fixed<V: Values>(
    site: &'static Site,
    subject: &'static str,
    labels: &'static [(Label, &'static str)],
    values: impl FnOnce() -> V,
) -> Call<V> {
    prepare_fixed(site, subject, labels, values).begin()
}

/// A call whose series is known at run time.
#[inline(always)]
pub fn enter<V: Values>(
    site: &'static Site,
    series: impl FnOnce(Resolver<'_>) -> SeriesId,
    values: impl FnOnce() -> V,
) -> Call<V> {
    prepare(site, series, values).begin()
}

/// What keeps an instance alive.
#[derive(Debug)]
pub struct Keep(#[allow(dead_code, reason = "held, never read")] Metrics);

/// A call recorded by an instance.
#[inline(always)]
pub fn enter_in<V: Values>(
    metrics: &Metrics,
    site: &'static Site,
    series: impl FnOnce(Resolver<'_>) -> SeriesId,
    values: impl FnOnce() -> V,
) -> Call<V, Keep> {
    prepare_in(metrics, site, series, values).begin()
}

/// As [`enter_fixed`], not yet started.
#[inline(always)]
pub fn prepare_fixed<V: Values>(
    site: &'static Site,
    subject: &'static str,
    labels: &'static [(Label, &'static str)],
    values: impl FnOnce() -> V,
) -> Pending<V> {
    prepare(site, |to| to.series(subject, labels), values)
}

/// As [`enter`], not yet started.
#[inline(always)]
pub fn prepare<V: Values>(
    site: &'static Site,
    series: impl FnOnce(Resolver<'_>) -> SeriesId,
    values: impl FnOnce() -> V,
) -> Pending<V> {
    let (series, values) = (series(Resolver(site)).0, values());
    Pending {
        site,
        series,
        values,
        start: Instant::now(),
        book: Arc::clone(global()),
        keep: (),
    }
}

/// As [`enter_in`], not yet started.
#[inline(always)]
pub fn prepare_in<V: Values>(
    metrics: &Metrics,
    site: &'static Site,
    series: impl FnOnce(Resolver<'_>) -> SeriesId,
    values: impl FnOnce() -> V,
) -> Pending<V, Keep> {
    let (series, values) = (series(Resolver(site)).0, values());
    let (book, keep) = (Arc::clone(&metrics.0), Keep(metrics.clone()));
    Pending {
        site,
        series,
        values,
        start: Instant::now(),
        book,
        keep,
    }
}
