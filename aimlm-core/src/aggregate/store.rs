use std::sync::Arc;

use arc_swap::{ArcSwapOption, Guard};
use crossbeam_queue::SegQueue;

use super::window::{Window, WindowReading, WindowSettings};
use crate::event::MAX_SERIES;
use crate::sync::Ordering;
use crate::sync::fixed::{AtomicBool, AtomicU32, AtomicU64, OnceBox};
use std::sync::atomic::fence;

const CHUNK: usize = 256;
const CHUNKS: usize = MAX_SERIES as usize / CHUNK;

/// Where series numbers lead: a growing, lock-free table of cells. A number of a series that is gone is given
/// out again once no ring can hold a record of it.
pub(crate) struct Store {
    chunks: [OnceBox<[Cell; CHUNK]>; CHUNKS],
    next: AtomicU32,
    free: SegQueue<u32>,
}

/// The store of the process.
pub(crate) static STORE: Store = Store::new();

/// One series: its window, and how many of its calls started and ended since it began, whatever was reset.
#[repr(align(128))]
pub(crate) struct Cell {
    window: ArcSwapOption<Window>,
    started: AtomicU64,
    ended: AtomicU64,
    folds_begun: AtomicU64,
    folds_done: AtomicU64,
    idle_gap: AtomicU64,
    track_memory: AtomicBool,
}

/// What a [`Cell`] holds at one moment.
pub(crate) struct CellReading {
    pub(crate) in_flight: u64,
    pub(crate) window: WindowReading,
}

/// How often a reader tries to meet a series between two folds before it takes what it finds.
const READ_ATTEMPTS: usize = 100;

impl Cell {
    const fn new() -> Self {
        Self {
            window: ArcSwapOption::const_empty(),
            started: AtomicU64::new(0),
            ended: AtomicU64::new(0),
            folds_begun: AtomicU64::new(0),
            folds_done: AtomicU64::new(0),
            idle_gap: AtomicU64::new(u64::MAX),
            track_memory: AtomicBool::new(false),
        }
    }

    #[inline]
    pub(super) fn window(&self) -> Guard<Option<Arc<Window>>> {
        self.window.load()
    }

    /// Marks that a fold into this cell is under way.
    #[inline]
    pub(super) fn begin_fold(&self) {
        // AcqRel: what the fold writes comes after; pairs with the loads in `read`.
        self.folds_begun.fetch_add(1, Ordering::AcqRel);
    }

    #[inline]
    pub(super) fn end_fold(&self) {
        // Release: what the fold wrote comes before; pairs with the Acquire load in `read`.
        self.folds_done.fetch_add(1, Ordering::Release);
    }

    #[inline]
    pub(super) fn count(&self, started: u64, ended: u64) {
        // Relaxed: published by `end_fold`.
        self.started.fetch_add(started, Ordering::Relaxed);
        self.ended.fetch_add(ended, Ordering::Relaxed);
    }

    /// In ticks.
    #[inline]
    pub(super) fn idle_gap(&self) -> u64 {
        self.idle_gap.load(Ordering::Relaxed)
    }

    /// Calls that started and have not ended. An end that was folded before its start, on another thread,
    /// shows as none in flight until the start is folded too.
    pub(crate) fn in_flight(&self) -> u64 {
        let ended = self.ended.load(Ordering::Relaxed);
        self.started.load(Ordering::Relaxed).saturating_sub(ended)
    }

    /// Reads everything as it stood between two folds. If folds follow so closely that no such moment is met,
    /// it takes what it finds: every counter exact, one fold perhaps in some of them and not yet in others.
    pub(crate) fn read(&self) -> Option<CellReading> {
        for attempt in 1.. {
            // Acquire: pairs with the Release in `end_fold`.
            let done = self.folds_done.load(Ordering::Acquire);
            let quiet = self.folds_begun.load(Ordering::Acquire) == done;
            if !quiet && attempt < READ_ATTEMPTS {
                std::hint::spin_loop();
                continue;
            }
            let in_flight = self.in_flight();
            let reading = CellReading {
                in_flight,
                window: self.window().as_ref()?.read(),
            };
            // Orders the reads above before the load below, as in any sequence lock.
            fence(Ordering::Acquire);
            if (quiet && self.folds_begun.load(Ordering::Relaxed) == done) || attempt >= READ_ATTEMPTS {
                return Some(reading);
            }
        }
        None
    }

    /// Puts an empty window in place of the one there is.
    pub(crate) fn reset(&self) {
        if let Some(window) = &*self.window() {
            self.window.store(Some(Arc::new(Window::new(window.settings))));
        }
    }

    /// Whether resident memory is sampled while its calls are in flight.
    pub(crate) fn tracks_memory(&self) -> bool {
        self.track_memory.load(Ordering::Relaxed)
    }

    pub(crate) fn track_memory(&self) {
        self.track_memory.store(true, Ordering::Relaxed);
    }

    /// Adds a sample of resident memory.
    pub(crate) fn add_memory(&self, bytes: u64) {
        if let Some(window) = &*self.window() {
            window.add_memory(bytes);
        }
    }

    fn open(&self, settings: WindowSettings, idle_gap: u64) {
        for counter in [&self.started, &self.ended] {
            counter.store(0, Ordering::Relaxed);
        }
        self.track_memory.store(false, Ordering::Relaxed);
        self.idle_gap.store(idle_gap, Ordering::Relaxed);
        self.window.store(Some(Arc::new(Window::new(settings))));
    }
}

impl Store {
    pub(crate) const fn new() -> Self {
        Self {
            chunks: [const { OnceBox::new() }; CHUNKS],
            // 0 is no series: a site that has not been resolved holds it.
            next: AtomicU32::new(1),
            free: SegQueue::new(),
        }
    }

    /// Opens a cell for a new series. `None` if the process has given out every number.
    pub(crate) fn allocate(&self, settings: WindowSettings) -> Option<u32> {
        let number = match self.free.pop() {
            Some(number) => number,
            None => self
                .next
                .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |next| {
                    (next < MAX_SERIES).then_some(next + 1)
                })
                .ok()?,
        };
        let gap = crate::clock::Rate::current().ticks(super::fold::IDLE_GAP);
        self.chunks[number as usize / CHUNK].get_or_init(|| Box::new([const { Cell::new() }; CHUNK]))
            [number as usize % CHUNK]
            .open(settings, gap);
        Some(number)
    }

    /// The cell of a series.
    #[inline]
    pub(crate) fn cell(&self, number: u32) -> Option<&Cell> {
        Some(&self.chunks.get(number as usize / CHUNK)?.get()?[number as usize % CHUNK])
    }

    /// Drops what a series held; records of it that are still in a ring will be folded into nothing.
    pub(crate) fn close(&self, number: u32) {
        if let Some(cell) = self.cell(number) {
            cell.window.store(None);
        }
    }

    /// Lets closed numbers be given out again; no ring may hold a record of them any more.
    pub(crate) fn release(&self, numbers: &[u32]) {
        for &number in numbers {
            self.free.push(number);
        }
    }

    /// Every cell that was ever opened.
    pub(crate) fn cells(&self) -> impl Iterator<Item = &Cell> {
        (1..self.next.load(Ordering::Relaxed)).filter_map(|number| self.cell(number))
    }

    /// Empties every series. For a forked child, whose only thread calls it.
    pub(crate) fn clear(&self) {
        for cell in self.cells() {
            for counter in [&cell.started, &cell.ended] {
                counter.store(0, Ordering::Relaxed);
            }
            let begun = cell.folds_begun.load(Ordering::Relaxed);
            cell.folds_done.store(begun, Ordering::Relaxed);
            cell.reset();
        }
    }
}
