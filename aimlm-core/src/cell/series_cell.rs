use std::sync::Arc;

use aimlm_snapshot::Detail;
use arc_swap::{ArcSwapOption, Guard};

use super::sequence::Sequence;
use super::waiting_calls::{HeldCalls, WaitingCalls};
use crate::busy::BusyTotals;
use crate::clock::Rate;
use crate::recent::MemorySample;
use crate::sums::{Records, SeriesSums};
use crate::sync::fixed::AtomicBool;
use crate::sync::{AtomicU32, Backoff, Ordering, fence};
use crate::window::{Window, WindowReading, WindowSettings, in_flight};

/// One series: its window, and calls that are not in the window yet.
#[repr(align(128))]
pub(crate) struct SeriesCell {
    window: ArcSwapOption<Window>,
    folds: Sequence,
    pub(crate) waiting: WaitingCalls,
    track_memory: AtomicBool,
    /// The next number of the list that this cell's number is in while it belongs to no series.
    pub(crate) next: AtomicU32,
}

/// With as many calls that wait as there is room for.
#[cfg(not(any(loom, shuttle)))]
const _: () = assert!(size_of::<SeriesCell>() == 256);

/// What a [`SeriesCell`] holds at one moment.
pub(crate) struct CellReading {
    /// Calls that were in flight when the window began; fewer than none where an end was folded before its start.
    pub(crate) carried: i64,
    pub(crate) window: WindowReading,
    /// What tells the beginning of the window, and where another took its place its end, from all others.
    pub(crate) beginning: u64,
    pub(crate) end: Option<u64>,
    /// Whether it stood so between two folds.
    pub(crate) is_consistent: bool,
}

impl CellReading {
    /// Calls that started and did not end; fewer than none as in [`carried`](Self::carried).
    pub(crate) const fn in_flight(&self) -> i64 {
        in_flight(self.carried, self.window.started, self.window.outcomes.ended())
    }
}

/// How often a reader tries to meet a series between two folds before it takes what it finds. A fold takes a microsecond, as
/// the first attempts do together; the last two give their processor away. Where so many threads call that one is always
/// kept from ending its fold, more would bring nothing, and each would wait for a turn of them all.
const READ_ATTEMPTS: u32 = 10;

impl SeriesCell {
    pub(crate) fn new() -> Self {
        Self {
            window: ArcSwapOption::const_empty(),
            folds: Sequence::new(),
            waiting: WaitingCalls::new(),
            track_memory: AtomicBool::new(false),
            next: AtomicU32::new(0),
        }
    }

    #[inline]
    pub(crate) fn window(&self) -> Guard<Option<Arc<Window>>> {
        self.window.load()
    }

    /// Bytes of its window.
    pub(crate) fn bytes(&self) -> usize {
        self.window().as_ref().map_or(0, |window| window.bytes())
    }

    /// Whether a call is in flight.
    pub(crate) fn is_busy(&self) -> bool {
        let window = self.window();
        let in_flight = window.as_ref().and_then(|window| window.in_flight());
        in_flight.is_some_and(|in_flight| in_flight > 0)
    }

    /// Reads everything as it stood between two folds. If folds follow so closely that no such moment is met,
    /// it takes what it finds: every counter exact, one fold perhaps in some of them and not yet in others.
    pub(crate) fn read(&self, detail: Detail) -> Option<CellReading> {
        self.settle();
        let (mut attempt, backoff) = (0, Backoff::new());
        loop {
            attempt += u32::from(attempt < READ_ATTEMPTS);
            let folds = self.folds.quiet();
            if folds.is_none() && attempt < READ_ATTEMPTS {
                backoff.snooze();
                continue;
            }
            let window = self.window();
            let window = window.as_ref()?;
            let Some(carried) = window.carried() else {
                // A reset is under way. It waits for folds alone.
                backoff.snooze();
                continue;
            };
            let reading = CellReading {
                carried,
                window: window.read(detail),
                beginning: window.beginning,
                end: None,
                // After the window. Of one that another took the place of, too: it stood so when this began.
                is_consistent: folds.is_some_and(|folds| self.folds.unchanged_since(folds)),
            };
            if reading.is_consistent || attempt == READ_ATTEMPTS {
                return Some(reading);
            }
        }
    }

    /// Adds what is waiting to the window. It waits for a thread that is at it, so it is not for annotated calls.
    fn settle(&self) {
        if !self.waiting.is_empty() {
            let (mut sums, rate) = (SeriesSums::new(), Rate::current());
            let open = Open::with(self, Some(self.waiting.hold()), &mut sums, rate, false);
            open.write(&mut sums, rate);
        }
    }

    /// Adds what is waiting, and held, to the window.
    pub(crate) fn settle_held<'a>(
        &'a self,
        held: HeldCalls<'a>,
        sums: &mut SeriesSums,
        records: &Records<'_>,
    ) {
        let open = Open::with(self, Some(held), sums, records.rate, records.are_many());
        open.write(sums, records.rate);
    }

    /// Puts an empty window in place of the one there is, and reads that one when the last fold into it has
    /// ended: of all windows of a series, each call is in one.
    ///
    /// It waits for folds under way, so it is not for annotated calls.
    pub(crate) fn replace(&self) -> Option<CellReading> {
        self.settle();
        let settings = self.window().as_ref()?.settings;
        let new = Arc::new(Window::after_another(settings));
        let mut old = self.window.swap(Some(new.clone()))?;
        // Whoever folds into it, reads it or replaced the one before it holds it.
        let backoff = Backoff::new();
        while Arc::get_mut(&mut old).is_none() {
            backoff.snooze();
        }
        let reading = CellReading {
            carried: old.carried().unwrap_or(0),
            window: old.read(Detail::Everything),
            beginning: old.beginning,
            end: Some(new.beginning),
            is_consistent: true,
        };
        new.set_carried(reading.in_flight());
        Some(reading)
    }

    /// How many more calls of the window have ended than started: their starts, of another thread, were folded into no
    /// window yet.
    pub(crate) fn starts_missing(&self) -> u64 {
        let window = self.window();
        let in_flight = window.as_ref().and_then(|window| window.in_flight());
        in_flight.map_or(0, |in_flight| in_flight.min(0).unsigned_abs())
    }

    /// Whether resident memory is sampled while its calls are in flight.
    pub(crate) fn tracks_memory(&self) -> bool {
        self.track_memory.load(Ordering::Relaxed)
    }

    pub(crate) fn track_memory(&self) {
        // Written once: calls of many threads ask for it.
        if !self.tracks_memory() {
            self.track_memory.store(true, Ordering::Relaxed);
        }
    }

    /// Lets another series, of the same subject, keep its busy time together with this one's.
    pub(crate) fn share(&self, other: &Self) {
        if let (Some(own), Some(other)) = (&*self.window(), &*other.window()) {
            other.join(own.lead());
        }
    }

    /// Whether a call was in flight since this was last asked, be it shorter than the time between.
    pub(crate) fn ran(&self) -> bool {
        // In this order: one that begins in between is looked at again.
        let is_busy = self.is_busy();
        let window = self.window();
        let began = window.as_ref().is_some_and(|window| window.has_begun_more());
        is_busy || began
    }

    /// Adds a sample of resident memory.
    pub(crate) fn add_memory(&self, sample: MemorySample) {
        if let Some(window) = &*self.window() {
            window.add_memory(sample);
        }
    }

    pub(crate) fn open(&self, settings: WindowSettings) {
        self.waiting.clear();
        self.window.store(Some(Arc::new(Window::new(settings))));
    }

    /// Drops what it holds, but for how many calls are in flight; what is folded into it from now on counts these alone.
    pub(crate) fn retire(&self) {
        self.track_memory.store(false, Ordering::Relaxed);
        let heir = self.window().as_ref().map(|window| window.heir());
        self.window.store(heir);
    }

    /// Whether it is certain that no call is in flight, and that no fold is under way.
    pub(crate) fn is_idle(&self) -> bool {
        let window = self.window();
        let is_idle = window.as_ref().is_none_or(|window| window.in_flight() == Some(0));
        // In this order: whoever sees what a fold adds sees that it began; pairs with the fence in `Sequence::begin`.
        fence(Ordering::Acquire);
        is_idle && self.folds.quiet().is_some() && !self.waiting.is_held()
    }

    /// Drops what it holds; what is folded into it from now on leads to nothing.
    pub(crate) fn close(&self) {
        self.track_memory.store(false, Ordering::Relaxed);
        self.window.store(None);
    }

    /// Empties it, whatever threads of another process were doing with it. For a forked child. `again` gives what takes
    /// the place of what several share.
    pub(crate) fn clear(&self, again: impl FnOnce(&Arc<BusyTotals>) -> Arc<BusyTotals>) {
        self.waiting.clear();
        self.folds.settle();
        // Not of a cell that is closed, which another thread of the child may just be opening.
        if let Some(old) = &*self.window() {
            let window = Window::new(old.settings);
            window.share_as(old, again);
            self.window.store(Some(Arc::new(window)));
        }
    }
}

/// A series that is being folded into.
pub(crate) struct Open<'a> {
    cell: &'a SeriesCell,
    window: Guard<Option<Arc<Window>>>,
    /// What was waiting and is in the sums now. It stays held until that is written.
    _settled: Option<HeldCalls<'a>>,
}

impl<'a> Open<'a> {
    /// Begins a fold. What is waiting goes before it, unless another thread is at it.
    #[inline]
    pub(crate) fn new(cell: &'a SeriesCell, sums: &mut SeriesSums, records: &Records<'_>) -> Self {
        let any = !cell.waiting.is_empty();
        let waiting = any.then(|| cell.waiting.try_hold()).flatten();
        Self::with(cell, waiting, sums, records.rate, records.are_many())
    }

    #[inline]
    fn with(
        cell: &'a SeriesCell,
        mut waiting: Option<HeldCalls<'a>>,
        sums: &mut SeriesSums,
        rate: Rate,
        many: bool,
    ) -> Self {
        cell.folds.begin();
        let window = cell.window();
        if let Some(waiting) = &mut waiting {
            if let Some(window) = &*window {
                sums.add_waiting(window, waiting.calls(), rate, many);
            }
            waiting.truncate(0);
        }
        Self {
            cell,
            window,
            _settled: waiting,
        }
    }

    pub(crate) fn window(&self) -> Option<&Window> {
        self.window.as_deref()
    }

    /// Writes the sums out.
    #[inline]
    pub(crate) fn write(self, sums: &mut SeriesSums, rate: Rate) {
        if let Some(window) = self.window() {
            window.count_started(sums.take_started());
            sums.write(window, rate);
        }
    }
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.cell.folds.end();
    }
}

#[cfg(all(test, not(loom)))]
impl SeriesCell {
    /// A fold of so many starts and successes, in the midst of which `done` is.
    pub(crate) fn amid_fold<R>(&self, started: u64, ended: u64, done: impl FnOnce() -> R) -> R {
        self.folds.begin();
        let window = self.window().clone().unwrap();
        window.count_started(started);
        window.outcomes[0].fetch_add(ended, Ordering::Relaxed);
        let done = done();
        self.folds.end();
        done
    }
}

#[cfg(all(test, not(loom)))]
mod tests;
