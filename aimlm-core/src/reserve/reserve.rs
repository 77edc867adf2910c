#[cfg(not(any(loom, shuttle)))]
use super::spares::Spares;

/// Things of one kind that are made before a thread needs one. The collector makes as many as are missing in each of its
/// rounds. Where they are used up sooner, or there is no collector, whoever needs one makes it: nothing depends on them.
///
/// A model makes each.
pub(crate) struct Reserve<T: 'static> {
    make: fn() -> T,
    /// Bytes that one holds on the heap.
    #[cfg(not(any(loom, shuttle)))]
    bytes: usize,
    #[cfg(not(any(loom, shuttle)))]
    spares: Spares<T>,
}

impl<T> Reserve<T> {
    /// Of up to `most`, each of so many bytes on the heap.
    #[cfg(not(any(loom, shuttle)))]
    pub(crate) const fn new(most: u32, bytes: usize, make: fn() -> T) -> Self {
        Self {
            make,
            bytes,
            spares: Spares::new(most),
        }
    }

    #[cfg(any(loom, shuttle))]
    pub(crate) const fn new(_: u32, _: usize, make: fn() -> T) -> Self {
        Self { make }
    }

    /// One that was made before, or else is made now.
    pub(crate) fn take(&self) -> T {
        #[cfg(not(any(loom, shuttle)))]
        if let Some(spare) = self.spares.take() {
            return spare;
        }
        (self.make)()
    }

    /// Gives back one that is as it was when it was made.
    pub(crate) fn give(&self, back: T) {
        #[cfg(not(any(loom, shuttle)))]
        self.spares.put(|| back);
        #[cfg(any(loom, shuttle))]
        drop(back);
    }
}

/// Reserves of whatever.
#[cfg(not(any(loom, shuttle)))]
pub(crate) trait Refill: Sync {
    /// Makes as many as are missing.
    fn refill(&self);

    /// Bytes on the heap that nobody needs yet.
    fn bytes(&self) -> usize;
}

#[cfg(not(any(loom, shuttle)))]
impl<T: Send> Refill for Reserve<T> {
    fn refill(&self) {
        while self.spares.put(self.make) {}
    }

    fn bytes(&self) -> usize {
        self.spares.len() * self.bytes
    }
}

/// Reserves of whatever, of which a model has none.
#[cfg(any(loom, shuttle))]
pub(crate) trait Refill: Sync {
    fn refill(&self) {}

    fn bytes(&self) -> usize {
        0
    }
}

#[cfg(any(loom, shuttle))]
impl<T> Refill for Reserve<T> {}
