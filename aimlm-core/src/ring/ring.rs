#![allow(unsafe_code)]

use crossbeam_utils::CachePadded;

use super::sink::Sink;
use crate::event::{MAX_VALUES, Record};
use crate::sync::{AtomicU8, AtomicU64, IS_MODEL, Mutex, MutexGuard, Ordering, try_lock};

/// Records of one ring; a power of two. A model's is just large enough for its groups, or, of the whole engine, for two
/// calls, so that it is often full.
pub(crate) const CAPACITY: usize = match (IS_MODEL, cfg!(shuttle)) {
    (true, true) => 4,
    (true, false) => 2,
    _ => 512,
};
const MASK: u64 = CAPACITY as u64 - 1;

/// Room for the largest group: every value, a long duration, and the end.
const _: () = assert!(IS_MODEL || MAX_VALUES + 2 <= CAPACITY);

/// A ring of records that one thread writes, and that one thread at a time sweeps.
///
/// Positions only grow; a record's slot is its position modulo [`CAPACITY`].
pub(crate) struct Ring<S> {
    control: Control<S>,
    slots: [[AtomicU64; 2]; CAPACITY],
}

/// Who is where in a ring.
struct Control<S> {
    owner: CachePadded<Owner>,
    sweep: CachePadded<Mutex<Sweep<S>>>,
    /// Position up to which the ring was swept, for those who do not hold the lock.
    swept: AtomicU64,
    state: AtomicU8,
    /// The owner's folds that the collector has seen.
    folds_seen: AtomicU64,
}

/// What only the owner writes.
struct Owner {
    /// Position of the next record.
    head: AtomicU64,
    /// Position up to which there is room. The owner alone reads it.
    limit: AtomicU64,
    /// How often the owner swept its own ring.
    folds: AtomicU64,
    /// Records in those sweeps.
    folded: AtomicU64,
}

/// What only the holder of the lock touches.
struct Sweep<S> {
    tail: u64,
    sink: S,
    /// Whether the sink is at work. Found set, it was cut off by a panic.
    folding: bool,
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
            owner: CachePadded::new(Owner {
                head: AtomicU64::new(0),
                limit: AtomicU64::new(CAPACITY as u64),
                folds: AtomicU64::new(0),
                folded: AtomicU64::new(0),
            }),
            sweep: CachePadded::new(Mutex::new(Sweep {
                tail: 0,
                sink: S::new(),
                folding: false,
            })),
            swept: AtomicU64::new(0),
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
        for at in 0..CAPACITY {
            // SAFETY: inside of the ring, as above.
            let slot = unsafe { &raw mut (*place).slots[at] };
            // SAFETY: as above.
            unsafe { slot.write([AtomicU64::new(0), AtomicU64::new(0)]) };
        }
        // SAFETY: it has these two fields, and every slot is written.
        unsafe { ring.assume_init() }
    }

    /// Writes a group of at most `room` records. Only the owner may call it. Returns false, and writes nothing, if
    /// the ring is full and another thread is sweeping it.
    pub(crate) fn push(&self, room: u64, write: impl FnOnce(&mut Writer<'_, S>)) -> bool {
        (self.has_room(room) || self.make_room()) && self.push_if_room(room, write)
    }

    #[inline(always)]
    fn has_room(&self, room: u64) -> bool {
        // Relaxed: both are the owner's own.
        self.control.owner.head.load(Ordering::Relaxed) + room
            <= self.control.owner.limit.load(Ordering::Relaxed)
    }

    /// As [`push`](Self::push), but leaves a full ring as it is: what calls nothing keeps the processor's registers.
    #[inline(always)]
    pub(crate) fn push_if_room(&self, room: u64, write: impl FnOnce(&mut Writer<'_, S>)) -> bool {
        if !self.has_room(room) {
            return false;
        }
        // Relaxed: this thread's own.
        let head = self.control.owner.head.load(Ordering::Relaxed);
        let mut writer = Writer { ring: self, at: head };
        write(&mut writer);
        // Release: publishes the slots; pairs with the Acquire load in `sweep_locked`.
        self.control.owner.head.store(writer.at, Ordering::Release);
        true
    }

    /// The owner folds its own ring, which is in its own cache.
    #[cold]
    #[inline(never)]
    fn make_room(&self) -> bool {
        let Some(mut sweep) = try_lock(&self.control.sweep) else {
            return false;
        };
        let folded = self.sweep_locked(&mut sweep);
        // Relaxed: this thread's own; others read them as statistics.
        self.control
            .owner
            .limit
            .store(sweep.tail + CAPACITY as u64, Ordering::Relaxed);
        self.control.owner.folds.store(
            self.control.owner.folds.load(Ordering::Relaxed) + 1,
            Ordering::Relaxed,
        );
        self.control.owner.folded.store(
            self.control.owner.folded.load(Ordering::Relaxed) + folded,
            Ordering::Relaxed,
        );
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
        // Acquire: the slots up to here are written; pairs with the Release in `push`.
        let head = self.control.owner.head.load(Ordering::Acquire);
        let tail = std::mem::replace(&mut sweep.tail, head);
        if head == tail {
            return 0;
        }
        if std::mem::replace(&mut sweep.folding, true) {
            sweep.sink = S::new();
        }
        // Relaxed: the slots were published by `head`, and the owner overwrites none before the lock has told
        // it that the tail moved.
        let (slots, first) = (&self.slots, (tail & MASK) as usize);
        sweep.sink.fold(first..first + (head - tail) as usize, move |at| {
            let slot = &slots[at & MASK as usize];
            Record([slot[0].load(Ordering::Relaxed), slot[1].load(Ordering::Relaxed)])
        });
        sweep.folding = false;
        // Relaxed: for `is_quiet` alone.
        self.control.swept.store(head, Ordering::Relaxed);
        head - tail
    }

    /// Whether it holds records, and its owner has not folded it since this was last asked. Only the collector
    /// asks.
    pub(crate) fn is_quiet(&self) -> bool {
        // Relaxed: a wrong answer only moves a sweep.
        let folds = self.control.owner.folds.load(Ordering::Relaxed);
        let is_busy = self.control.folds_seen.swap(folds, Ordering::Relaxed) != folds;
        !is_busy
            && self.control.owner.head.load(Ordering::Relaxed) != self.control.swept.load(Ordering::Relaxed)
    }

    /// When one of its newest calls began, in ticks; 0 if that is not known.
    pub(crate) fn newest(&self) -> u64 {
        // Relaxed: a wrong answer, of an owner that writes at this moment, only moves a sweep.
        let head = self.control.owner.head.load(Ordering::Relaxed);
        // A start carries no time; most often an end stands beside it.
        let ends = (1..=head.min(2)).filter_map(|back| {
            let slot = &self.slots[((head - back) & MASK) as usize];
            let record = Record([slot[0].load(Ordering::Relaxed), slot[1].load(Ordering::Relaxed)]);
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
        // The room there is is what the last owner knew of; the first full ring tells the rest.
        claimed.is_ok()
    }

    pub(crate) fn is(&self, state: State) -> bool {
        // Acquire: pairs with the Release in `abandon`; the other states order nothing by themselves.
        self.control.state.load(Ordering::Acquire) == state as u8
    }

    /// Records that owners folded themselves.
    pub(crate) fn folded_by_owner(&self) -> u64 {
        // Relaxed: a statistic.
        self.control.owner.folded.load(Ordering::Relaxed)
    }
}

/// Writes the records of one group; they are published together.
pub(crate) struct Writer<'a, S> {
    ring: &'a Ring<S>,
    at: u64,
}

impl<S> Writer<'_, S> {
    #[inline(always)]
    pub(crate) fn write(&mut self, record: Record) {
        let slot = &self.ring.slots[(self.at & MASK) as usize];
        // Relaxed: published by the store of `head`.
        slot[0].store(record.0[0], Ordering::Relaxed);
        slot[1].store(record.0[1], Ordering::Relaxed);
        self.at += 1;
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use std::ops::Range;

    use super::*;

    struct Sum(Vec<u64>);

    impl Sink for Sum {
        fn new() -> Self {
            Self(Vec::new())
        }

        fn fold(&mut self, records: Range<usize>, get: impl Fn(usize) -> Record) {
            self.0.extend(records.map(|at| get(at).0[0]));
        }
    }

    #[test]
    fn every_record_is_folded_once_and_in_order() {
        let ring = Ring::<Sum>::boxed();
        for value in 0..10_000 {
            assert!(ring.push(1, |writer| writer.write(Record([value, 1]))));
            if value % 777 == 0 {
                ring.sweep();
            }
        }
        ring.sweep();
        assert_eq!(
            crate::sync::lock(&ring.control.sweep).sink.0,
            (0..10_000).collect::<Vec<_>>()
        );
    }

    #[test]
    fn a_full_ring_that_is_being_swept_refuses_at_once() {
        let ring = Ring::<Sum>::boxed();
        let lock = crate::sync::lock(&ring.control.sweep);
        for _ in 0..CAPACITY {
            assert!(ring.push(1, |writer| writer.write(Record([1, 1]))));
        }
        assert!(!ring.push(1, |writer| writer.write(Record([1, 1]))));
        drop(lock);
        assert!(ring.push(1, |writer| writer.write(Record([1, 1]))));
    }

    /// Takes one record of each fold, and panics when it meets a 0.
    struct Fragile(Vec<u64>);

    impl Sink for Fragile {
        fn new() -> Self {
            Self(Vec::new())
        }

        fn fold(&mut self, records: Range<usize>, get: impl Fn(usize) -> Record) {
            for at in records {
                let value = get(at).0[0];
                self.0.push(value);
                assert_ne!(value, 0, "as asked");
            }
        }
    }

    #[test]
    fn what_a_panic_left_half_done_is_not_trusted() {
        let ring = Ring::<Fragile>::boxed();
        let push = |value| ring.push(1, |writer| writer.write(Record([value, 1])));
        assert!(push(1) && push(0));
        assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| ring.sweep())).is_err());
        assert!(push(2));
        assert_eq!(ring.sweep(), 1);
        assert_eq!(crate::sync::lock(&ring.control.sweep).sink.0, [2]);
    }

    #[test]
    fn an_abandoned_ring_is_free_once_swept() {
        let ring = Ring::<Sum>::boxed();
        assert!(!ring.claim());
        ring.push(1, |writer| writer.write(Record([1, 1])));
        ring.abandon();
        assert!(!ring.claim());
        assert_eq!(ring.try_sweep(), Some(1));
        assert!(ring.claim());
        assert!(!ring.claim());
    }
}
