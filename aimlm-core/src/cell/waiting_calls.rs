use crate::event::Record;
use crate::sync::{AtomicU32, AtomicU64, Backoff, Ordering};

/// What fits into the 256 bytes of a cell beside the rest. With room for 5, in 128 bytes, a call of 10,000 names in
/// turn took over a quarter more time, and one of 100 names a sixth.
pub(crate) const MOST_WAITING: usize = 13;

/// Calls of a series of which one fold brings only a few: they wait until there are enough to be worth adding up.
/// Each is the end of a call whose start was folded with it.
///
/// One thread at a time is at them. Folds only ever try, readers wait.
pub(crate) struct WaitingCalls {
    /// How many there are, or [`HELD`].
    len: AtomicU32,
    calls: [[AtomicU64; 2]; MOST_WAITING],
}

/// A thread is at them.
const HELD: u32 = u32::MAX;

/// The right to change what is waiting; it ends when this is dropped.
pub(crate) struct HeldCalls<'a> {
    waiting: &'a WaitingCalls,
    len: usize,
}

impl WaitingCalls {
    pub(crate) fn new() -> Self {
        Self {
            len: AtomicU32::new(0),
            calls: std::array::from_fn(|_| [AtomicU64::new(0), AtomicU64::new(0)]),
        }
    }

    /// Whether there is nothing, and nobody is about to change that.
    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        // Acquire: what was taken from here is seen where it went; pairs with the Release in `drop`.
        self.len.load(Ordering::Acquire) == 0
    }

    /// Whether a thread is at them.
    pub(crate) fn is_held(&self) -> bool {
        // Acquire: as in `is_empty`.
        self.len.load(Ordering::Acquire) == HELD
    }

    #[cfg(all(test, not(loom)))]
    pub(crate) fn len(&self) -> usize {
        self.len.load(Ordering::Relaxed) as usize
    }

    #[inline]
    pub(crate) fn try_hold(&self) -> Option<HeldCalls<'_>> {
        // A guess. Loom compares an operation with the last one only, of which this would be one that harms nobody.
        let mut len = if cfg!(loom) {
            0
        } else {
            self.len.load(Ordering::Relaxed)
        };
        while len != HELD {
            // Acquire: the calls are seen as the last holder left them; pairs with the Release in `drop`.
            match self
                .len
                .compare_exchange(len, HELD, Ordering::Acquire, Ordering::Relaxed)
            {
                Ok(_) => {
                    return Some(HeldCalls {
                        waiting: self,
                        len: len as usize,
                    });
                }
                Err(now) => len = now,
            }
        }
        None
    }

    /// Waits for whoever is at them. Not for annotated calls.
    pub(crate) fn hold(&self) -> HeldCalls<'_> {
        let backoff = Backoff::new();
        loop {
            match self.try_hold() {
                Some(held) => return held,
                None => backoff.snooze(),
            }
        }
    }

    /// Drops what there is, whoever was at it. For a series that begins, and for a forked child.
    pub(crate) fn clear(&self) {
        self.len.store(0, Ordering::Relaxed);
    }
}

impl HeldCalls<'_> {
    pub(crate) const fn len(&self) -> usize {
        self.len
    }

    /// Adds a call. There must be room.
    #[inline]
    pub(crate) fn push(&mut self, end: Record) {
        // Relaxed: published by `drop`.
        let [first, second] = &self.waiting.calls[self.len];
        first.store(end.0[0], Ordering::Relaxed);
        second.store(end.0[1], Ordering::Relaxed);
        self.len += 1;
    }

    /// Forgets all but the first `len`.
    pub(crate) const fn truncate(&mut self, len: usize) {
        self.len = len;
    }

    /// The calls, oldest first.
    pub(crate) fn calls(&self) -> impl ExactSizeIterator<Item = Record> + use<'_> {
        // Relaxed: as in `push`.
        let calls = self.waiting.calls[..self.len].iter();
        calls.map(|words| Record(words.each_ref().map(|word| word.load(Ordering::Relaxed))))
    }
}

impl Drop for HeldCalls<'_> {
    #[inline]
    fn drop(&mut self) {
        // Release: pairs with the Acquire in `try_hold` and `is_empty`.
        self.waiting.len.store(self.len as u32, Ordering::Release);
    }
}
