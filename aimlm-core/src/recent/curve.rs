use super::slots::{SlotReserve, Slots};
use crate::clock::Moment;
use crate::sync::{AtomicU64, Ordering};

/// Points kept of the curve of something that comes often.
pub(crate) const OFTEN: u64 = 512;
/// Points kept of the curve of something that comes once an epoch.
pub(crate) const BY_EPOCH: u64 = 5_000;
/// The slots past the thinned ones hold the points recorded last: several, so that a thread that is late with an older
/// point does not overwrite the last.
const NEWEST: u64 = 64;

pub(crate) static POINT_PAGES_READY: SlotReserve<4> = SlotReserve::of_pages(16);

/// A curve that thins itself: as it grows, every second point gives its place to a newer one, so that no more
/// than its capacity stay, evenly spread over the whole course. The first and the one recorded last always stay.
///
/// Where a point goes follows from its number alone, so that no thread ever has to move one: once there are
/// more than `capacity · 2^k` points, only multiples of `2^(k+1)` are kept, and each new one of these takes
/// the slot of the next odd multiple of `2^k`.
pub(crate) struct Curve {
    /// `x`, epoch, number and time of each point.
    slots: Slots<4>,
    /// An even number.
    capacity: u64,
    next: AtomicU64,
    /// The [`rank`] of the point that was recorded last.
    last: AtomicU64,
}

/// In place of an epoch, of a point that has none because nothing said where it stands: a NaN that no arithmetic gives.
const ORDINAL: u64 = 0x7ff8_0000_0000_a11d;

/// How far apart, in numbers, the points kept are when `count` were written.
fn stride(count: u64, capacity: u64) -> u64 {
    count.div_ceil(capacity).max(1).next_power_of_two()
}

/// Orders as moments do, without a sign.
const fn rank(recorded: Moment) -> u64 {
    recorded as u64 ^ (1 << 63)
}

/// Slot of point `number`, or none if it is thinned away from the start.
fn slot_of(mut number: u64, capacity: u64) -> Option<usize> {
    loop {
        let stride = stride(number + 1, capacity);
        if !number.is_multiple_of(stride) {
            return None;
        }
        if stride == 1 {
            return Some(number as usize);
        }
        // The j-th point of this stride takes the place of the j-th odd multiple of half of it.
        let j = (number - capacity * stride / 2) / stride;
        number = (2 * j + 1) * stride / 2;
    }
}

/// Where a call or sample said that its numbers stand.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct CurvePlace {
    pub(crate) x: Option<f64>,
    /// The epoch, where `x` is the step, which may begin anew with each epoch; none without an `x`.
    pub(crate) epoch: Option<f64>,
}

/// A point of a curve.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Point {
    pub(crate) x: f64,
    pub(crate) epoch: Option<f64>,
    /// Whether nothing said where it stands: `x` is its number then.
    pub(crate) is_ordinal: bool,
    pub(crate) y: f64,
    pub(crate) recorded: Moment,
}

impl Point {
    fn at(number: u64, place: CurvePlace, y: f64, recorded: Moment) -> Self {
        Self {
            x: place.x.unwrap_or(number as f64),
            // What has an epoch here has an `x`.
            epoch: place.epoch,
            is_ordinal: place.x.is_none(),
            y,
            recorded,
        }
    }

    fn words(&self) -> [u64; 4] {
        let none = if self.is_ordinal {
            ORDINAL
        } else {
            f64::NAN.to_bits()
        };
        let epoch = self.epoch.map_or(none, f64::to_bits);
        [self.x.to_bits(), epoch, self.y.to_bits(), self.recorded as u64]
    }

    fn of([x, epoch, y, recorded]: [u64; 4]) -> Self {
        Self {
            x: f64::from_bits(x),
            epoch: Some(f64::from_bits(epoch)).filter(|epoch| !epoch.is_nan()),
            is_ordinal: epoch == ORDINAL,
            y: f64::from_bits(y),
            recorded: recorded as Moment,
        }
    }

    /// Whether both are one, whatever its number is: NaN equals nothing.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.recorded == other.recorded && self.x == other.x && self.epoch == other.epoch
    }
}

impl Curve {
    pub(crate) fn new(capacity: u64) -> Self {
        Self {
            slots: Slots::new((capacity + NEWEST) as usize, &POINT_PAGES_READY),
            capacity,
            next: AtomicU64::new(0),
            last: AtomicU64::new(0),
        }
    }

    /// Bytes on the heap while it has no point.
    pub(crate) const fn bytes_of_none(capacity: u64) -> usize {
        Slots::<4>::bytes_of_none((capacity + NEWEST) as usize)
    }

    const fn newest_slot(&self, rank: u64) -> usize {
        (self.capacity + rank % NEWEST) as usize
    }

    /// Adds a point, and gives it; without an `x` its number takes that.
    pub(crate) fn push(&self, place: CurvePlace, y: f64, recorded: Moment) -> Point {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let point = Point::at(number, place, y, recorded);
        self.keep(number, &point);
        self.keep_newest(&point);
        point
    }

    /// Adds so many points in a row, of which `point` gives each, and of which the one at `newest` was recorded last.
    pub(crate) fn push_all(
        &self,
        count: usize,
        newest: usize,
        point: impl Fn(usize) -> (CurvePlace, f64, Moment),
    ) {
        let Some(last) = count.checked_sub(1) else { return };
        let first = self.next.fetch_add(count as u64, Ordering::Relaxed);
        let point = |number: u64| {
            let (place, y, recorded) = point((number - first) as usize);
            Point::at(number, place, y, recorded)
        };
        // The distance of those that are kept only grows.
        let stride = stride(first + 1, self.capacity);
        let kept = (first.next_multiple_of(stride)..=first + last as u64).step_by(stride as usize);
        for number in kept {
            self.keep(number, &point(number));
        }
        self.keep_newest(&point(first + newest as u64));
    }

    /// Writes a point to its slot, unless it is thinned away from the start.
    fn keep(&self, number: u64, point: &Point) {
        if let Some(slot) = slot_of(number, self.capacity) {
            self.slots.write(slot, number, point.words());
        }
    }

    /// Writes a point that may be the one recorded last.
    fn keep_newest(&self, point: &Point) {
        // Threads bring their points a ring at a time: the last to come may have been recorded long before. Relaxed: what a
        // slot holds vouches for itself.
        let rank = rank(point.recorded);
        if self.last.fetch_max(rank, Ordering::Relaxed) <= rank {
            self.slots.write(self.newest_slot(rank), rank, point.words());
        }
    }

    /// The points kept, in the order in which they came; the one recorded last at the end, if thinning took it.
    pub(crate) fn points(&self) -> Vec<Point> {
        let count = self.next.load(Ordering::Relaxed);
        let stride = stride(count, self.capacity);
        let kept = (0..count).step_by(stride as usize);
        let kept = kept.filter_map(|number| self.slots.read(slot_of(number, self.capacity)?, number));
        let mut points: Vec<Point> = kept.map(Point::of).collect();
        if stride > 1 {
            let rank = self.last.load(Ordering::Relaxed);
            let last = self.slots.read(self.newest_slot(rank), rank).map(Point::of);
            points.extend(last.filter(|last| !points.iter().any(|point| point.is_same(last))));
        }
        points
    }

    pub(crate) fn bytes(&self) -> usize {
        self.slots.bytes()
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// However long it is, and wherever a row of points begins.
        #[test]
        fn points_in_a_row_are_what_they_are_one_by_one(
            rows in prop::collection::vec(prop_oneof![4 => 0..200_usize, 1 => 0..3_000_usize], 1..60),
            says_where in any::<bool>(),
        ) {
            let [together, singly] = [(); 2].map(|()| Curve::new(OFTEN));
            let mut before = 0;
            for row in rows {
                let point = |nth: usize| {
                    let number = (before + nth) as f64;
                    let place = CurvePlace { x: says_where.then_some(number + 7.0), epoch: says_where.then_some(2.0) };
                    (place, number / 2.0, (before + nth) as Moment * 3 - 1_000)
                };
                together.push_all(row, row.saturating_sub(1), point);
                for (place, y, recorded) in (0..row).map(point) {
                    singly.push(place, y, recorded);
                }
                before += row;
                prop_assert_eq!(together.points(), singly.points());
            }
        }
    }

    #[test]
    fn stays_even_bounded_and_complete_at_both_ends() {
        for capacity in [OFTEN, BY_EPOCH] {
            for count in [0, 1, 2, 511, 512, 513, 1024, 1025, 5000, 5001, 9_999, 100_000] {
                let curve = Curve::new(capacity);
                for number in 0..count {
                    curve.push(CurvePlace::default(), number as f64 * 2.0, number as Moment);
                }
                let points = curve.points();
                assert!(points.len() as u64 <= capacity + 1);
                assert!(points.len() as u64 >= count.min(capacity / 2), "{count}");
                if count <= capacity {
                    assert_eq!(points.len() as u64, count);
                }
                if count > 0 {
                    assert_eq!((points[0].x, points[0].y), (0.0, 0.0));
                    assert_eq!(points.last().unwrap().x, (count - 1) as f64);
                }
                let step = stride(count, capacity) as f64;
                let even = &points[..points.len().saturating_sub(1)];
                assert!(
                    even.windows(2).all(|pair| pair[1].x - pair[0].x == step),
                    "{count}"
                );
                assert!(
                    points
                        .iter()
                        .all(|point| point.y == point.x * 2.0 && point.recorded as f64 == point.x)
                );
            }
        }
    }

    /// A thread may be late with older points, more than there are slots for the newest.
    #[test]
    fn the_point_recorded_last_stays_though_others_come_after_it() {
        for (early, late) in [(1_001_u64, 500_u64), (2_050, 3_000), (3, 700)] {
            let curve = Curve::new(OFTEN);
            for nth in (late..late + early).chain(0..late) {
                let place = CurvePlace {
                    x: Some(nth as f64),
                    epoch: None,
                };
                curve.push(place, 0.5, nth as Moment - 100);
            }
            let points = curve.points();
            let last = points.iter().max_by_key(|point| point.recorded).unwrap();
            assert_eq!(last.x, (late + early - 1) as f64);
            assert!(points.len() as u64 <= OFTEN + 1);
        }
    }
}
