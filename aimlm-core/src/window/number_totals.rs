use aimlm_snapshot::{Detail, Distribution, bucket_of};

use super::number_column::NumberColumn;
use crate::clock::Moment;
use crate::event::{NumberKind, Record};
use crate::recent::{BY_EPOCH, Curve, CurvePlace, OFTEN, Point};
use crate::reserve::Reserve;
use crate::sync::{AtomicU32, AtomicU64, OnceBox, Ordering};
use crate::totals::{COUNTS_READY, CountHistogram, EXACT, HISTOGRAMS_READY, Histogram, saturating};

/// So few values are added one by one.
const FEW: usize = 16;

/// The numbers that a series' calls carried under one field.
pub(crate) struct NumberTotals {
    count: AtomicU64,
    not_finite: AtomicU64,
    /// A whole number or the bits of a real one, as the field has it; so are the next two.
    sum: AtomicU64,
    min: AtomicU64,
    max: AtomicU64,
    /// Which counts there were, where that is kept.
    values: OnceBox<CountHistogram>,
    /// Which times.
    times: OnceBox<Histogram>,
    reals: OnceBox<Reals>,
}

/// What only real numbers have.
pub(crate) struct Reals {
    curve: Curve,
    /// Whether one did not say where it stands.
    in_order_of_arrival: AtomicU32,
    /// The first to come that is not finite.
    first_not_finite: OnceBox<Point>,
}

pub(crate) static NUMBERS_READY: Reserve<Box<NumberTotals>> =
    Reserve::new(32, size_of::<NumberTotals>(), || Box::new(NumberTotals::new()));

const fn reals_ready(most: u32, points: u64, make: fn() -> Box<Reals>) -> Reserve<Box<Reals>> {
    Reserve::new(most, size_of::<Reals>() + Curve::bytes_of_none(points), make)
}

pub(crate) static REALS_READY: Reserve<Box<Reals>> = reals_ready(16, OFTEN, || Box::new(Reals::new(OFTEN)));
pub(crate) static EPOCHS_READY: Reserve<Box<Reals>> =
    reals_ready(8, BY_EPOCH, || Box::new(Reals::new(BY_EPOCH)));
pub(crate) static POINTS_READY: Reserve<Box<Point>> =
    Reserve::new(8, size_of::<Point>(), || Box::new(Point::default()));

impl Reals {
    fn new(points: u64) -> Self {
        Self {
            curve: Curve::new(points),
            in_order_of_arrival: AtomicU32::new(0),
            first_not_finite: OnceBox::new(),
        }
    }
}

/// What [`NumberTotals`] hold at one moment.
pub(crate) struct NumberReading {
    pub(crate) count: u64,
    pub(crate) not_finite: u64,
    pub(crate) sum: f64,
    /// The sum of whole numbers, exact.
    pub(crate) total: Option<u64>,
    /// Which there were, where that is kept.
    pub(crate) values: Option<Distribution>,
    pub(crate) min: Option<f64>,
    pub(crate) max: Option<f64>,
    pub(crate) curve: Vec<Point>,
    /// Whether the curve holds every number.
    pub(crate) curve_is_whole: bool,
    /// Whether a number did not say where it stands.
    pub(crate) in_order_of_arrival: bool,
    pub(crate) first_not_finite: Option<Point>,
}

/// What one fold adds to a field of whole numbers.
#[derive(Clone, Copy)]
pub(crate) struct Counts {
    count: u64,
    sum: u64,
    min: u64,
    max: u64,
}

impl Counts {
    pub(crate) const NONE: Self = Self {
        count: 0,
        sum: 0,
        min: u64::MAX,
        max: 0,
    };

    /// One number.
    pub(crate) const fn of(value: u64) -> Self {
        Self {
            count: 1,
            sum: value,
            min: value,
            max: value,
        }
    }

    /// Of the numbers of one fold.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn of_all(values: impl ExactSizeIterator<Item = u64> + Clone) -> Self {
        let mut all = Self {
            count: values.len() as u64,
            ..Self::NONE
        };
        for value in values.clone() {
            all.sum = all.sum.wrapping_add(value);
            all.min = all.min.min(value);
            all.max = all.max.max(value);
        }
        if all.max > u64::MAX >> 16 {
            // As many of them may pass the largest number there is.
            all.sum = values.fold(0, u64::saturating_add);
        }
        all
    }

    /// Adds the values that these are the sums of, of which `value` gives each.
    fn add_values(&self, to: &CountHistogram, value: impl Fn(usize) -> u64) {
        if self.min == self.max {
            return to.add(self.min, self.count);
        }
        (0..self.count as usize).for_each(|nth| to.add(value(nth), 1));
    }

    /// The same of times.
    fn add_times(&self, to: &Histogram, value: impl Fn(usize) -> u64) {
        if self.min == self.max {
            return to.add(bucket_of(self.min), self.count);
        }
        (0..self.count as usize).for_each(|call| to.add(bucket_of(value(call)), 1));
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn merge(&mut self, other: &Self) {
        self.count += other.count;
        self.sum = self.sum.saturating_add(other.sum);
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
    }
}

/// Applies `change` to a real number held as bits.
fn update(cell: &AtomicU64, change: impl Fn(f64) -> f64) {
    // Relaxed: the number stands for itself.
    let _ = cell.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |bits| {
        let new = change(f64::from_bits(bits)).to_bits();
        (new != bits).then_some(new)
    });
}

impl NumberTotals {
    /// Of whole numbers.
    fn new() -> Self {
        Self {
            count: AtomicU64::new(0),
            not_finite: AtomicU64::new(0),
            sum: AtomicU64::new(0),
            min: AtomicU64::new(u64::MAX),
            max: AtomicU64::new(0),
            values: OnceBox::new(),
            times: OnceBox::new(),
            reals: OnceBox::new(),
        }
    }

    pub(super) fn of(kind: NumberKind) -> Box<Self> {
        let totals = NUMBERS_READY.take();
        if !kind.is_whole() {
            // Relaxed: nobody else has it yet. The bits of 0 are 0.
            totals.min.store(f64::INFINITY.to_bits(), Ordering::Relaxed);
            totals.max.store(f64::NEG_INFINITY.to_bits(), Ordering::Relaxed);
        }
        totals
    }

    /// Adds which values these are the sums of, of which `value` gives each. They are in the sums by themselves.
    // Apart, so that the loops before it have the processor's registers for themselves.
    #[inline(never)]
    pub(crate) fn add_values(&self, kind: NumberKind, sums: &Counts, value: impl Fn(usize) -> u64) {
        if kind == NumberKind::Time {
            let times = self.times.get_or_init(|| HISTOGRAMS_READY.take());
            return sums.add_times(times, value);
        }
        sums.add_values(self.values(), value);
    }

    /// Adds which values there are in a column. Gives their sums, which are not added.
    // Apart, as `add_values`.
    #[inline(never)]
    pub(crate) fn add_column<const RECORDS: usize>(
        &self,
        kind: NumberKind,
        column: NumberColumn<'_, RECORDS>,
    ) -> Counts {
        if kind == NumberKind::Count && column.len() >= FEW {
            let (mut small, mut bits, mut sum) = ([0_u32; EXACT], 0, 0_u64);
            for value in column.bits() {
                small[value as usize % EXACT] += 1;
                bits |= value;
                sum = sum.wrapping_add(value);
            }
            if bits < EXACT as u64 {
                let least = small.iter().position(|&n| n > 0).unwrap_or(0);
                let below = (bits + 1).next_power_of_two() as usize;
                let most = small[..below].iter().rposition(|&n| n > 0).unwrap_or(0);
                self.values().add_small(&small, least, most);
                return Counts {
                    count: column.len() as u64,
                    sum,
                    min: least as u64,
                    max: most as u64,
                };
            }
        }
        let counts = Counts::of_all(column.bits());
        self.add_values(kind, &counts, |call| column.at(call));
        counts
    }

    fn values(&self) -> &CountHistogram {
        self.values.get_or_init(|| COUNTS_READY.take())
    }

    pub(crate) fn add_counts(&self, fold: &Counts) {
        // Relaxed, in all of this: independent sums; the end of the fold publishes them together.
        self.count.fetch_add(fold.count, Ordering::Relaxed);
        saturating::add(&self.sum, fold.sum);
        if fold.min < self.min.load(Ordering::Relaxed) {
            self.min.fetch_min(fold.min, Ordering::Relaxed);
        }
        if fold.max > self.max.load(Ordering::Relaxed) {
            self.max.fetch_max(fold.max, Ordering::Relaxed);
        }
    }

    /// Adds a number that stands at a place, of a curve that keeps so many points.
    pub(crate) fn add_real(&self, place: CurvePlace, value: f64, recorded: Moment, points: u64) {
        self.count.fetch_add(1, Ordering::Relaxed);
        let reals = self.reals(points);
        if place.x.is_none() {
            reals.in_order_of_arrival.store(1, Ordering::Relaxed);
        }
        let point = reals.curve.push(place, value, recorded);
        if !value.is_finite() {
            self.not_finite.fetch_add(1, Ordering::Relaxed);
            reals.first_not_finite.get_or_init(|| {
                let mut first = POINTS_READY.take();
                *first = point;
                first
            });
            return;
        }
        self.add_finite(value, value, value);
    }

    /// Adds a column of real numbers, of which `place` says where each stands and when it was recorded, the one at
    /// `newest` last.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn add_reals<const RECORDS: usize>(
        &self,
        column: NumberColumn<'_, RECORDS>,
        points: u64,
        newest: usize,
        place: impl Fn(&[Record; RECORDS]) -> (CurvePlace, Moment),
    ) {
        let Some(first) = column.calls.first() else { return };
        let (mut sum, mut min, mut max) = (0.0, f64::INFINITY, f64::NEG_INFINITY);
        for value in column.bits().map(f64::from_bits) {
            sum += value;
            if value < min {
                min = value;
            }
            if value > max {
                max = value;
            }
        }
        if !f64::is_finite(sum) {
            // One of them is not, or all are too many.
            for (call, bits) in column.calls.iter().zip(column.bits()) {
                let (place, recorded) = place(call);
                self.add_real(place, f64::from_bits(bits), recorded, points);
            }
            return;
        }
        self.count.fetch_add(column.len() as u64, Ordering::Relaxed);
        let reals = self.reals(points);
        if place(first).0.x.is_none() {
            reals.in_order_of_arrival.store(1, Ordering::Relaxed);
        }
        reals.curve.push_all(column.len(), newest, |nth| {
            let (place, recorded) = place(&column.calls[nth]);
            (place, f64::from_bits(column.at(nth)), recorded)
        });
        self.add_finite(sum, min, max);
    }

    fn add_finite(&self, sum: f64, min: f64, max: f64) {
        update(&self.sum, |all| all + sum);
        update(&self.min, |least| least.min(min));
        update(&self.max, |most| most.max(max));
    }

    fn reals(&self, points: u64) -> &Reals {
        self.reals.get_or_init(|| match points {
            OFTEN => REALS_READY.take(),
            BY_EPOCH => EPOCHS_READY.take(),
            _ => Box::new(Reals::new(points)),
        })
    }

    pub(crate) fn read(&self, kind: NumberKind, detail: Detail) -> NumberReading {
        let load = |cell: &AtomicU64| cell.load(Ordering::Relaxed);
        let (count, not_finite) = (load(&self.count), load(&self.not_finite));
        let any = count > not_finite;
        let reals = self.reals.get();
        let is_whole = detail == Detail::Everything;
        let curve = reals.filter(|_| is_whole).map(|reals| reals.curve.points());
        let curve = curve.unwrap_or_default();
        let number = |bits: u64| match kind.is_whole() {
            true => bits as f64,
            false => f64::from_bits(bits),
        };
        let (sum, min, max) = (load(&self.sum), load(&self.min), load(&self.max));
        let values = self.values.get().filter(|_| is_whole);
        let times = self.times.get().filter(|_| is_whole);
        NumberReading {
            count,
            not_finite,
            sum: number(sum),
            total: kind.is_whole().then_some(sum),
            values: values
                .map(|values| values.snapshot(sum, min, max))
                .or_else(|| times.map(|times| times.distribution(sum, min, max))),
            min: any.then(|| number(min)),
            max: any.then(|| number(max)),
            curve_is_whole: curve.len() as u64 == count,
            curve,
            in_order_of_arrival: reals
                .is_some_and(|reals| reals.in_order_of_arrival.load(Ordering::Relaxed) != 0),
            first_not_finite: reals.and_then(|reals| reals.first_not_finite.get().copied()),
        }
    }

    pub(crate) fn bytes(&self) -> usize {
        size_of::<Self>()
            + self
                .values
                .get()
                .map_or(0, |values| size_of_val(values) + values.bytes())
            + self
                .times
                .get()
                .map_or(0, |times| size_of_val(times) + times.bytes())
            + self.reals.get().map_or(0, |reals| {
                let first = reals.first_not_finite.get().map_or(0, size_of_val);
                size_of::<Reals>() + reals.curve.bytes() + first
            })
    }
}
