#![allow(unsafe_code)]

use crate::event::Record;
use crate::sync::{AtomicU64, IS_MODEL, Ordering};

/// Records of one buffer. A model's is just large enough for its groups, or, of the whole engine, for two calls, so that
/// it is often full.
pub(crate) const CAPACITY: usize = match (IS_MODEL, cfg!(shuttle)) {
    (true, true) => 4,
    (true, false) => 2,
    _ => 512,
};
const WORDS: usize = CAPACITY * 2;

/// Where one thread writes its records, from the beginning until it is full.
///
/// Its owner alone writes, at `head` and after it; what is before that was published. Whoever holds the lock of its ring
/// reads what is before, and the owner takes the head back to the beginning only with that lock.
#[repr(align(128))]
pub(crate) struct Buffer {
    /// The word at which the next record goes.
    head: AtomicU64,
    words: [AtomicU64; WORDS],
}

/// The two words of a record to be written.
pub(crate) type RecordWords = [AtomicU64; 2];

impl Buffer {
    /// One that has no room, and never will: that of a thread that has no ring.
    #[cfg(not(loom))]
    pub(crate) const fn full() -> Self {
        Self {
            head: AtomicU64::new(WORDS as u64),
            words: [const { AtomicU64::new(0) }; WORDS],
        }
    }

    /// Writes an empty one to where it stays.
    ///
    /// # Safety
    ///
    /// The place must be valid for writes, and nobody else may have it.
    pub(super) unsafe fn init(place: *mut Self) {
        // SAFETY: inside of the place, as below.
        let head = unsafe { &raw mut (*place).head };
        // SAFETY: the place is valid for writes, and there is nothing to drop; as below.
        unsafe { head.write(AtomicU64::new(0)) };
        for at in 0..WORDS {
            // SAFETY: as above.
            let word = unsafe { &raw mut (*place).words[at] };
            // SAFETY: as above.
            unsafe { word.write(AtomicU64::new(0)) };
        }
    }

    /// Lends the next `N` slots to be written, and publishes them. Returns false, and lends nothing, if there is no room
    /// for them. Only the owner may call it.
    #[inline(always)]
    pub(crate) fn push<const N: usize>(&self, write: impl FnOnce(&[RecordWords; N])) -> bool {
        // Relaxed: the owner's own.
        let head = self.head.load(Ordering::Relaxed) as usize;
        let Some(slots) = self.slots(head) else {
            return false;
        };
        write(slots);
        // Release: publishes the slots; pairs with the Acquire in `Ring::sweep_locked`.
        self.head.store((head + N * 2) as u64, Ordering::Release);
        true
    }

    /// As [`push`](Self::push), but publishes as many of the slots as `write` says, or none.
    #[inline(always)]
    pub(crate) fn push_some<const N: usize>(
        &self,
        write: impl FnOnce(&[RecordWords; N]) -> Option<usize>,
    ) -> bool {
        let head = self.head.load(Ordering::Relaxed) as usize;
        let Some(slots) = self.slots::<N>(head) else {
            return false;
        };
        let Some(written) = write(slots) else {
            return false;
        };
        debug_assert!(written <= N);
        // Release: as in `push`.
        self.head
            .store((head + written.min(N) * 2) as u64, Ordering::Release);
        true
    }

    /// The `N` slots from a word on.
    #[inline(always)]
    fn slots<const N: usize>(&self, from: usize) -> Option<&[RecordWords; N]> {
        // One comparison: a model's buffer is too small for some.
        if N * 2 > WORDS || from > WORDS - N * 2 {
            return None;
        }
        // SAFETY: `from` and the 2 · N words after it are in `words`.
        let first = unsafe { self.words.as_ptr().add(from) };
        // SAFETY: so many `RecordWords` are as many words in a row.
        Some(unsafe { &*first.cast::<[RecordWords; N]>() })
    }

    /// As [`push`](Self::push), of any number of records, which must not be more than there can be.
    #[inline]
    pub(crate) fn push_all(&self, records: impl ExactSizeIterator<Item = Record>) -> bool {
        // Relaxed, Release: as in `push`.
        let head = self.head.load(Ordering::Relaxed) as usize;
        let end = head + records.len() * 2;
        let Some(words) = self.words.get(head..end) else {
            return false;
        };
        for (slot, record) in words.chunks_exact(2).zip(records) {
            slot[0].store(record.0[0], Ordering::Relaxed);
            slot[1].store(record.0[1], Ordering::Relaxed);
        }
        self.head.store(end as u64, Ordering::Release);
        true
    }

    /// How many records were written since the beginning.
    pub(super) fn len(&self) -> usize {
        // Acquire: they are seen whole; pairs with the Release in `push`.
        self.head.load(Ordering::Acquire) as usize / 2
    }

    /// The owner begins anew. It must hold the lock of its ring, and every record must have been read.
    pub(super) fn begin_anew(&self) {
        // Relaxed: the owner's own, and others learn of it by the lock.
        self.head.store(0, Ordering::Relaxed);
    }

    /// Lends records that were published.
    ///
    /// # Safety
    ///
    /// Records up to `to` must have been published to this thread, by [`len`](Self::len), and the lock of the ring must be
    /// held until `read` returns: the owner writes none of them before it holds the lock.
    pub(super) unsafe fn read<R>(&self, from: usize, to: usize, read: impl FnOnce(&[Record]) -> R) -> R {
        let words = &self.words[from * 2..to * 2];
        #[cfg(not(any(loom, shuttle)))]
        {
            // SAFETY: as many words, of which two are a record; nobody writes them meanwhile, as the caller promises.
            let records = unsafe { std::slice::from_raw_parts(words.as_ptr().cast::<Record>(), to - from) };
            read(records)
        }
        #[cfg(any(loom, shuttle))]
        {
            // A model's words are larger, and it looks at each.
            let load = |word: &AtomicU64| word.load(Ordering::Relaxed);
            let records: Vec<Record> = words
                .chunks_exact(2)
                .map(|slot| Record([load(&slot[0]), load(&slot[1])]))
                .collect();
            read(&records)
        }
    }

    /// One of the newest records, so many before the next; none that is certain to be whole.
    pub(super) fn glimpse(&self, back: usize) -> Option<Record> {
        // Relaxed: whoever asks makes do with a wrong answer.
        let head = self.head.load(Ordering::Relaxed) as usize;
        let at = head.checked_sub(back * 2)?;
        let load = |at: usize| self.words.get(at).map(|word| word.load(Ordering::Relaxed));
        Some(Record([load(at)?, load(at + 1)?]))
    }
}
