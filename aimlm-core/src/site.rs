//! The static of one annotated function.

use std::panic::Location;

use crate::event::{Label, Record, Stage};
use crate::reporter::{self, Reporter};
use crate::sync::Ordering;
use crate::sync::fixed::AtomicU64;

/// What all keys of a stage that are one short text have in common, but for the text.
#[derive(Debug, Clone, Copy)]
pub struct PlainForm(pub(crate) u64);

impl PlainForm {
    /// Of no series: who asks for one in this form is answered in full.
    const NONE: Self = Self(u64::MAX << 32);

    /// That of a stage.
    #[inline(always)]
    #[must_use]
    pub const fn of(stage: Stage) -> Self {
        // Above the length of the text.
        Self((stage.code() as u64 + 1) << 32)
    }
}

/// Where an annotated function stands, and the series of its calls once the first of them asked for it.
#[derive(Debug)]
pub struct Site {
    pub(crate) stage: Stage,
    pub(crate) form: PlainForm,
    module: &'static str,
    function: &'static str,
    place: &'static Location<'static>,
    /// Subject and labels of all its calls, if they are known when the program is compiled.
    pub(crate) fixed: Option<(&'static str, &'static [(Label, &'static str)])>,
    pub(crate) memory: bool,
    reporter: Option<&'static Reporter>,
    start_key: AtomicU64,
    /// Of the instances that its calls named, the newest one's: the series, below the instance.
    series_in: AtomicU64,
}

impl Site {
    /// A site of the function of this name in a module, in the file and on the line where this is called.
    #[must_use]
    #[track_caller]
    pub const fn new(stage: Stage, module: &'static str, function: &'static str) -> Self {
        Self {
            stage,
            form: PlainForm::of(stage),
            module,
            function,
            place: Location::caller(),
            fixed: None,
            memory: false,
            reporter: None,
            start_key: AtomicU64::new(0),
            series_in: AtomicU64::new(0),
        }
    }

    /// A site whose calls all belong to the series of this subject and these labels.
    #[must_use]
    #[track_caller]
    pub const fn fixed(
        stage: Stage,
        module: &'static str,
        function: &'static str,
        subject: &'static str,
        labels: &'static [(Label, &'static str)],
    ) -> Self {
        let mut site = Self::new(stage, module, function);
        site.fixed = Some((subject, labels));
        site
    }

    /// The same site, with resident memory sampled while its calls are in flight.
    #[must_use]
    pub const fn with_memory(mut self) -> Self {
        self.memory = true;
        self.form = PlainForm::NONE;
        self
    }

    /// The same site, whose first call introduces this reporter.
    #[must_use]
    pub const fn with_reporter(mut self, reporter: &'static Reporter) -> Self {
        self.reporter = Some(reporter);
        self
    }

    /// Before a call of this site is recorded for the first time.
    #[cold]
    pub(crate) fn introduce(&self) {
        if let Some(reporter) = self.reporter {
            reporter::introduce(reporter);
        }
    }

    /// Module path and name of the function.
    pub(crate) fn function(&self) -> String {
        format!("{}::{}", self.module, self.function)
    }

    pub(crate) const fn file(&self) -> &'static str {
        self.place.file()
    }

    pub(crate) const fn line(&self) -> u32 {
        self.place.line()
    }

    /// The key of a [start](Record::start_key) of its series, if it has one for good; 0 before the first call.
    #[inline(always)]
    pub(crate) fn start_key(&self) -> u64 {
        // Relaxed: the number leads to its series through the store, which orders its own writes.
        self.start_key.load(Ordering::Relaxed)
    }

    pub(crate) fn set_series(&self, number: u32) {
        self.start_key.store(Record::start_key(number), Ordering::Relaxed);
    }

    /// The series of all its calls in this instance, if it knows that one.
    #[inline(always)]
    pub(crate) fn series_in(&self, instance: u64) -> Option<u32> {
        // Relaxed: as in `start_key`. An instance has its series for as long as it lives, and its number for ever.
        let known = self.series_in.load(Ordering::Relaxed);
        (known >> 32 == instance + 1).then_some(known as u32)
    }

    /// Remembers it, unless it knows that of a newer instance: of two that take turns, on many threads, one stays, and
    /// nothing is written.
    pub(crate) fn set_series_in(&self, instance: u64, number: u32) {
        let Ok(instance) = u32::try_from(instance + 1) else {
            return;
        };
        let new = u64::from(instance) << 32 | u64::from(number);
        if self.series_in.load(Ordering::Relaxed) < new {
            self.series_in.fetch_max(new, Ordering::Relaxed);
        }
    }
}
