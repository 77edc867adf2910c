use std::collections::BTreeMap;
use std::sync::Arc;

use super::number_stack::NumberStack;
use super::series_cell::SeriesCell;
use crate::busy::BusyTotals;
use crate::event::MAX_SERIES;
use crate::sync::fixed::{AtomicU32, OnceBox};
use crate::sync::{Ordering, boxed_array};
use crate::window::WindowSettings;

const CHUNK: usize = 256;
/// So many retired numbers wait at most for who makes the next instance. What they held waits with them.
const MOST_RETIRED: u32 = 64;
const CHUNKS: usize = MAX_SERIES as usize / CHUNK;

/// Where series numbers lead: a growing, lock-free table of cells. A number of a series that is gone is given
/// out again once no ring can hold a record of it.
pub(crate) struct Store {
    chunks: [OnceBox<[SeriesCell; CHUNK]>; CHUNKS],
    next: AtomicU32,
    free: NumberStack,
    retired: NumberStack,
    /// Those of the retired whose calls had not ended.
    busy: NumberStack,
    /// How many are in `retired`, or about to be.
    waiting: AtomicU32,
}

/// The store of the process.
#[cfg(not(loom))]
pub(crate) static STORE: Store = Store::new();
/// Loom's atomics have no `const` constructors; its models make their own parts.
#[cfg(loom)]
pub(crate) static STORE: std::sync::LazyLock<Store> = std::sync::LazyLock::new(Store::new);

impl Store {
    #[cfg(not(loom))]
    pub(crate) const fn new() -> Self {
        Self {
            chunks: [const { OnceBox::new() }; CHUNKS],
            // 0 is no series: a site that has not been resolved holds it.
            next: AtomicU32::new(1),
            free: NumberStack::new(),
            retired: NumberStack::new(),
            busy: NumberStack::new(),
            waiting: AtomicU32::new(0),
        }
    }

    #[cfg(loom)]
    pub(crate) fn new() -> Self {
        Self {
            chunks: [const { OnceBox::new() }; CHUNKS],
            next: AtomicU32::new(1),
            free: NumberStack::new(),
            retired: NumberStack::new(),
            busy: NumberStack::new(),
            waiting: AtomicU32::new(0),
        }
    }

    /// Opens a cell for a new series. `None` if the process has given out every number.
    pub(crate) fn allocate(&self, settings: WindowSettings) -> Option<u32> {
        let number = match self.free.pop(&|number| self.link(number)) {
            Some(number) => number,
            None => self
                .next
                .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |next| {
                    (next < MAX_SERIES).then_some(next + 1)
                })
                .ok()?,
        };
        self.chunks[number as usize / CHUNK].get_or_init(|| boxed_array(SeriesCell::new))
            [number as usize % CHUNK]
            .open(settings);
        Some(number)
    }

    /// The cell of a series.
    #[inline]
    pub(crate) fn cell(&self, number: u32) -> Option<&SeriesCell> {
        Some(&self.chunks.get(number as usize / CHUNK)?.get()?[number as usize % CHUNK])
    }

    fn link(&self, number: u32) -> Option<&crate::sync::AtomicU32> {
        self.cell(number).map(|cell| &cell.next)
    }

    /// Drops what a series held in which no call is in flight. Its number is given out again after the next
    /// [`recycle`](Self::recycle).
    pub(crate) fn discard(&self, number: u32) {
        self.cell(number).into_iter().for_each(SeriesCell::close);
        self.waiting.fetch_add(1, Ordering::Relaxed);
        self.retired.push(number, &|number| self.link(number));
    }

    /// Drops what a series held in which no call begins any more, but for how many are in flight. Its number is given out
    /// again in a [`recycle`](Self::recycle) after the last of them has ended: as what is in flight is counted anyway, no
    /// call has to keep its instance.
    pub(crate) fn retire(&self, number: u32) {
        self.cell(number).into_iter().for_each(SeriesCell::retire);
        self.waiting.fetch_add(1, Ordering::Relaxed);
        self.retired.push(number, &|number| self.link(number));
    }

    /// Whether so many numbers are retired that the next ones would take up memory anew.
    pub(crate) fn should_recycle(&self) -> bool {
        // Relaxed: a hint.
        self.waiting.load(Ordering::Relaxed) >= MOST_RETIRED
    }

    /// Lets retired numbers be given out again. `sweep` folds every record that was written before.
    pub(crate) fn recycle(&self, sweep: impl FnOnce()) {
        let link = |number| self.link(number);
        let mut retired = self.retired.take(&link);
        // Those that were busy wait for their calls, not for this, and are counted no more.
        self.waiting.fetch_sub(retired.len() as u32, Ordering::Relaxed);
        retired.extend(self.busy.take(&link));
        let is_idle = |&number: &u32| self.cell(number).is_some_and(SeriesCell::is_idle);
        // A sweep for those that are busy as it is would come too early.
        let (idle, mut busy) = retired.into_iter().partition::<Vec<_>, _>(is_idle);
        if !idle.is_empty() {
            sweep();
        }
        // Every start is folded now. An end that is not may be in a ring, or yet to be written.
        let (idle, began) = idle.into_iter().partition::<Vec<_>, _>(is_idle);
        busy.extend(began);
        for number in idle {
            self.cell(number).into_iter().for_each(SeriesCell::close);
            self.free.push(number, &|number| self.link(number));
        }
        busy.into_iter().for_each(|number| self.busy.push(number, &link));
    }

    /// Bytes of the cells; what hangs on them is their series'.
    pub(crate) fn bytes(&self) -> usize {
        let chunks = self.chunks.iter().filter(|chunk| chunk.get().is_some());
        chunks.count() * size_of::<[SeriesCell; CHUNK]>()
    }

    /// Every cell that was ever opened.
    pub(crate) fn cells(&self) -> impl Iterator<Item = &SeriesCell> {
        (1..self.next.load(Ordering::Relaxed)).filter_map(|number| self.cell(number))
    }

    /// Empties every series. For a forked child, of which one thread calls it and none folds before it has.
    pub(crate) fn clear(&self) {
        let mut shared = BTreeMap::new();
        for cell in self.cells() {
            cell.clear(|old| {
                let new = shared.entry(Arc::as_ptr(old));
                new.or_insert_with(|| Arc::new(BusyTotals::shared())).clone()
            });
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    const SETTINGS: WindowSettings = WindowSettings {
        history_size: 1,
        items: &[],
        by_epoch: false,
    };

    #[test]
    fn a_series_is_not_sampled_because_the_last_one_with_its_number_was() {
        let store = Box::new(Store::new());
        let number = store.allocate(SETTINGS).unwrap();
        let cell = store.cell(number).unwrap();
        for end in [Store::retire, Store::discard] {
            cell.track_memory();
            end(&store, number);
            assert!(!cell.tracks_memory(), "nobody would see it");
            store.recycle(|| {});
            assert_eq!(store.allocate(SETTINGS), Some(number));
            assert!(!cell.tracks_memory());
        }
    }

    #[test]
    fn a_number_is_not_given_out_again_while_a_call_of_it_is_in_flight() {
        let store = Box::new(Store::new());
        let number = store.allocate(SETTINGS).unwrap();
        let fold = |started, ended| store.cell(number).unwrap().amid_fold(started, ended, || ());
        fold(1, 0);
        store.retire(number);
        store.recycle(|| unreachable!("what is in flight is not swept for"));
        assert_ne!(store.allocate(SETTINGS), Some(number));
        assert!(!store.should_recycle());
        // Its end, and the start of one more that was in a ring.
        fold(0, 1);
        store.recycle(|| fold(1, 0));
        assert_ne!(store.allocate(SETTINGS), Some(number));
        assert!(
            !store.should_recycle(),
            "it is counted once, however often it is busy"
        );
        // A fold under way may still be at the calls that wait.
        store
            .cell(number)
            .unwrap()
            .amid_fold(0, 0, || store.recycle(|| {}));
        assert_ne!(store.allocate(SETTINGS), Some(number));
        fold(0, 1);
        store.recycle(|| {});
        assert_eq!(store.allocate(SETTINGS), Some(number));
    }

    #[test]
    fn a_retired_series_holds_nothing_once_its_number_is_free() {
        let store = Box::new(Store::new());
        let numbers = [(); 2].map(|()| store.allocate(SETTINGS).unwrap());
        store.discard(numbers[0]);
        store.retire(numbers[1]);
        let held = || numbers.map(|number| store.cell(number).unwrap().window().is_some());
        assert_eq!(held(), [false, true]);
        store.recycle(|| {});
        assert_eq!(held(), [false; 2]);
    }

    #[test]
    fn many_retired_numbers_do_not_wait_for_long() {
        let store = Box::new(Store::new());
        let numbers: Vec<_> = (0..MOST_RETIRED)
            .map(|_| store.allocate(SETTINGS).unwrap())
            .collect();
        for number in numbers {
            assert!(!store.should_recycle());
            store.retire(number);
        }
        assert!(store.should_recycle());
        store.recycle(|| {});
        assert!(!store.should_recycle());
    }

    #[test]
    fn a_number_is_given_out_again_only_after_a_sweep() {
        let store = Box::new(Store::new());
        let number = store.allocate(SETTINGS);
        store.retire(number.unwrap());
        assert_ne!(store.allocate(SETTINGS), number);
        let mut swept = 0;
        store.recycle(|| {
            assert_ne!(store.allocate(SETTINGS), number);
            swept += 1;
        });
        assert_eq!(swept, 1);
        assert_eq!(store.allocate(SETTINGS), number);
        store.recycle(|| swept += 1);
        assert_eq!(swept, 1, "with nothing retired there is nothing to sweep for");
    }
}
