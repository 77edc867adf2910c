use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwapOption;

use super::busy_spans::BusySpans;
use super::callers::is_alone;
use crate::clock::Rate;
use crate::reserve::Reserve;
use crate::sync::{AtomicU32, Mutex, Ordering, fixed, lock, try_lock};

/// When the calls of a series were in flight, as any number of threads fold them. None of them waits for another: what
/// finds it taken is left beside it, for whoever has it next.
#[repr(C, align(64))]
pub(crate) struct BusyTotals {
    busy: Mutex<BusySpans>,
    /// Whether something is left, perhaps.
    any_left: AtomicU32,
    left: ArcSwapOption<BusySpans>,
    /// See [`BusyTotals::near`]: where one thread makes all calls, and where several do.
    near_alone: fixed::AtomicU64,
    near: u64,
}

/// For what folds leave.
pub(crate) static LEFT_READY: Reserve<Arc<BusySpans>> =
    Reserve::new(8, size_of::<BusySpans>(), || Arc::new(BusySpans::new()));

impl BusyTotals {
    pub(crate) fn new() -> Self {
        Self::with(BusySpans::new())
    }

    /// Of all label sets of a subject.
    pub(crate) fn shared() -> Self {
        Self::with(BusySpans::shared())
    }

    fn with(busy: BusySpans) -> Self {
        let second = Rate::current().ticks(Duration::from_secs(1)).max(1);
        Self {
            any_left: AtomicU32::new(0),
            busy: Mutex::new(busy),
            left: ArcSwapOption::const_empty(),
            near_alone: fixed::AtomicU64::new(second >> 5),
            near: second >> 20,
        }
    }

    /// Keeps gaps from now on as if other threads called too: another label set's call may be in them.
    pub(crate) fn keep_gaps(&self) {
        // Relaxed: what folds before it notices keeps a little less.
        self.near_alone.store(self.near, Ordering::Relaxed);
    }

    /// How long a gap without a call must be, in ticks, for one fold to keep where it was: where another thread's call
    /// may have been in it, longer than one between calls as close as they can be.
    #[inline]
    pub(crate) fn near(&self) -> u64 {
        if is_alone() {
            self.near_alone.load(Ordering::Relaxed)
        } else {
            self.near
        }
    }

    /// Adds what a fold brings.
    #[inline]
    pub(crate) fn add(&self, fold: &BusySpans) {
        match try_lock(&self.busy) {
            Some(mut busy) => {
                busy.add(fold);
                // Relaxed: a hint. A reader looks itself.
                if self.any_left.load(Ordering::Relaxed) != 0 {
                    self.settle(&mut busy);
                }
            }
            None => self.leave(fold),
        }
    }

    /// Leaves it for whoever holds the lock next, together with what others left.
    #[cold]
    #[inline(never)]
    fn leave(&self, fold: &BusySpans) {
        let mut left = LEFT_READY.take();
        Arc::make_mut(&mut left).copy(fold);
        let mut own = Some(left);
        while let Some(mut busy) = own {
            if let Some(others) = self.left.swap(None) {
                Arc::make_mut(&mut busy).add(&others);
                give_back(others);
            }
            // What another left meanwhile goes in with the next turn.
            own = self.left.swap(Some(busy));
        }
        self.any_left.store(1, Ordering::Relaxed);
    }

    #[cold]
    #[inline(never)]
    fn settle(&self, busy: &mut BusySpans) {
        self.any_left.store(0, Ordering::Relaxed);
        if let Some(left) = self.left.swap(None) {
            busy.add(&left);
            give_back(left);
        }
    }

    /// All that was folded. It waits for a fold that is at it, so it is not for annotated calls.
    pub(crate) fn read(&self) -> BusySpans {
        self.look(BusySpans::clone)
    }

    /// Looks at all that was folded, to which nothing is added meanwhile. It waits as [`read`](Self::read) does.
    pub(crate) fn look<T>(&self, look: impl FnOnce(&BusySpans) -> T) -> T {
        let mut busy = lock(&self.busy);
        self.settle(&mut busy);
        look(&busy)
    }

    /// The same, unless a fold is at it.
    pub(crate) fn try_look(&self, look: impl FnOnce(&BusySpans)) {
        if let Some(mut busy) = try_lock(&self.busy) {
            self.settle(&mut busy);
            look(&busy);
        }
    }

    /// Bytes that it holds beside itself; none while a thread is at it, for whom a call that measures does not wait.
    pub(crate) fn bytes(&self) -> usize {
        try_lock(&self.busy).map_or(0, |busy| busy.bytes())
    }
}

/// What was left was taken in.
fn give_back(mut left: Arc<BusySpans>) {
    if let Some(busy) = Arc::get_mut(&mut left) {
        busy.give_back();
        LEFT_READY.give(left);
    }
}

#[cfg(all(test, not(any(loom, shuttle))))]
mod tests {
    use super::super::amounts::Amounts;
    use super::super::segment::Segment;
    use super::*;

    fn call(start: i64, end: i64) -> BusySpans {
        let mut busy = BusySpans::new();
        busy.add_call(Segment::full(start, end), Amounts::NONE, 0);
        busy
    }

    #[test]
    fn what_finds_it_taken_waits_for_nobody_and_is_not_lost() {
        let totals = BusyTotals::new();
        totals.add(&call(0, 10));
        let held = lock(&totals.busy);
        for nth in 0..10_000 {
            totals.add(&call(1_000 + 100 * nth, 1_030 + 100 * nth));
        }
        let left = totals.left.load_full().unwrap();
        assert!(left.bytes() <= 200 << 10, "{} bytes", left.bytes());
        drop(held);
        let covered = |busy: &BusySpans| busy.all().iter().map(|segment| segment.covered).sum::<u64>();
        assert_eq!(covered(&totals.read()), 300_010);
        let held = lock(&totals.busy);
        totals.add(&call(2_000_000, 2_000_001));
        drop(held);
        // The next fold takes it along.
        totals.add(&call(2_000_010, 2_000_011));
        assert_eq!(covered(&lock(&totals.busy)), 300_012);
    }

    /// Calls that say an amount have gaps where those that say none have none.
    #[test]
    fn an_amount_that_some_calls_say_is_as_bounded_as_all_calls() {
        let totals = BusyTotals::new();
        for nth in 0..20_000 {
            let mut busy = BusySpans::new();
            busy.add_call(
                Segment::full(1_000_000 * nth, 1_000_000 * (nth + 1)),
                Amounts::NONE,
                0,
            );
            totals.add(&busy);
            let mut busy = BusySpans::new();
            let start = 1_000_000 * nth + 1_000;
            busy.add_call(Segment::full(start, start + 300_000), Amounts::ITEMS, 0);
            totals.add(&busy);
        }
        let busy = totals.read();
        assert_eq!(busy.all().len(), 1);
        let said = busy.of(Amounts::ITEMS);
        assert!(busy.bytes() <= 100 << 10, "{} bytes", busy.bytes());
        assert_eq!(
            said.iter().map(|segment| segment.covered).sum::<u64>(),
            20_000 * 300_000
        );
    }

    /// What lies within it is in the list already, and would lie over a stretch of which a part is covered.
    #[test]
    fn a_call_around_earlier_ones_is_not_joined_with_the_next() {
        let (totals, mut busy) = (BusyTotals::new(), BusySpans::new());
        for fold in [[(100, 150), (160, 200)].as_slice(), &[(50, 300), (310, 400)]] {
            busy.begin();
            for &(start, end) in fold {
                busy.add_call(
                    Segment::full(start, end),
                    Amounts::NONE,
                    if end > 200 { 50 } else { 0 },
                );
            }
            totals.add(&busy);
            busy.clear();
        }
        assert_eq!(
            totals.read().all(),
            [Segment::full(50, 300), Segment::full(310, 400)]
        );
    }
}
