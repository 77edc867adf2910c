use std::panic::AssertUnwindSafe;
use std::time::Duration;

use super::{SeriesId, Values, fixed, recorder};
use crate::clock;
use crate::event::Outcome;
use crate::interned::intern;
use crate::site::Site;

/// Where what runs under a call says how it was left.
pub type Abandoned<'a> = AssertUnwindSafe<Option<&'a mut Outcome>>;

/// A call that is running, or, where recording is off, nothing at all.
///
/// Dropped without [`finish`](Self::finish) it counts as panicked, or as what
/// [`set_abandoned`](Self::set_abandoned) said last.
#[derive(Debug)]
#[must_use = "a call ends when this is dropped"]
pub struct Call<V: Values = (), K = ()>(Option<RunningCall<V, K>>);

#[derive(Debug)]
struct RunningCall<V, K> {
    start: u64,
    series: SeriesId,
    abandoned: Outcome,
    values: V,
    _keep: K,
}

/// A call whose time runs, but which counts only once [`begin`](Self::begin) says so.
#[derive(Debug)]
#[must_use = "a call that does not begin is not recorded"]
pub struct Pending<V: Values = (), K = ()>(Option<RunningCall<V, K>>);

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
        Self(Some(RunningCall {
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
            recorder::start_at(running.series, running.start);
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
        Self(Some(RunningCall {
            start: recorder::start(series),
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
            recorder::end(running.series, outcome, running.start, &running.values, &more);
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
            // By value: of a call whose address nobody has the parts stay in registers.
            abandon(
                running.series,
                running.abandoned,
                running.start,
                running.values.clone(),
            );
        }
    }
}

#[cold]
#[inline(never)]
fn abandon<V: Values>(series: SeriesId, outcome: Outcome, start: u64, values: V) {
    recorder::end(series, outcome, start, &values, &());
}

/// Records a call of which only the duration is known. Those over 2^64 - 1 ns, 584 years, count as that.
pub fn record(series: SeriesId, outcome: Outcome, duration: Duration, values: &impl Values) {
    let nanoseconds = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
    recorder::said(series, outcome, nanoseconds, values);
}

/// The bits under which the kind of an error is carried as [`Payload::ERROR_KIND`](crate::event::Payload::ERROR_KIND).
/// At most 255 kinds are told apart in a process; the rest are `other`.
#[must_use]
pub fn error_kind(kind: &str) -> u64 {
    intern(kind)
}
