use super::slots::Slots;
use crate::sync::{AtomicU64, Ordering};

/// Points kept of one curve.
const CAPACITY: u64 = 512;
/// The slots past the thinned ones hold the newest points: several, so that a thread that is late with an older
/// point does not overwrite the newest.
const NEWEST: u64 = 64;

const fn newest_slot(number: u64) -> usize {
    (CAPACITY + number % NEWEST) as usize
}

/// A curve that thins itself: as it grows, every second point gives its place to a newer one, so that at most
/// [`CAPACITY`] points stay, evenly spread over the whole course. The first and the newest always stay.
///
/// Where a point goes follows from its number alone, so that no thread ever has to move one: once there are
/// more than `CAPACITY · 2^k` points, only multiples of `2^(k+1)` are kept, and each new one of these takes
/// the slot of the next odd multiple of `2^k`.
pub(super) struct Curve {
    slots: Slots,
    next: AtomicU64,
}

/// How far apart, in numbers, the points kept are when `count` were written.
fn stride(count: u64) -> u64 {
    count.div_ceil(CAPACITY).max(1).next_power_of_two()
}

/// Slot of point `number`, or none if it is thinned away from the start.
fn slot_of(mut number: u64) -> Option<usize> {
    loop {
        let stride = stride(number + 1);
        if !number.is_multiple_of(stride) {
            return None;
        }
        if stride == 1 {
            return Some(number as usize);
        }
        // The j-th point of this stride takes the place of the j-th odd multiple of half of it.
        let j = (number - CAPACITY * stride / 2) / stride;
        number = (2 * j + 1) * stride / 2;
    }
}

impl Curve {
    pub(super) fn new() -> Self {
        Self {
            slots: Slots::new((CAPACITY + NEWEST) as usize),
            next: AtomicU64::new(0),
        }
    }

    /// Adds a point; without an `x` its number takes its place.
    pub(super) fn push(&self, x: Option<f64>, y: f64) {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let words = [x.unwrap_or(number as f64).to_bits(), y.to_bits()];
        if let Some(slot) = slot_of(number) {
            self.slots.write(slot, number, words);
        }
        self.slots.write(newest_slot(number), number, words);
    }

    /// The points kept, in the order in which they came, as `(x, y)`.
    pub(super) fn points(&self) -> Vec<(f64, f64)> {
        let count = self.next.load(Ordering::Relaxed);
        let kept = (0..count).step_by(stride(count) as usize);
        let newest = count.checked_sub(1);
        let newest_is_kept = newest.is_some_and(|newest| newest.is_multiple_of(stride(count)));
        kept.filter_map(|number| self.slots.read(slot_of(number)?, number))
            .chain(
                newest
                    .filter(|_| !newest_is_kept)
                    .and_then(|number| self.slots.read(newest_slot(number), number)),
            )
            .map(|[x, y]| (f64::from_bits(x), f64::from_bits(y)))
            .collect()
    }

    pub(super) fn bytes(&self) -> usize {
        self.slots.bytes()
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn stays_even_bounded_and_complete_at_both_ends() {
        for count in [0, 1, 2, 511, 512, 513, 1024, 1025, 5000, 100_000] {
            let curve = Curve::new();
            for number in 0..count {
                curve.push(None, number as f64 * 2.0);
            }
            let points = curve.points();
            assert!(points.len() as u64 <= CAPACITY + 1);
            assert!(
                points.len() as u64 >= count.min(CAPACITY / 2),
                "{count}: {}",
                points.len()
            );
            if count > 0 {
                assert_eq!(points[0], (0.0, 0.0));
                assert_eq!(points.last().unwrap().0, (count - 1) as f64);
            }
            let step = stride(count) as f64;
            let even = &points[..points.len().saturating_sub(1)];
            assert!(
                even.windows(2).all(|pair| pair[1].0 - pair[0].0 == step),
                "{count}"
            );
            assert!(points.iter().all(|(x, y)| *y == x * 2.0));
        }
    }
}
