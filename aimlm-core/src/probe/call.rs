use std::num::NonZero;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use super::{Abandoned, TextRef, Values, recorder};
use crate::clock;
use crate::event::{Label, Outcome};
use crate::interned::intern;
use crate::reporter;
use crate::ring;
use crate::series::{GLOBAL, Instance, KeyRef, Namespace};
use crate::site::Site;

/// The number of a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeriesId(NonZero<u32>);

impl SeriesId {
    /// `None` if the number is that of no series.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn new(number: u32) -> Option<Self> {
        NonZero::new(number).map(Self)
    }
}

/// Finds the series of a call whose subject or labels are known only when it begins.
#[derive(Clone, Copy)]
pub struct Resolver<'a> {
    instance: &'a Instance,
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
        self.find(subject.as_str(), labels)
    }

    // Compiled once, like all that a call runs and that knows no type of the caller's. Each of the three takes what the
    // one before has, where it has it, and is the last thing that does: nothing is kept for it.
    #[inline(never)]
    fn find(self, subject: &str, labels: &[(Label, &str)]) -> Option<SeriesId> {
        let (namespace, memory) = (self.instance.namespace(), self.site.memory);
        match namespace.series_at_hand(&self.key(subject, labels), memory) {
            Some(number) if namespace.is_enabled() => SeriesId::new(number),
            _ => self.find_further(subject, labels),
        }
    }

    #[inline(never)]
    fn find_further(self, subject: &str, labels: &[(Label, &str)]) -> Option<SeriesId> {
        let (namespace, memory) = (self.instance.namespace(), self.site.memory);
        match namespace.series_or_overflow(&self.key(subject, labels), memory) {
            Some(number) if namespace.is_enabled() => SeriesId::new(number),
            _ => self.find_or_make(subject, labels),
        }
    }

    #[inline(never)]
    fn find_or_make(self, subject: &str, labels: &[(Label, &str)]) -> Option<SeriesId> {
        ring::watch_forks();
        self.site.introduce();
        let (namespace, memory) = (self.instance.namespace(), self.site.memory);
        let series = namespace.series(&self.key(subject, labels), Some(self.site), memory);
        series.filter(|_| is_still_on(namespace)).and_then(SeriesId::new)
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
    static INSTANCE: Instance = Instance::global();
    GLOBAL.is_enabled().then_some(Resolver {
        instance: &INSTANCE,
        site,
    })
}

/// Looks for series of any instance that records.
#[inline]
#[must_use]
pub const fn resolver_in<'a>(instance: &'a Instance, site: &'static Site) -> Resolver<'a> {
    Resolver { instance, site }
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
    SeriesId::new(site.series()).or_else(|| resolve_fixed(site))
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

/// A call that is running, or, where recording is off, nothing at all.
///
/// Dropped without [`finish`](Self::finish) it counts as panicked, or as what
/// [`set_abandoned`](Self::set_abandoned) said last.
#[derive(Debug)]
#[must_use = "a call ends when this is dropped"]
pub struct Call<V: Values = (), K = ()>(Option<Running<V, K>>);

#[derive(Debug)]
struct Running<V, K> {
    start: u64,
    series: SeriesId,
    abandoned: Outcome,
    values: V,
    _keep: K,
}

/// A call whose time runs, but which counts only once [`begin`](Self::begin) says so.
#[derive(Debug)]
#[must_use = "a call that does not begin is not recorded"]
pub struct Pending<V: Values = (), K = ()>(Option<Running<V, K>>);

impl<V: Values> Pending<V> {
    /// A call of a fixed site.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn fixed(site: &'static Site, values: V) -> Self {
        Self::of(fixed(site), values, ())
    }
}

impl<V: Values, K> Pending<V, K> {
    /// A call of `series`, or, if that is none, one that is not recorded.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn of(series: Option<SeriesId>, values: V, keep: K) -> Self {
        match series {
            Some(series) => Self::new(series, values, keep),
            None => Self::off(),
        }
    }

    /// Its time runs from now on.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn new(series: SeriesId, values: V, keep: K) -> Self {
        Self(Some(Running {
            start: clock::ticks(),
            series,
            abandoned: Outcome::Panicked,
            values,
            _keep: keep,
        }))
    }

    /// A call that is not recorded.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub const fn off() -> Self {
        Self(None)
    }

    /// Begins the call; its time counts from when this was made.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn begin(self) -> Call<V, K> {
        if let Some(running) = &self.0 {
            recorder::start_at(running.series.0.get(), running.start);
        }
        Call(self.0)
    }
}

impl<V: Values> Call<V> {
    /// Begins a call of a fixed site.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn fixed(site: &'static Site, values: V) -> Self {
        Self::of(fixed(site), values, ())
    }
}

impl<V: Values, K> Call<V, K> {
    /// Begins a call of `series`, or, if that is none, one that is not recorded.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn of(series: Option<SeriesId>, values: V, keep: K) -> Self {
        match series {
            Some(series) => Self::begin(series, values, keep),
            None => Self::off(),
        }
    }

    /// Begins a call of `series`, of an instance that lives as long as `keep`.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn begin(series: SeriesId, values: V, keep: K) -> Self {
        Self(Some(Running {
            start: recorder::start(series.0.get()),
            series,
            abandoned: Outcome::Panicked,
            values,
            _keep: keep,
        }))
    }

    /// A call that is not recorded.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub const fn off() -> Self {
        Self(None)
    }

    /// Ends the call, with more numbers that only its result could tell.
    #[cfg_attr(not(debug_assertions), inline(always))]
    // Where it stands: moving a call costs more than ending it.
    pub fn finish<W: Values>(&mut self, outcome: Outcome, more: W) {
        if let Some(running) = &self.0 {
            recorder::end(
                running.series.0.get(),
                outcome,
                running.start,
                &running.values,
                &more,
            );
        }
        self.0 = None;
    }

    /// Says what it means if the call is dropped before it is finished.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn set_abandoned(&mut self, outcome: Outcome) {
        if let Some(running) = &mut self.0 {
            running.abandoned = outcome;
        }
    }

    /// A `?` leaves the function, or does not.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn leaving(&mut self, outcome: Option<Outcome>) {
        if let Some(outcome) = outcome {
            self.finish(outcome, ());
        }
    }

    /// What it means if the call is dropped now.
    pub fn abandoned(&self) -> Outcome {
        self.0
            .as_ref()
            .map_or(Outcome::Cancelled, |running| running.abandoned)
    }

    /// Makes it one that counts as cancelled if it is dropped before it is finished, and lends where to say
    /// otherwise.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn cancellable(&mut self) -> Abandoned<'_> {
        self.set_abandoned(Outcome::Cancelled);
        AssertUnwindSafe(self.0.as_mut().map(|running| &mut running.abandoned))
    }

    /// Whether it is recorded.
    #[must_use]
    pub const fn is_recorded(&self) -> bool {
        self.0.is_some()
    }

    /// The numbers it carries, to add to.
    pub fn values_mut(&mut self) -> Option<&mut V> {
        self.0.as_mut().map(|running| &mut running.values)
    }
}

impl<V: Values, K> Drop for Call<V, K> {
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn drop(&mut self) {
        if let Some(running) = &self.0 {
            abandon(running);
        }
    }
}

#[cold]
#[inline(never)]
fn abandon<V: Values, K>(running: &Running<V, K>) {
    recorder::end(
        running.series.0.get(),
        running.abandoned,
        running.start,
        &running.values,
        &(),
    );
}

/// Records a call of which only the duration is known. Those over 2^64 - 1 ns, 584 years, count as that.
pub fn record(series: SeriesId, outcome: Outcome, duration: Duration, values: &impl Values) {
    let nanoseconds = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
    recorder::said(series.0.get(), outcome, nanoseconds, values);
}

/// The bits under which the kind of an error is carried as [`Payload::ERROR_KIND`](crate::event::Payload::ERROR_KIND).
/// At most 255 kinds are told apart in a process; the rest are `other`.
#[must_use]
pub fn error_kind(kind: &str) -> u64 {
    intern(kind)
}
