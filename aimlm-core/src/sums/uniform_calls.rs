//! Calls of one series that follow each other and look alike: what a busy thread leaves.

use std::ops::Range;

use super::records::Records;
use super::series_sums::{SeriesSums, span_of};
use crate::busy::Amounts;
use crate::busy::Segment;
use crate::clock::Moment;
use crate::event::{Number, NumberKind, Outcome, Record};
use crate::recent::CurvePlace;
use crate::totals::MANY_ITEMS;
use crate::window::{Counts, Window};

/// Calls with more numbers than this are added one by one.
const MOST: usize = 4;

/// What each of these calls leaves: a start, `N` numbers under the same fields, a success.
pub(crate) struct CallShape<const N: usize> {
    start: u32,
    values: [u32; N],
    success: u32,
    fields: [Number; N],
    /// Which of the numbers is that of the items.
    items: Option<usize>,
    said: Amounts,
}

impl CallShape<0> {
    /// That of calls of a series that carry no number.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) const fn plain(series: u32) -> Self {
        let start = Record::start_key(series);
        Self {
            start,
            values: [],
            success: Record::end_key(start, Outcome::Ok, 0),
            fields: [],
            items: None,
            said: Amounts::NONE,
        }
    }
}

impl<const N: usize> CallShape<N> {
    /// The shape of the call that ends at `at`, if calls of it can be added together.
    fn of(window: &Window, records: &Records<'_>, at: usize) -> Option<Self> {
        let end = records.all[at];
        let values = records.all[at.checked_sub(N)?..at].first_chunk::<N>()?;
        let mut shape = Self {
            start: Record::start_key(end.series()),
            values: values.map(Record::key),
            success: end.key(),
            fields: [Number::Items; N],
            items: None,
            said: Amounts::NONE,
        };
        let mut items = None;
        for (nth, value) in values.iter().enumerate() {
            let (what, _) = value.payload()?;
            let field = what.as_number()?;
            // A field that is there twice counts as what it said last.
            if shape.fields[..nth].contains(&field) {
                return None;
            }
            if let Some(rank) = window.settings.rank_of_items(field)
                && items.is_none_or(|(best, _)| rank < best)
            {
                items = Some((rank, nth));
                shape.said = shape.said.and(Amounts::ITEMS);
            }
            shape.said = shape.said.and(Amounts::of(field));
            shape.fields[nth] = field;
        }
        shape.items = items.map(|(_, nth)| nth);
        Some(shape)
    }

    /// Whether a call has this shape.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn fits(&self, call: &[Record]) -> bool {
        let values = &call[1..=N];
        call[0].key() == self.start
            && call[N + 1].key() == self.success
            && values
                .iter()
                .zip(self.values)
                .all(|(value, key)| value.key() == key)
    }
}

/// What the calls add up to, but for their numbers.
struct UniformSums {
    calls: usize,
    /// When the last one ended.
    last: u64,
    /// As many bits as the longest gap between two has, or more.
    gaps: u64,
    covered: u64,
}

impl UniformSums {
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn add(&mut self, end: Record) {
        // Of a call that began before the last one ended, this is more than any gap.
        self.gaps |= end.start_ticks().wrapping_sub(self.last);
        self.last = end.start_ticks().wrapping_add(end.ticks());
        self.covered += end.ticks();
        self.calls += 1;
    }
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
        self.add_calls::<0, 0>(window, records, among, &CallShape::plain(series))
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

    /// Adds the calls at the beginning of `among` that look as the one before, which ended successfully with
    /// `end`. Gives the position after them.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn add_uniform_calls(
        &mut self,
        window: &Window,
        records: &Records<'_>,
        among: Range<usize>,
        end: Record,
    ) -> usize {
        const { assert!(MOST == 4) };
        if among.len() < end.values() + 2 {
            return among.start;
        }
        match end.values() {
            0 => self.add_many_plain_calls(window, records, among, end.series()),
            1 => self.add_uniform_calls_of::<1>(window, records, among),
            2 => self.add_uniform_calls_of::<2>(window, records, among),
            3 => self.add_uniform_calls_of::<3>(window, records, among),
            4 => self.add_uniform_calls_of::<4>(window, records, among),
            _ => among.start,
        }
    }

    fn add_uniform_calls_of<const N: usize>(
        &mut self,
        window: &Window,
        records: &Records<'_>,
        among: Range<usize>,
    ) -> usize {
        let Some(shape) = CallShape::<N>::of(window, records, among.start - 1) else {
            return among.start;
        };
        match shape.items {
            Some(0) => self.add_rated_calls::<N, 0>(window, records, among, &shape),
            Some(1) => self.add_rated_calls::<N, 1>(window, records, among, &shape),
            Some(2) => self.add_rated_calls::<N, 2>(window, records, among, &shape),
            Some(3) => self.add_rated_calls::<N, 3>(window, records, among, &shape),
            _ => self.add_rated_calls::<N, MOST>(window, records, among, &shape),
        }
    }

    // Apart, so that each loop has the processor's registers for itself.
    #[inline(never)]
    fn add_rated_calls<const N: usize, const ITEMS: usize>(
        &mut self,
        window: &Window,
        records: &Records<'_>,
        among: Range<usize>,
        shape: &CallShape<N>,
    ) -> usize {
        self.add_calls::<N, ITEMS>(window, records, among, shape)
    }

    /// Adds the calls at the beginning of `among` that have a shape, of which that value counts the items.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn add_calls<const N: usize, const ITEMS: usize>(
        &mut self,
        window: &Window,
        records: &Records<'_>,
        among: Range<usize>,
        shape: &CallShape<N>,
    ) -> usize {
        let from = among.start;
        let calls = &records.all[among];
        let Some(first) = calls.get(N + 1) else {
            return from;
        };
        let first = first.start_ticks();
        let mut sums = UniformSums {
            calls: 0,
            last: first,
            gaps: 0,
            covered: 0,
        };
        while self.add_known_calls::<N, ITEMS>(calls, shape, &mut sums) {
            // The next one took as long as none before it.
            let call = &calls[sums.calls * (N + 2)..][..N + 2];
            let (end, to) = (call[N + 1], &window.latency);
            let ticks = end.ticks() as u32;
            match call[1..=N].get(ITEMS) {
                Some(items) => self.rated.add_short(ticks, items.bits() as u32, records.rate, to),
                None => self.ok.add_short(ticks, (), records.rate, to),
            }
            sums.add(end);
        }
        if sums.calls > 0 {
            let calls = &calls[..sums.calls * (N + 2)];
            self.add_sums(window, calls, first, shape, &sums);
        }
        from + sums.calls * (N + 2)
    }

    /// Adds the calls that follow, as long as others took just as long as each. Says whether it is that which ended it.
    // A loop in a loop, so that the processor's registers are those of the inner one.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn add_known_calls<const N: usize, const ITEMS: usize>(
        &mut self,
        calls: &[Record],
        shape: &CallShape<N>,
        sums: &mut UniformSums,
    ) -> bool {
        for call in calls.chunks_exact(N + 2).skip(sums.calls) {
            let end = call[N + 1];
            // So large a number is added by itself: as many as a fold has of others have a sum.
            if !shape.fits(call)
                || call[1..=N]
                    .get(ITEMS)
                    .is_some_and(|items| items.bits() >= MANY_ITEMS)
            {
                return false;
            }
            let ticks = end.ticks() as u32;
            let is_known = match call[1..=N].get(ITEMS) {
                Some(items) => self.rated.add_if_known(ticks, items.bits() as u32),
                None => self.ok.add_if_known(ticks, ()),
            };
            if !is_known {
                return true;
            }
            sums.add(end);
        }
        false
    }

    /// Adds the sums of calls, the first of which started at `first`.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn add_sums<const N: usize>(
        &mut self,
        window: &Window,
        calls: &[Record],
        first: u64,
        shape: &CallShape<N>,
        sums: &UniformSums,
    ) {
        self.started += sums.calls as u64;
        self.outcomes.ok += sums.calls as u64;
        if N > 0 {
            self.add_columns(window, calls, shape);
        }
        let near = window.busy.near();
        if sums.gaps <= near && self.busy.ends_before(first as i64) {
            let calls = Segment {
                start: first as i64,
                end: sums.last as i64,
                covered: sums.covered,
            };
            self.busy.add_call(calls, shape.said, near);
        } else {
            self.cover_each::<N>(calls, shape.said, near);
        }
    }

    /// Adds the numbers of calls, those of one field after those of another.
    #[inline(never)]
    fn add_columns<const N: usize>(&mut self, window: &Window, calls: &[Record], shape: &CallShape<N>) {
        self.has_values = true;
        let place_of = |number| shape.fields.iter().position(|&field| field == number);
        let (step, epoch) = (place_of(Number::Step), place_of(Number::Epoch));
        let record = |call: usize, nth: usize| calls[call * (N + 2) + nth];
        let place = |call| {
            let said = |nth: Option<usize>| nth.map(|nth| record(call, nth + 1).bits() as f64);
            CurvePlace {
                x: said(step).or(said(epoch)),
                epoch: said(epoch).filter(|_| step.is_some()),
            }
        };
        let count = calls.len() / (N + 2);
        for (nth, field) in shape.fields.into_iter().enumerate() {
            let value = |call| record(call, nth + 1).bits();
            let end = |call| record(call, N + 1);
            match field.kind() {
                NumberKind::Real => window.field(field).add_reals(
                    count,
                    |call| f64::from_bits(value(call)),
                    |call| {
                        (
                            place(call),
                            span_of(end(call).start_ticks(), end(call).ticks()).end,
                        )
                    },
                    window.settings.points(),
                ),
                NumberKind::Level => window.field(field).add_reals(
                    count,
                    |call| f64::from_bits(value(call)),
                    |call| (CurvePlace::default(), end(call).start_ticks() as Moment),
                    window.settings.points(),
                ),
                kind => {
                    let counts = Counts::of_all((0..count).map(value));
                    self.counts.add(window, field, &counts);
                    if field.has_distribution() {
                        window.field(field).add_values(kind, &counts, value);
                    }
                }
            }
        }
    }

    /// Covers the time of calls of `N` numbers, one by one.
    #[inline(never)]
    fn cover_each<const N: usize>(&mut self, calls: &[Record], said: Amounts, near: u64) {
        for call in calls.chunks_exact(N + 2) {
            let end = call[N + 1];
            self.busy
                .add_call(span_of(end.start_ticks(), end.ticks()), said, near);
        }
    }
}
