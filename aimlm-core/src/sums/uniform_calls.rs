//! Calls of one series that follow each other and look alike: what a busy thread leaves.

use std::ops::Range;

use super::call_shape::CallShape;
use super::records::Records;
use super::series_sums::{SeriesSums, span_of};
use crate::busy::Amounts;
use crate::busy::Segment;
use crate::clock::Moment;
use crate::event::{Number, NumberKind, Outcome, Record};
use crate::recent::CurvePlace;
use crate::totals::{Durations, MANY_ITEMS, Tally};
use crate::window::{Counts, NumberColumn, Window};

/// Calls with more numbers than this are added one by one: a training step says its step, epoch, samples, loss, learning rate
/// and norm of the gradient.
const MOST: usize = 8;
/// Of those with so many the place of the items is known when the loop over them is compiled.
const FEW: usize = 4;

/// When calls ran that follow each other.
#[derive(Clone, Copy)]
struct CallTimes {
    first: u64,
    /// When the last one ended.
    last: u64,
    /// As many bits as the longest gap between two has, or more.
    gaps: u64,
    covered: u64,
}

impl CallTimes {
    const fn starting(first: u64) -> Self {
        Self {
            first,
            last: first,
            gaps: 0,
            covered: 0,
        }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    const fn add(&mut self, start: u64, ticks: u64) {
        // Of a call that began before the last one ended, this is more than any gap.
        let gap = start.wrapping_sub(self.last);
        self.gaps |= gap;
        self.last = self.last.wrapping_add(gap).wrapping_add(ticks);
        self.covered += ticks;
    }
}

/// Adds the calls at the beginning that have a shape and a place for their duration. Gives those that follow.
// Apart, and without a call in it, so that the loop has the processor's registers for itself.
#[inline(never)]
fn add_known_calls<'a, const N: usize, const RECORDS: usize, T: Tally>(
    durations: &mut Durations<T>,
    calls: &'a [[Record; RECORDS]],
    shape: &CallShape<N>,
    is_one: impl Fn(&[Record; RECORDS]) -> bool,
    value: impl Fn(&[Record; RECORDS]) -> T::Value,
    times: &mut CallTimes,
) -> &'a [[Record; RECORDS]] {
    let mut rest = calls;
    let mut own = *times;
    while let [call, after @ ..] = rest {
        let end = call[N + 1];
        if !shape.fits(call) || !is_one(call) {
            break;
        }
        let Some(tally) = durations.tally(end.ticks()) else {
            break;
        };
        tally.add(value(call));
        own.add(end.start_ticks(), end.ticks());
        rest = after;
    }
    *times = own;
    rest
}

impl SeriesSums {
    /// Adds the calls at the beginning of `among` that carry no number. Gives the position after them.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn add_plain_calls(
        &mut self,
        window: &Window,
        records: &Records<'_>,
        among: Range<usize>,
        series: u32,
    ) -> usize {
        self.add_calls::<0, 2, false>(window, records, among, &CallShape::plain(series), |_| 0)
    }

    /// As [`add_plain_calls`](Self::add_plain_calls), for what may be many.
    // Apart, so that the loop has the processor's registers for itself.
    #[inline(never)]
    pub(crate) fn add_many_plain_calls(
        &mut self,
        window: &Window,
        records: &Records<'_>,
        among: Range<usize>,
        series: u32,
    ) -> usize {
        self.add_plain_calls(window, records, among, series)
    }

    /// Adds the calls at the beginning of `among` that look as the first one, if that is one that can be added so. Says
    /// whether it is, and moves `next` after them.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn add_uniform_calls(
        &mut self,
        window: &Window,
        records: &Records<'_>,
        next: &mut usize,
        among: Range<usize>,
    ) -> bool {
        const { assert!(MOST == 8) };
        let from = among.start;
        let call = &records.all[among.clone()];
        let Some(end) = call
            .iter()
            .skip(1)
            .take(MOST + 1)
            .find(|record| record.ends_group())
        else {
            return false;
        };
        if end.outcome() != Some(Outcome::Ok)
            || end.series() != call[0].series()
            || call[0].timed_start().is_some()
        {
            return false;
        }
        let after = match end.values() {
            0 => self.add_many_plain_calls(window, records, among, end.series()),
            1 => self.add_uniform_calls_of::<1, 3>(window, records, among),
            2 => self.add_uniform_calls_of::<2, 4>(window, records, among),
            3 => self.add_uniform_calls_of::<3, 5>(window, records, among),
            4 => self.add_uniform_calls_of::<4, 6>(window, records, among),
            5 => self.add_uniform_calls_of::<5, 7>(window, records, among),
            6 => self.add_uniform_calls_of::<6, 8>(window, records, among),
            7 => self.add_uniform_calls_of::<7, 9>(window, records, among),
            8 => self.add_uniform_calls_of::<8, 10>(window, records, among),
            _ => from,
        };
        if after > from {
            *next = after;
        }
        after > from
    }

    fn add_uniform_calls_of<const N: usize, const RECORDS: usize>(
        &mut self,
        window: &Window,
        records: &Records<'_>,
        among: Range<usize>,
    ) -> usize {
        let first = records.all[among.clone()].first_chunk::<RECORDS>();
        let Some(shape) = first.and_then(|first| CallShape::<N>::of(window, first)) else {
            return among.start;
        };
        let Some(items) = shape.items else {
            return self.add_rated_calls::<N, RECORDS, MOST>(window, records, among, &shape);
        };
        match items {
            _ if N > FEW => self.add_calls_rated_by::<N, RECORDS>(window, records, among, &shape, items),
            0 => self.add_rated_calls::<N, RECORDS, 0>(window, records, among, &shape),
            1 => self.add_rated_calls::<N, RECORDS, 1>(window, records, among, &shape),
            2 => self.add_rated_calls::<N, RECORDS, 2>(window, records, among, &shape),
            _ => self.add_rated_calls::<N, RECORDS, 3>(window, records, among, &shape),
        }
    }

    /// Adds calls of which the number at that place counts the items, if there are so many.
    // Apart, so that each loop has the processor's registers for itself; so is the next.
    #[inline(never)]
    fn add_rated_calls<const N: usize, const RECORDS: usize, const ITEMS: usize>(
        &mut self,
        window: &Window,
        records: &Records<'_>,
        among: Range<usize>,
        shape: &CallShape<N>,
    ) -> usize {
        if ITEMS < N {
            self.add_calls::<N, RECORDS, true>(window, records, among, shape, |call| call[ITEMS + 1].bits())
        } else {
            self.add_calls::<N, RECORDS, false>(window, records, among, shape, |_| 0)
        }
    }

    #[inline(never)]
    fn add_calls_rated_by<const N: usize, const RECORDS: usize>(
        &mut self,
        window: &Window,
        records: &Records<'_>,
        among: Range<usize>,
        shape: &CallShape<N>,
        items: usize,
    ) -> usize {
        self.add_calls::<N, RECORDS, true>(window, records, among, shape, |call| {
            call[1..=N][items % N.max(1)].bits()
        })
    }

    /// Adds the calls at the beginning of `among` that have a shape, and if they are rated say with `items` how many items
    /// each had.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn add_calls<const N: usize, const RECORDS: usize, const RATED: bool>(
        &mut self,
        window: &Window,
        records: &Records<'_>,
        among: Range<usize>,
        shape: &CallShape<N>,
        items: impl Fn(&[Record; RECORDS]) -> u64,
    ) -> usize {
        const { assert!(RECORDS == N + 2) };
        let from = among.start;
        let (calls, _) = records.all[among].as_chunks::<RECORDS>();
        let Some(first) = calls.first() else { return from };
        let mut times = CallTimes::starting(first[N + 1].start_ticks());
        let mut rest = calls;
        // So large a number of items is added by itself: as many as a fold has of others have a sum.
        let has_few_items = |call: &[Record; RECORDS]| items(call) < MANY_ITEMS;
        let items_of = |call: &[Record; RECORDS]| items(call) as u32;
        loop {
            rest = if RATED {
                add_known_calls(&mut self.rated, rest, shape, has_few_items, items_of, &mut times)
            } else {
                add_known_calls(&mut self.ok, rest, shape, |_| true, |_| (), &mut times)
            };
            // The next has another shape, or the place of its duration is another's.
            let Some((call, after)) = rest.split_first().filter(|(call, _)| shape.fits(*call)) else {
                break;
            };
            let ticks = call[N + 1].ticks();
            if !RATED {
                self.ok.add(ticks, (), records.rate, &window.latency);
            } else if has_few_items(call) {
                self.rated
                    .add(ticks, items_of(call), records.rate, &window.latency);
            } else {
                break;
            }
            times.add(call[N + 1].start_ticks(), ticks);
            rest = after;
        }
        let calls = &calls[..calls.len() - rest.len()];
        if !calls.is_empty() {
            self.add_sums(window, calls, shape, &times);
        }
        from + calls.len() * RECORDS
    }

    /// Adds what calls add up to, and when they ran.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn add_sums<const N: usize, const RECORDS: usize>(
        &mut self,
        window: &Window,
        calls: &[[Record; RECORDS]],
        shape: &CallShape<N>,
        times: &CallTimes,
    ) {
        self.started += calls.len() as u64;
        self.outcomes.ok += calls.len() as u64;
        if N > 0 {
            self.add_columns(window, calls, shape);
        }
        let near = window.busy.near();
        if times.gaps <= near && self.busy.ends_before(times.first as i64) {
            let calls = Segment {
                start: times.first as i64,
                end: times.last as i64,
                covered: times.covered,
            };
            self.busy.add_call(calls, shape.said, near);
        } else {
            self.cover_each(calls.iter().map(|call| call[N + 1]), shape.said, near);
        }
    }

    /// Adds the numbers of calls, those of one field after those of another.
    #[inline(never)]
    fn add_columns<const N: usize, const RECORDS: usize>(
        &mut self,
        window: &Window,
        calls: &[[Record; RECORDS]],
        shape: &CallShape<N>,
    ) {
        self.has_values = true;
        let place_of = |number| shape.fields.iter().position(|&field| field == number);
        let (step, epoch) = (place_of(Number::Step), place_of(Number::Epoch));
        let place = |call: &[Record; RECORDS]| {
            let said = |nth: Option<usize>| nth.map(|nth| call[nth + 1].bits() as f64);
            CurvePlace {
                x: said(step).or(said(epoch)),
                epoch: said(epoch).filter(|_| step.is_some()),
            }
        };
        for (nth, field) in shape.fields.into_iter().enumerate() {
            let column = NumberColumn::new(calls, nth + 1);
            let points = window.settings.points();
            match field.kind() {
                NumberKind::Real => window
                    .field(field)
                    .add_reals(column, points, calls.len() - 1, |call| {
                        let end = &call[N + 1];
                        (place(call), span_of(end.start_ticks(), end.ticks()).end)
                    }),
                NumberKind::Level => {
                    let began = |call: &[Record; RECORDS]| call[N + 1].start_ticks() as Moment;
                    // What ends after a start may be a call that began long before.
                    let newest = (0..calls.len())
                        .max_by_key(|&nth| began(&calls[nth]))
                        .unwrap_or(0);
                    window.field(field).add_reals(column, points, newest, |call| {
                        (CurvePlace::default(), began(call))
                    });
                }
                kind => {
                    let counts = if field.has_distribution() {
                        window.field(field).add_column(kind, column)
                    } else {
                        Counts::of_all(column.bits())
                    };
                    self.counts.add(window, field, &counts);
                }
            }
        }
    }

    /// Covers the time of calls, one by one.
    #[inline(never)]
    fn cover_each(&mut self, ends: impl Iterator<Item = Record>, said: Amounts, near: u64) {
        for end in ends {
            self.busy
                .add_call(span_of(end.start_ticks(), end.ticks()), said, near);
        }
    }
}
