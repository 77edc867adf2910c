//! From a call's site, subject and labels to the number of its series.

use std::num::NonZero;

use super::TextRef;
use crate::event::{Label, Record};
use crate::reporter;
use crate::ring;
use crate::series::{GLOBAL, Instance, KeyRef, Namespace};
use crate::site::Site;

/// A series, by what its calls write when they start: nothing is left to be put together then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeriesId(NonZero<u64>);

impl SeriesId {
    /// `None` if the number is that of no series.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn new(number: u32) -> Option<Self> {
        if number == 0 {
            return None;
        }
        Self::of_start_key(Record::start_key(number))
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn of_start_key(key: u64) -> Option<Self> {
        NonZero::new(key).map(Self)
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) const fn start_key(self) -> u64 {
        self.0.get()
    }
}

/// Finds the series of a call whose subject or labels are known only when it begins.
#[derive(Clone, Copy)]
pub struct Resolver<'a> {
    namespace: &'a Namespace,
    site: &'static Site,
}

impl std::fmt::Debug for Resolver<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Resolver").field(self.site).finish()
    }
}

impl Resolver<'_> {
    /// The series of this subject, if the call is recorded; a label without text is none.
    #[cfg_attr(not(debug_assertions), inline(always))]
    #[must_use]
    pub fn series(self, subject: TextRef<'_>, labels: &[(Label, &str)]) -> Option<SeriesId> {
        let subject = subject.as_str();
        SeriesId::new(if labels.is_empty() {
            self.find_plain(subject)
        } else {
            self.find(subject, labels)
        })
    }

    /// The same where all calls of the site have these texts: it remembers the series.
    #[cfg_attr(not(debug_assertions), inline(always))]
    #[must_use]
    pub fn fixed_series(self, subject: &str, labels: &[(Label, &str)]) -> Option<SeriesId> {
        SeriesId::new(match self.site.series_in(self.namespace.id()) {
            Some(number) => number,
            None => self.find_fixed(subject, labels),
        })
    }

    // What follows gives 0 for no series, and is compiled once, like all that a call runs and that knows no type of the
    // caller's. Each takes what the one before has, where it has it, and is the last thing that does: nothing is kept
    // for it.
    #[inline(never)]
    fn find_plain(self, subject: &str) -> u32 {
        // Whether it records was asked before, and by who made the series: it has its configuration.
        match self.namespace.series_at_hand(self.site.form, subject) {
            Some(number) => number,
            None => self.find(subject, &[]),
        }
    }

    #[inline(never)]
    fn find(self, subject: &str, labels: &[(Label, &str)]) -> u32 {
        let (namespace, memory) = (self.namespace, self.site.memory);
        match namespace.series_or_overflow(&self.key(subject, labels), memory) {
            Some(number) if namespace.is_enabled() => number,
            _ => self.find_or_make(subject, labels),
        }
    }

    #[inline(never)]
    fn find_or_make(self, subject: &str, labels: &[(Label, &str)]) -> u32 {
        ring::watch_forks();
        self.site.introduce();
        let (namespace, memory) = (self.namespace, self.site.memory);
        let series = namespace.series(&self.key(subject, labels), Some(self.site), memory);
        series.filter(|_| is_still_on(namespace)).unwrap_or(0)
    }

    #[inline(never)]
    fn find_fixed(self, subject: &str, labels: &[(Label, &str)]) -> u32 {
        let number = self.find(subject, labels);
        if number != 0 && !self.namespace.is_overflow(number) {
            self.site.set_series_in(self.namespace.id(), number);
        }
        number
    }

    #[inline(always)]
    const fn key<'k>(self, subject: &'k str, labels: &'k [(Label, &'k str)]) -> KeyRef<'k> {
        KeyRef {
            stage: self.site.stage,
            subject,
            labels,
        }
    }
}

/// Looks for series of the global instance, if it records.
#[cfg_attr(not(debug_assertions), inline(always))]
#[must_use]
pub fn resolver(site: &'static Site) -> Option<Resolver<'static>> {
    GLOBAL.is_enabled().then_some(Resolver {
        namespace: &GLOBAL,
        site,
    })
}

/// Looks for series of any instance that records.
#[cfg_attr(not(debug_assertions), inline(always))]
#[must_use]
pub fn resolver_in<'a>(instance: &'a Instance, site: &'static Site) -> Resolver<'a> {
    let namespace = instance.namespace();
    Resolver { namespace, site }
}

/// The labels of a call that has none.
pub const UNLABELLED: &[(Label, &str)] = &[];

/// The series of a call of the global instance whose site is a fixed one, if it is recorded.
#[cfg_attr(not(debug_assertions), inline(always))]
#[must_use]
pub fn fixed(site: &'static Site) -> Option<SeriesId> {
    if !GLOBAL.is_enabled() {
        return None;
    }
    SeriesId::of_start_key(site.start_key()).or_else(|| resolve_fixed(site))
}

/// The first call reads the configuration, which may say that nothing is to be recorded.
#[inline]
pub fn is_still_on(namespace: &Namespace) -> bool {
    let is_on = namespace.is_enabled();
    if !is_on {
        reporter::ask_environment();
    }
    is_on
}

#[cold]
#[inline(never)]
fn resolve_fixed(site: &'static Site) -> Option<SeriesId> {
    ring::watch_forks();
    site.introduce();
    let (subject, labels) = site.fixed?;
    let key = KeyRef {
        stage: site.stage,
        subject,
        labels,
    };
    let series = GLOBAL.series(&key, Some(site), site.memory)?;
    if !is_still_on(&GLOBAL) {
        return None;
    }
    if !GLOBAL.is_overflow(series) {
        site.set_series(series);
    }
    SeriesId::new(series)
}
