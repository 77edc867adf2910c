use std::time::Duration;

use super::{Values, recorder};
use crate::aggregate::intern;
use crate::buffer;
use crate::clock::{self, Rate};
use crate::event::{Label, Outcome};
use crate::series::{GLOBAL, Instance, KeyRef, Namespace};
use crate::site::Site;

/// The number of a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeriesId(u32);

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
    /// The series of this subject; a label without text is none.
    #[inline]
    #[must_use]
    pub fn series(self, subject: &str, labels: &[(Label, &str)]) -> SeriesId {
        let key = KeyRef {
            stage: self.site.stage,
            subject,
            labels,
        };
        SeriesId(
            self.namespace
                .series(&key, Some(self.site), self.site.memory)
                .unwrap_or(0),
        )
    }
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
    series: u32,
    abandoned: Outcome,
    values: V,
    _keep: K,
}

/// A call whose time runs, but which counts only once [`begin`](Self::begin) says so.
#[derive(Debug)]
#[must_use = "a call that does not begin is not recorded"]
pub struct Pending<V: Values = (), K = ()>(Option<Running<V, K>>);

impl<V: Values, K> Pending<V, K> {
    #[inline(always)]
    fn new(series: u32, values: impl FnOnce() -> V, keep: K) -> Self {
        if series == 0 {
            return Self(None);
        }
        let values = values();
        Self(Some(Running {
            start: clock::ticks(),
            series,
            abandoned: Outcome::Panicked,
            values,
            _keep: keep,
        }))
    }

    /// Begins the call; its time counts from when this was made.
    #[inline(always)]
    pub fn begin(self) -> Call<V, K> {
        if let Some(running) = &self.0 {
            recorder::start_at(running.series, running.start);
        }
        Call(self.0)
    }
}

/// The series of a call of the global instance whose subject and labels never change; 0 if it is not recorded.
#[inline(always)]
fn fixed(site: &'static Site, subject: &'static str, labels: &'static [(Label, &'static str)]) -> u32 {
    if !GLOBAL.is_enabled() {
        return 0;
    }
    match site.series() {
        0 => resolve_fixed(site, subject, labels),
        series => series,
    }
}

#[cold]
#[inline(never)]
fn resolve_fixed(site: &'static Site, subject: &str, labels: &[(Label, &str)]) -> u32 {
    let key = KeyRef {
        stage: site.stage,
        subject,
        labels,
    };
    let series = GLOBAL.series(&key, Some(site), site.memory).unwrap_or(0);
    // The first call reads the configuration, which may say that nothing is to be recorded.
    if !GLOBAL.is_enabled() {
        return 0;
    }
    if !GLOBAL.is_overflow(series) {
        site.set_series(series);
    }
    series
}

/// The series that `series` finds; 0 if the call is not recorded.
#[inline(always)]
fn found(namespace: &Namespace, site: &'static Site, series: impl FnOnce(Resolver<'_>) -> SeriesId) -> u32 {
    if !namespace.is_enabled() {
        return 0;
    }
    let SeriesId(series) = series(Resolver { namespace, site });
    // As in `resolve_fixed`.
    if namespace.is_enabled() { series } else { 0 }
}

/// Begins a call of the global instance whose subject and labels never change.
#[inline(always)]
pub fn enter_fixed<V: Values>(
    site: &'static Site,
    subject: &'static str,
    labels: &'static [(Label, &'static str)],
    values: impl FnOnce() -> V,
) -> Call<V> {
    match fixed(site, subject, labels) {
        0 => Call(None),
        series => Call::started(series, values(), ()),
    }
}

/// As [`enter_fixed`], not yet begun.
#[inline(always)]
pub fn prepare_fixed<V: Values>(
    site: &'static Site,
    subject: &'static str,
    labels: &'static [(Label, &'static str)],
    values: impl FnOnce() -> V,
) -> Pending<V> {
    Pending::new(fixed(site, subject, labels), values, ())
}

/// Begins a call of the global instance.
#[inline(always)]
pub fn enter<V: Values>(
    site: &'static Site,
    series: impl FnOnce(Resolver<'_>) -> SeriesId,
    values: impl FnOnce() -> V,
) -> Call<V> {
    match found(&GLOBAL, site, series) {
        0 => Call(None),
        series => Call::started(series, values(), ()),
    }
}

/// As [`enter`], not yet begun.
#[inline(always)]
pub fn prepare<V: Values>(
    site: &'static Site,
    series: impl FnOnce(Resolver<'_>) -> SeriesId,
    values: impl FnOnce() -> V,
) -> Pending<V> {
    Pending::new(found(&GLOBAL, site, series), values, ())
}

/// Begins a call of any instance, which lives at least until the call ends.
#[inline]
pub(crate) fn enter_in<V: Values>(
    instance: &Instance,
    site: &'static Site,
    series: impl FnOnce(Resolver<'_>) -> SeriesId,
    values: impl FnOnce() -> V,
) -> Call<V, Instance> {
    Call::begin(
        found(instance.namespace(), site, series),
        values,
        instance.clone(),
    )
}

/// As [`enter_in`], not yet begun.
#[inline]
pub(crate) fn prepare_in<V: Values>(
    instance: &Instance,
    site: &'static Site,
    series: impl FnOnce(Resolver<'_>) -> SeriesId,
    values: impl FnOnce() -> V,
) -> Pending<V, Instance> {
    Pending::new(
        found(instance.namespace(), site, series),
        values,
        instance.clone(),
    )
}

/// Begins a call of a series that was found before; 0 is none.
#[inline]
pub(crate) fn begin<V: Values>(instance: &Instance, series: u32, values: V) -> Call<V, Instance> {
    Call::begin(series, || values, instance.clone())
}

impl<V: Values, K> Call<V, K> {
    #[inline(always)]
    fn begin(series: u32, values: impl FnOnce() -> V, keep: K) -> Self {
        if series == 0 {
            return Self(None);
        }
        Self::started(series, values(), keep)
    }

    /// Apart from [`begin`](Self::begin), so that an unoptimised build compiles it once for each type of values.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn started(series: u32, values: V, keep: K) -> Self {
        Self(Some(Running {
            start: recorder::start(series),
            series,
            abandoned: Outcome::Panicked,
            values,
            _keep: keep,
        }))
    }

    /// Ends the call, with more numbers that only its result could tell.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn finish<W: Values>(mut self, outcome: Outcome, more: W) {
        self.end(outcome, more);
    }

    /// As [`finish`](Self::finish), where it stands: moving a call costs more than ending it.
    #[inline(always)]
    pub(crate) fn end<W: Values>(&mut self, outcome: Outcome, more: W) {
        if let Some(running) = &self.0 {
            recorder::end(running.series, outcome, running.start, &running.values, &more);
        }
        self.0 = None;
    }

    /// Says what it means if the call is dropped before it is finished.
    #[inline(always)]
    pub fn set_abandoned(&mut self, outcome: Outcome) {
        if let Some(running) = &mut self.0 {
            running.abandoned = outcome;
        }
    }

    /// Whether it is recorded.
    #[must_use]
    pub const fn is_recorded(&self) -> bool {
        self.0.is_some()
    }

    /// The numbers it carries, to add to.
    pub(crate) fn values_mut(&mut self) -> Option<&mut V> {
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
        running.series,
        running.abandoned,
        running.start,
        &running.values,
        &(),
    );
}

/// The longest duration that is told from longer ones: 146 years, so that no sum of two overflows.
const LONGEST: Duration = Duration::from_nanos(1 << 62);

/// Records a call of which only the duration is known.
pub(crate) fn record(series: u32, outcome: Outcome, duration: Duration, values: &impl Values) {
    let ticks = Rate::current().ticks(duration.min(LONGEST));
    // Not before this process began: such a call would belong to the one it was forked from.
    recorder::start(series);
    let start = clock::ticks().saturating_sub(ticks).max(buffer::birth());
    recorder::end_after(series, outcome, start, ticks, values, &());
}

/// The bits under which the kind of an error is carried as [`Field::ErrorKind`](crate::event::Field::ErrorKind).
/// At most 255 kinds are told apart in a process; the rest are `other`.
#[must_use]
pub fn error_kind(kind: &str) -> u64 {
    intern(kind)
}
