#![allow(unsafe_code)]

use crossbeam_utils::CachePadded;

use super::buffer::{Buffer, CAPACITY};
use super::sink::{GuardedSink, Sink};
use crate::event::{MAX_VALUES, Record};
use crate::sync::{AtomicU8, AtomicU64, IS_MODEL, Mutex, MutexGuard, Ordering, try_lock};

/// Room for the largest group: every value, a long duration, and the end.
const _: () = assert!(IS_MODEL || MAX_VALUES + 2 <= CAPACITY);

/// A buffer of records that one thread writes, and that one thread at a time folds.
pub(crate) struct Ring<S> {
    buffer: Buffer,
    control: Control<S>,
}

/// Who is where in a ring.
struct Control<S> {
    sweep: CachePadded<Mutex<Sweep<S>>>,
    /// Up to which record the buffer was swept, for those who do not hold the lock.
    swept: AtomicU64,
    /// How often the owner swept its own ring.
    folds: AtomicU64,
    /// Records in those sweeps.
    folded: AtomicU64,
    state: AtomicU8,
    /// The owner's folds that the collector has seen.
    folds_seen: AtomicU64,
}

/// What only the holder of the lock touches.
struct Sweep<S> {
    /// Records that were folded since the buffer began anew.
    tail: usize,
    sink: GuardedSink<S>,
}

/// Who writes a ring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum State {
    /// Nobody, and it is empty.
    Free,
    /// One thread.
    Owned,
    /// Nobody any more; records may be left in it.
    Abandoned,
}

impl<S: Sink> Control<S> {
    fn new() -> Self {
        Self {
            sweep: CachePadded::new(Mutex::new(Sweep {
                tail: 0,
                sink: GuardedSink::new(),
            })),
            swept: AtomicU64::new(0),
            folds: AtomicU64::new(0),
            folded: AtomicU64::new(0),
            state: AtomicU8::new(State::Owned as u8),
            folds_seen: AtomicU64::new(0),
        }
    }
}

impl<S: Sink> Ring<S> {
    /// A ring that the calling thread owns. It is made where it stays: it is larger than half of a small stack.
    pub(crate) fn boxed() -> Box<Self> {
        let mut ring = Box::<Self>::new_uninit();
        let place = ring.as_mut_ptr();
        let control = Control::new();
        // SAFETY: inside of the ring that `place` points to.
        let first = unsafe { &raw mut (*place).control };
        // SAFETY: nobody else has the ring yet, and there is nothing to drop.
        unsafe { first.write(control) };
        // SAFETY: as above.
        let buffer = unsafe { &raw mut (*place).buffer };
        // SAFETY: as above.
        unsafe { Buffer::init(buffer) };
        // SAFETY: it has these two fields, and both are written.
        unsafe { ring.assume_init() }
    }

    /// Where its owner writes.
    pub(crate) const fn buffer(&self) -> &Buffer {
        &self.buffer
    }

    /// Writes a group. Only the owner may call it. Returns false, and writes nothing, if the ring is full and another
    /// thread is sweeping it.
    pub(crate) fn push(&self, records: impl ExactSizeIterator<Item = Record> + Clone) -> bool {
        self.buffer.push_all(records.clone()) || self.make_room() && self.buffer.push_all(records)
    }

    /// The owner folds its own ring, which is in its own cache.
    #[cold]
    #[inline(never)]
    fn make_room(&self) -> bool {
        let Some(mut sweep) = try_lock(&self.control.sweep) else {
            return false;
        };
        let folded = self.sweep_locked(&mut sweep);
        sweep.tail = 0;
        self.buffer.begin_anew();
        // Relaxed: hints and statistics; the folds are this thread's own.
        let Control {
            swept,
            folds,
            folded: all,
            ..
        } = &self.control;
        swept.store(0, Ordering::Relaxed);
        folds.store(folds.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
        all.store(all.load(Ordering::Relaxed) + folded, Ordering::Relaxed);
        true
    }

    /// Folds what is in the ring, if no other thread is doing so. Any thread may call it.
    pub(crate) fn try_sweep(&self) -> Option<u64> {
        try_lock(&self.control.sweep).map(|mut sweep| self.sweep_and_reclaim(&mut sweep))
    }

    /// Folds what is in the ring; waits while another thread is doing so. Not for annotated calls.
    pub(crate) fn sweep(&self) -> u64 {
        let mut sweep = crate::sync::lock(&self.control.sweep);
        self.sweep_and_reclaim(&mut sweep)
    }

    fn sweep_and_reclaim(&self, sweep: &mut MutexGuard<'_, Sweep<S>>) -> u64 {
        // Read first, then sweep: what the last owner wrote before it let go is then in the ring. Acquire:
        // pairs with the Release in `abandon`.
        let state = self.control.state.load(Ordering::Acquire);
        let folded = self.sweep_locked(sweep);
        if state == State::Abandoned as u8 {
            // Release: the next owner sees the ring as it was left; pairs with the Acquire in `claim`.
            self.control.state.store(State::Free as u8, Ordering::Release);
        }
        folded
    }

    fn sweep_locked(&self, sweep: &mut Sweep<S>) -> u64 {
        let head = self.buffer.len();
        let tail = std::mem::replace(&mut sweep.tail, head);
        if head == tail {
            return 0;
        }
        // SAFETY: this thread holds the lock, and has the records from `len`.
        unsafe { self.buffer.read(tail, head, |records| sweep.sink.fold(records)) };
        // Relaxed: for `is_quiet` alone.
        self.control.swept.store(head as u64, Ordering::Relaxed);
        (head - tail) as u64
    }

    /// Whether it holds records, and its owner has not folded it since this was last asked. Only the collector
    /// asks.
    pub(crate) fn is_quiet(&self) -> bool {
        // Relaxed: a wrong answer only moves a sweep.
        let folds = self.control.folds.load(Ordering::Relaxed);
        let is_busy = self.control.folds_seen.swap(folds, Ordering::Relaxed) != folds;
        !is_busy && self.buffer.len() as u64 != self.control.swept.load(Ordering::Relaxed)
    }

    /// When one of its newest calls began, in ticks; 0 if that is not known.
    pub(crate) fn newest(&self) -> u64 {
        // A start carries no time; most often an end stands beside it.
        let ends = (1..=2).filter_map(|back| {
            let record = self.buffer.glimpse(back)?;
            record.outcome().map(|_| record.start_ticks())
        });
        ends.max().unwrap_or(0)
    }

    /// The owner lets go. Records that are left will be folded by whoever sweeps next.
    pub(crate) fn abandon(&self) {
        // Release: pairs with the Acquire in `sweep_and_reclaim`.
        self.control
            .state
            .store(State::Abandoned as u8, Ordering::Release);
    }

    /// Makes the calling thread the owner of a free ring.
    pub(crate) fn claim(&self) -> bool {
        // Acquire: pairs with the Release in `sweep_and_reclaim`.
        let claimed = self.control.state.compare_exchange(
            State::Free as u8,
            State::Owned as u8,
            Ordering::Acquire,
            Ordering::Relaxed,
        );
        // The room there is is what the last owner left; the first full ring tells the rest.
        claimed.is_ok()
    }

    pub(crate) fn is(&self, state: State) -> bool {
        // Acquire: pairs with the Release in `abandon`; the other states order nothing by themselves.
        self.control.state.load(Ordering::Acquire) == state as u8
    }

    /// Records that owners folded themselves.
    pub(crate) fn folded_by_owner(&self) -> u64 {
        // Relaxed: a statistic.
        self.control.folded.load(Ordering::Relaxed)
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use std::sync::atomic::AtomicBool;

    use proptest::prelude::*;

    use super::*;

    struct Sum(Vec<u64>);

    impl Sink for Sum {
        fn new() -> Self {
            Self(Vec::new())
        }

        fn fold(&mut self, records: &[Record]) {
            self.0.extend(records.iter().map(|record| record.0[0]));
        }
    }

    #[test]
    fn every_record_is_folded_once_and_in_order() {
        let ring = Ring::<Sum>::boxed();
        for value in 0..10_000 {
            assert!(ring.push([Record([value, 1])].into_iter()));
            if value % 777 == 0 {
                ring.sweep();
            }
        }
        ring.sweep();
        assert_eq!(
            crate::sync::lock(&ring.control.sweep).sink.sink.0,
            (0..10_000).collect::<Vec<_>>()
        );
    }

    #[test]
    fn a_full_ring_that_is_being_swept_refuses_at_once() {
        let ring = Ring::<Sum>::boxed();
        let lock = crate::sync::lock(&ring.control.sweep);
        for _ in 0..CAPACITY {
            assert!(ring.push([Record([1, 1])].into_iter()));
        }
        assert!(!ring.push([Record([1, 1])].into_iter()));
        drop(lock);
        assert!(ring.push([Record([1, 1])].into_iter()));
    }

    /// The second word of a record that ends its group.
    const LAST: u64 = 7;

    /// Writes down what it folds, of which every group must be whole.
    struct Whole(Vec<u64>);

    impl Sink for Whole {
        fn new() -> Self {
            Self(Vec::new())
        }

        fn fold(&mut self, records: &[Record]) {
            assert_eq!(
                records.last().map(|record| record.0[1]),
                Some(LAST),
                "half a group"
            );
            self.0.extend(records.iter().map(|record| record.0[0]));
        }
    }

    /// Writes a group in the way of calls with so many numbers, as far as there is room, or in that of all others.
    fn write(ring: &Ring<Whole>, group: &[Record], in_place: bool) -> bool {
        let fill = |slots: &[super::super::RecordWords]| {
            for (slot, record) in slots.iter().zip(group) {
                slot[0].store(record.0[0], Ordering::Relaxed);
                slot[1].store(record.0[1], Ordering::Relaxed);
            }
        };
        let buffer = ring.buffer();
        let pushed = in_place
            && match group.len() {
                1 => buffer.push::<1>(|slots| fill(slots)),
                2 => buffer.push::<2>(|slots| fill(slots)),
                3 => buffer.push::<3>(|slots| fill(slots)),
                len => buffer.push_some::<{ MAX_VALUES + 2 }>(|slots| {
                    fill(slots);
                    Some(len)
                }),
            };
        pushed || ring.push(group.iter().copied())
    }

    /// Ends the other thread, though this one panics.
    struct Over<'a>(&'a AtomicBool);

    impl Drop for Over<'_> {
        fn drop(&mut self) {
            self.0.store(true, Ordering::Relaxed);
        }
    }

    proptest! {
        /// Whoever sweeps it, and whenever: what finds no room is told so, and all else is folded once, whole, in its order.
        #[test]
        fn groups_are_folded_once_and_in_order_or_refused(
            steps in prop::collection::vec((1..=MAX_VALUES + 2, any::<bool>(), 0..12_u8), 1..400),
            waits in any::<bool>(),
        ) {
            let ring = Ring::<Whole>::boxed();
            let (mut next, mut refused) = (0_u64, Vec::new());
            let is_over = AtomicBool::new(false);
            std::thread::scope(|scope| {
                scope.spawn(|| {
                    while !is_over.load(Ordering::Relaxed) {
                        if waits {
                            ring.sweep();
                        } else {
                            ring.try_sweep();
                        }
                        std::thread::yield_now();
                    }
                });
                let _over = Over(&is_over);
                for (len, in_place, then) in steps {
                    let values = next..next + len as u64;
                    next = values.end;
                    let group: Vec<_> = values.clone().map(|value| Record([value, u64::from(value + 1 == next) * LAST])).collect();
                    if !write(&ring, &group, in_place) {
                        refused.extend(values);
                    }
                    if then == 0 {
                        ring.sweep();
                    }
                }
            });
            ring.sweep();
            let sweep = crate::sync::lock(&ring.control.sweep);
            let folded = &sweep.sink.sink.0;
            prop_assert!(folded.is_sorted_by(|one, other| one < other));
            let mut all: Vec<u64> = folded.iter().chain(&refused).copied().collect();
            all.sort_unstable();
            prop_assert_eq!(all, (0..next).collect::<Vec<_>>());
        }
    }

    /// Takes one record of each fold, and panics when it meets a 0.
    struct Fragile(Vec<u64>);

    impl Sink for Fragile {
        fn new() -> Self {
            Self(Vec::new())
        }

        fn fold(&mut self, records: &[Record]) {
            for &Record([value, _]) in records {
                self.0.push(value);
                assert_ne!(value, 0, "as asked");
            }
        }
    }

    #[test]
    fn what_a_panic_left_half_done_is_not_trusted() {
        let ring = Ring::<Fragile>::boxed();
        let push = |value| ring.push([Record([value, 1])].into_iter());
        assert!(push(1) && push(0));
        assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| ring.sweep())).is_err());
        assert!(push(2));
        assert_eq!(ring.sweep(), 1);
        assert_eq!(crate::sync::lock(&ring.control.sweep).sink.sink.0, [2]);
    }

    #[test]
    fn an_abandoned_ring_is_free_once_swept() {
        let ring = Ring::<Sum>::boxed();
        assert!(!ring.claim());
        ring.push([Record([1, 1])].into_iter());
        ring.abandon();
        assert!(!ring.claim());
        assert_eq!(ring.try_sweep(), Some(1));
        assert!(ring.claim());
        assert!(!ring.claim());
    }
}
