use super::ring::{Ring, State};
use super::sink::{GuardedSink, Sink, StoreSink};
use crate::busy::count_caller;
use crate::event::Record;
use crate::sync::{AtomicU32, AtomicU64, IS_MODEL, Mutex, OnceBox, Ordering, boxed_array, try_lock};

const CHUNK: usize = if IS_MODEL { 2 } else { 64 };
/// Loom's threads are three at most, shuttle's more.
const CHUNKS: usize = if cfg!(loom) {
    1
} else if IS_MODEL {
    4
} else {
    1024
};

/// Every ring of the process. Rings are never freed: those of threads that ended serve threads that begin, so
/// there are as many as there ever were threads at once.
pub(crate) struct Registry<S: 'static> {
    chunks: [OnceBox<[OnceBox<Ring<S>>; CHUNK]>; CHUNKS],
    len: AtomicU32,
    /// Rings from here on are this process's. Those before were of the process that it was forked from: a lock in one
    /// may never be released.
    first: AtomicU32,
    /// By which records go straight to their series, one thread at a time.
    direct: OnceBox<Mutex<GuardedSink<S>>>,
    folded_by_others: AtomicU64,
    added_directly: AtomicU64,
}

/// The registry of the process.
#[cfg(not(loom))]
pub(crate) static REGISTRY: Registry<StoreSink> = Registry {
    chunks: [const { OnceBox::new() }; CHUNKS],
    len: AtomicU32::new(0),
    first: AtomicU32::new(0),
    direct: OnceBox::new(),
    folded_by_others: AtomicU64::new(0),
    added_directly: AtomicU64::new(0),
};

/// Loom's atomics have no `const` constructors; its models make registries of their own.
#[cfg(loom)]
pub(crate) static REGISTRY: std::sync::LazyLock<Registry<StoreSink>> =
    std::sync::LazyLock::new(Registry::new);

/// How a registry stands at one moment.
pub(crate) struct RegistryReading {
    pub(crate) rings: u64,
    pub(crate) bytes: u64,
    pub(crate) folded_by_owner: u64,
    pub(crate) folded_by_others: u64,
    pub(crate) added_directly: u64,
}

impl<S: Sink> Registry<S> {
    #[cfg(any(loom, shuttle))]
    pub(crate) fn new() -> Self {
        Self {
            chunks: [const { () }; CHUNKS].map(|()| OnceBox::new()),
            len: AtomicU32::new(0),
            first: AtomicU32::new(0),
            direct: OnceBox::new(),
            folded_by_others: AtomicU64::new(0),
            added_directly: AtomicU64::new(0),
        }
    }

    /// A ring for the calling thread: one that an ended thread left, or a new one. `None` if there are more
    /// threads than rings can be.
    pub(crate) fn acquire(&self) -> Option<&Ring<S>> {
        self.reuse().or_else(|| self.add())
    }

    /// The calling thread, which ends, lets go of its ring. Whoever holds the ring now, or the next sweep,
    /// folds what is left.
    pub(crate) fn release(&self, ring: &Ring<S>) {
        ring.abandon();
        self.count_others(ring.try_sweep().unwrap_or(0));
    }

    fn reuse(&self) -> Option<&Ring<S>> {
        self.iter().find(|ring| {
            if ring.is(State::Abandoned) {
                self.count_others(ring.try_sweep().unwrap_or(0));
            }
            ring.claim()
        })
    }

    fn add(&self) -> Option<&Ring<S>> {
        let at = self
            .len
            // AcqRel: as the ring's own place is set after, a reader may find it empty still.
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, |len| {
                ((len as usize) < CHUNK * CHUNKS).then_some(len + 1)
            })
            .ok()? as usize;
        count_caller();
        let chunk = self.chunks[at / CHUNK].get_or_init(|| boxed_array(OnceBox::new));
        Some(chunk[at % CHUNK].get_or_init(|| Ring::boxed()))
    }

    /// Every ring of this process.
    fn iter(&self) -> impl Iterator<Item = &Ring<S>> {
        // Relaxed: set before this process has a second thread.
        self.from(self.first.load(Ordering::Relaxed))
    }

    fn from(&self, first: u32) -> impl Iterator<Item = &Ring<S>> {
        // Acquire: pairs with the AcqRel in `add`.
        let len = self.len.load(Ordering::Acquire) as usize;
        (first as usize..len).filter_map(|at| self.chunks[at / CHUNK].get()?[at % CHUNK].get())
    }

    /// Folds every ring, waiting for whoever folds one. What was recorded before is then in the store.
    pub(crate) fn sweep(&self) {
        for ring in in_time(self.iter()) {
            self.count_others(ring.sweep());
        }
    }

    /// Folds the rings whose owners have not done so since the last time, and tells how many records it met.
    /// The collector alone calls it.
    pub(crate) fn sweep_quiet(&self) -> u64 {
        let quiet = in_time(self.iter().filter(|ring| ring.is_quiet())).into_iter();
        let folded = quiet.filter_map(Ring::try_sweep).sum();
        self.count_others(folded);
        folded
    }

    /// Gives up every ring of the process that this one was forked from.
    pub(crate) fn lose(&self) {
        // Relaxed: in a forked child, on its only thread; and, as everywhere below, statistics.
        self.first
            .store(self.len.load(Ordering::Relaxed), Ordering::Relaxed);
        self.folded_by_others.store(0, Ordering::Relaxed);
        self.added_directly.store(0, Ordering::Relaxed);
    }

    fn count_others(&self, records: u64) {
        if records > 0 {
            self.folded_by_others.fetch_add(records, Ordering::Relaxed);
        }
    }

    /// Adds one group of records straight to its series.
    pub(crate) fn add_directly(&self, records: &[Record]) {
        self.added_directly
            .fetch_add(records.len() as u64, Ordering::Relaxed);
        match self.direct.get().and_then(try_lock) {
            Some(mut direct) => direct.fold(records),
            // Another thread is at it, or was, in the process that this one was forked from.
            None => S::new().fold(records),
        }
    }

    /// Makes ready what [`add_directly`](Self::add_directly) goes by. For the collector.
    pub(crate) fn make_one_ready(&self) {
        self.direct
            .get_or_init(|| Box::new(Mutex::new(GuardedSink::new())));
    }

    pub(crate) fn read(&self) -> RegistryReading {
        let chunks = self.chunks.iter().filter(|chunk| chunk.get().is_some());
        // A forked child holds its parent's rings, too, though it uses none.
        let direct = self
            .direct
            .get()
            .map_or(0, |direct| size_of_val(direct) + S::BYTES);
        let bytes = direct
            + self.from(0).count() * (size_of::<Ring<S>>() + S::BYTES)
            + chunks.count() * size_of::<[OnceBox<Ring<S>>; CHUNK]>();
        RegistryReading {
            rings: self.iter().count() as u64,
            bytes: bytes as u64,
            folded_by_owner: self.iter().map(Ring::folded_by_owner).sum(),
            folded_by_others: self.folded_by_others.load(Ordering::Relaxed),
            added_directly: self.added_directly.load(Ordering::Relaxed),
        }
    }
}

/// The rings in the order of their newest calls: what is folded last is what histories hold, whichever thread made it.
fn in_time<'a, S: Sink>(rings: impl Iterator<Item = &'a Ring<S>>) -> Vec<&'a Ring<S>> {
    let mut rings: Vec<_> = rings.collect();
    if !IS_MODEL {
        rings.sort_by_cached_key(|ring| ring.newest());
    }
    rings
}

#[cfg(all(test, not(any(loom, shuttle))))]
mod tests {
    use super::*;

    struct Nothing;

    impl Sink for Nothing {
        fn new() -> Self {
            Self
        }

        fn fold(&mut self, _: &[Record]) {}
    }

    /// As after a thread that ended while a report was sweeping its ring.
    #[test]
    fn a_ring_that_nobody_has_swept_yet_serves_the_next_thread() {
        let registry = Box::new(Registry::<Nothing> {
            chunks: [const { OnceBox::new() }; CHUNKS],
            len: AtomicU32::new(0),
            first: AtomicU32::new(0),
            direct: OnceBox::new(),
            folded_by_others: AtomicU64::new(0),
            added_directly: AtomicU64::new(0),
        });
        let ring = registry.acquire().unwrap();
        ring.push([Record([1, 1])].into_iter());
        ring.abandon();
        assert!(std::ptr::eq(registry.acquire().unwrap(), ring));
        assert_eq!(registry.read().folded_by_others, 1);
    }

    /// Counts what it folds, of all of its kind.
    struct Tallied;

    static FOLDED: AtomicU64 = AtomicU64::new(0);

    impl Sink for Tallied {
        fn new() -> Self {
            Self
        }

        fn fold(&mut self, records: &[Record]) {
            FOLDED.fetch_add(records.len() as u64, Ordering::Relaxed);
        }
    }

    /// By whichever way, and whoever holds what was made ready: so it may stay in a forked child.
    #[test]
    fn what_is_added_directly_is_folded_at_once() {
        let registry = Box::new(Registry::<Tallied> {
            chunks: [const { OnceBox::new() }; CHUNKS],
            len: AtomicU32::new(0),
            direct: OnceBox::new(),
            first: AtomicU32::new(0),
            folded_by_others: AtomicU64::new(0),
            added_directly: AtomicU64::new(0),
        });
        let add = || registry.add_directly(&[Record([1, 1]), Record([2, 2])]);
        add();
        registry.make_one_ready();
        add();
        let held = try_lock(registry.direct.get().unwrap());
        add();
        drop(held);
        assert_eq!(FOLDED.load(Ordering::Relaxed), 6);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| (0..1_000).for_each(|_| add()));
            }
        });
        assert_eq!(FOLDED.load(Ordering::Relaxed), 8_006);
    }
}
