use crate::sync::{AtomicU64, Mutex, Ordering, try_lock};

/// Places for values that nobody needs yet. Any number of threads take and put back at once, and none ever waits: whoever
/// claims a place by its bit has it for itself.
///
/// Nor does a forked child: a place that another thread had claimed is lost, the others are there.
pub(super) struct Spares<T> {
    /// A bit for each place with a value.
    full: AtomicU64,
    /// A bit for each place without one.
    empty: AtomicU64,
    places: [Mutex<Option<T>>; PLACES],
}

/// As many as there are bits, or as a model has threads.
pub(super) const PLACES: usize = if cfg!(loom) { 2 } else { u64::BITS as usize };

impl<T> Spares<T> {
    /// Without a value, and with room for so many.
    #[cfg(not(loom))]
    pub(super) const fn new(room: u32) -> Self {
        Self {
            full: AtomicU64::new(0),
            empty: AtomicU64::new(bits(room)),
            places: [const { Mutex::new(None) }; PLACES],
        }
    }

    #[cfg(loom)]
    pub(super) fn new(room: u32) -> Self {
        Self {
            full: AtomicU64::new(0),
            empty: AtomicU64::new(bits(room)),
            places: std::array::from_fn(|_| Mutex::new(None)),
        }
    }

    /// Takes one, if there is any.
    pub(super) fn take(&self) -> Option<T> {
        let (place, bit) = claim(&self.full)?;
        let value = try_lock(&self.places[place])?.take();
        // Release: the place is seen empty; pairs with the Acquire in `claim`.
        self.empty.fetch_or(bit, Ordering::Release);
        value
    }

    /// Puts one there that `make` gives, unless every place has one.
    pub(super) fn put(&self, make: impl FnOnce() -> T) -> bool {
        let Some((place, bit)) = claim(&self.empty) else {
            return false;
        };
        let value = make();
        if let Some(mut place) = try_lock(&self.places[place]) {
            *place = Some(value);
        }
        // Release: the value is seen; pairs with the Acquire in `claim`.
        self.full.fetch_or(bit, Ordering::Release);
        true
    }

    /// How many there are.
    #[cfg(not(loom))]
    pub(super) fn len(&self) -> usize {
        // Relaxed: a statistic.
        self.full.load(Ordering::Relaxed).count_ones() as usize
    }
}

const fn bits(places: u32) -> u64 {
    assert!(places > 0 && places as usize <= PLACES);
    u64::MAX >> (u64::BITS - places)
}

/// Claims one of the places that have a bit: its number, and its bit.
fn claim(bits: &AtomicU64) -> Option<(usize, u64)> {
    // Relaxed: a guess.
    let mut left = bits.load(Ordering::Relaxed);
    while left != 0 {
        let place = left.trailing_zeros();
        let bit = 1 << place;
        // Acquire: the place is seen as it was left; pairs with the Release in `take` and `put`.
        left = bits.fetch_and(!bit, Ordering::Acquire);
        if left & bit != 0 {
            return Some((place as usize, bit));
        }
    }
    None
}

#[cfg(all(test, loom))]
mod loom_tests {
    use loom::sync::Arc;
    use loom::thread;

    use super::*;
    use crate::sync::model;

    #[test]
    fn loom_a_spare_is_taken_once() {
        model(|| {
            let spares = Arc::new(Spares::new(2));
            assert!(spares.put(|| 1));
            let takes_and_gives = {
                let spares = spares.clone();
                thread::spawn(move || {
                    let taken = spares.take();
                    (taken, spares.put(|| 2))
                })
            };
            let own = spares.take();
            let (other, put) = takes_and_gives.join().unwrap();
            let left: Vec<_> = std::iter::from_fn(|| spares.take()).collect();
            let mut all: Vec<_> = left.into_iter().chain(own).chain(other).collect();
            all.sort_unstable();
            assert!(put && all == [1, 2], "{all:?}");
        });
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn there_are_as_many_as_there_is_room_for() {
        let spares = Spares::new(3);
        assert_eq!(spares.take(), None);
        let put: Vec<bool> = (0..4).map(|value| spares.put(|| value)).collect();
        assert_eq!((put, spares.len()), (vec![true, true, true, false], 3));
        assert!(spares.take().is_some() && spares.put(|| 4) && !spares.put(|| 5));
        let mut all: Vec<_> = std::iter::from_fn(|| spares.take()).collect();
        all.sort_unstable();
        assert_eq!(all, [1, 2, 4]);
    }
}
