//! Calls of one series that follow each other and look alike: what a busy thread leaves.

use std::ops::Range;

use super::records::Records;
use super::series_sums::{SeriesSums, span_of};
use crate::busy::Amounts;
use crate::busy::Segment;
use crate::event::{DURATION_BITS, Number, Outcome, Record};
use crate::totals::MANY_ITEMS;
use crate::window::Counts;
use crate::window::Window;

/// Calls with more numbers than this are added one by one.
const MOST: usize = 4;

/// What each of these calls leaves: a start, `N` counts under the same fields, a success.
pub(crate) struct CallShape<const N: usize> {
    start: u64,
    fields: [Number; N],
    /// The end of one, without how long it took.
    success: u64,
    /// Which of the counts is that of the items.
    items: Option<usize>,
    said: Amounts,
}

impl CallShape<0> {
    /// That of calls of a series that carry no number.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn plain(series: u32) -> Self {
        Self {
            start: Record::start(series, 0).second_word(),
            fields: [],
            success: Record::long_end(series, Outcome::Ok, 0).second_word(),
            items: None,
            said: Amounts::NONE,
        }
    }

    /// Whether the call that starts at `at` and ends with `end` has this shape.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn fits<F: Fn(usize) -> Record>(&self, records: &Records<F>, at: usize, end: Record) -> bool {
        let start = (records.get)(at);
        (start.second_word() ^ self.start) | (end.second_word() ^ self.success) >> DURATION_BITS == 0
    }
}

impl<const N: usize> CallShape<N> {
    /// The shape of the call that ends at `at`, if calls of it can be added together.
    fn of<F: Fn(usize) -> Record>(window: &Window, records: &Records<F>, at: usize) -> Option<Self> {
        let end = (records.get)(at);
        let first = at.checked_sub(N)?;
        let mut shape = Self {
            start: Record::start(end.series(), 0).second_word(),
            fields: [Number::Items; N],
            success: end.second_word() - end.ticks(),
            items: None,
            said: Amounts::NONE,
        };
        let mut items = None;
        for nth in 0..N {
            let (what, _) = (records.get)(first + nth).payload()?;
            let field = what.as_number().filter(|field| field.kind().is_whole())?;
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

    /// Values, start and duration, in ticks, of the call whose records begin at `at`, if it has this shape and no value
    /// is [`MANY_ITEMS`] or more: so many as a fold has of others have a sum.
    // Reads each record once: the compiler may not leave out a second reading.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn call<F: Fn(usize) -> Record>(&self, records: &Records<F>, at: usize) -> Option<([u64; N], u64, u64)> {
        let end = (records.get)(at + N + 1);
        let ticks = end.second_word().wrapping_sub(self.success);
        let mut differs = ((records.get)(at).second_word() ^ self.start) | (ticks >> DURATION_BITS);
        let values: [u64; N] = std::array::from_fn(|nth| {
            let value = (records.get)(at + 1 + nth);
            differs |= value.second_word() ^ Record::value(self.fields[nth].into(), 0).second_word();
            value.bits()
        });
        differs |= values.iter().fold(0, |all, value| all | value) / MANY_ITEMS;
        (differs == 0).then_some((values, end.start_ticks(), ticks))
    }
}

/// What they add up to.
struct UniformSums<const N: usize> {
    /// The position after them.
    at: usize,
    counts: [Counts; N],
    /// When the last one ended.
    last: u64,
    /// As many bits as the longest gap between two has, or more.
    gaps: u64,
    covered: u64,
}

impl<const N: usize> UniformSums<N> {
    #[cfg_attr(not(debug_assertions), inline(always))]
    const fn new(at: usize, first: u64) -> Self {
        Self {
            at,
            counts: [Counts::NONE; N],
            last: first,
            gaps: 0,
            covered: 0,
        }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn add(&mut self, values: [u64; N], start: u64, ticks: u64) {
        for (counts, value) in self.counts.iter_mut().zip(values) {
            counts.add_uncounted(value);
        }
        // Of a call that began before the last one ended, this is more than any gap.
        self.gaps |= start.wrapping_sub(self.last);
        self.last = start.wrapping_add(ticks);
        self.covered += ticks;
        self.at += N + 2;
    }
}

impl SeriesSums {
    /// Adds the calls at the beginning of `among` that carry no number. Gives the position after them.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn add_plain_calls<F: Fn(usize) -> Record>(
        &mut self,
        window: &Window,
        records: &Records<F>,
        among: Range<usize>,
        series: u32,
    ) -> usize {
        self.add_calls::<0, 0, F>(window, records, among, &CallShape::plain(series))
    }

    /// As [`add_plain_calls`](Self::add_plain_calls), for what may be many.
    // Apart, so that the loop has the processor's registers for itself.
    #[inline(never)]
    pub(crate) fn add_many_plain_calls<F: Fn(usize) -> Record>(
        &mut self,
        window: &Window,
        records: &Records<F>,
        among: Range<usize>,
        series: u32,
    ) -> usize {
        self.add_plain_calls(window, records, among, series)
    }

    /// Adds the calls at the beginning of `among` that look as the one before, which ended successfully with
    /// `end`. Gives the position after them.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn add_uniform_calls<F: Fn(usize) -> Record>(
        &mut self,
        window: &Window,
        records: &Records<F>,
        among: Range<usize>,
        end: Record,
    ) -> usize {
        const { assert!(MOST == 4) };
        if among.len() < end.values() + 2 {
            return among.start;
        }
        match end.values() {
            0 => self.add_many_plain_calls(window, records, among, end.series()),
            1 => self.add_uniform_calls_of::<1, F>(window, records, among),
            2 => self.add_uniform_calls_of::<2, F>(window, records, among),
            3 => self.add_uniform_calls_of::<3, F>(window, records, among),
            4 => self.add_uniform_calls_of::<4, F>(window, records, among),
            _ => among.start,
        }
    }

    fn add_uniform_calls_of<const N: usize, F: Fn(usize) -> Record>(
        &mut self,
        window: &Window,
        records: &Records<F>,
        among: Range<usize>,
    ) -> usize {
        let Some(shape) = CallShape::<N>::of(window, records, among.start - 1) else {
            return among.start;
        };
        match shape.items {
            Some(0) => self.add_rated_calls::<N, 0, F>(window, records, among, &shape),
            Some(1) => self.add_rated_calls::<N, 1, F>(window, records, among, &shape),
            Some(2) => self.add_rated_calls::<N, 2, F>(window, records, among, &shape),
            Some(3) => self.add_rated_calls::<N, 3, F>(window, records, among, &shape),
            _ => self.add_rated_calls::<N, MOST, F>(window, records, among, &shape),
        }
    }

    // Apart, so that each loop has the processor's registers for itself.
    #[inline(never)]
    fn add_rated_calls<const N: usize, const ITEMS: usize, F: Fn(usize) -> Record>(
        &mut self,
        window: &Window,
        records: &Records<F>,
        among: Range<usize>,
        shape: &CallShape<N>,
    ) -> usize {
        self.add_calls::<N, ITEMS, F>(window, records, among, shape)
    }

    /// Adds the calls at the beginning of `among` that have a shape, of which that value counts the items.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn add_calls<const N: usize, const ITEMS: usize, F: Fn(usize) -> Record>(
        &mut self,
        window: &Window,
        records: &Records<F>,
        among: Range<usize>,
        shape: &CallShape<N>,
    ) -> usize {
        let from = among.start;
        let until = among.end - among.len() % (N + 2);
        if until == from {
            return from;
        }
        let first = (records.get)(from + N + 1).start_ticks();
        let mut sums = UniformSums::new(from, first);
        while sums.at < until {
            let Some((values, start, ticks)) = shape.call(records, sums.at) else {
                break;
            };
            match values.get(ITEMS) {
                Some(&items) => self.rated.add(ticks, items, records.rate, &window.latency),
                None => self.ok.add(ticks, (), records.rate, &window.latency),
            }
            sums.add(values, start, ticks);
            self.add_known_calls::<N, ITEMS, F>(records, until, shape, &mut sums);
        }
        if sums.at > from {
            self.add_sums(window, records, from, first, shape, &sums);
        }
        sums.at
    }

    /// Adds the calls that follow, as long as others took just as long as each.
    // A loop in a loop, so that the processor's registers are those of the inner one.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn add_known_calls<const N: usize, const ITEMS: usize, F: Fn(usize) -> Record>(
        &mut self,
        records: &Records<F>,
        until: usize,
        shape: &CallShape<N>,
        sums: &mut UniformSums<N>,
    ) {
        while sums.at < until {
            let Some((values, start, ticks)) = shape.call(records, sums.at) else {
                break;
            };
            let is_known = match values.get(ITEMS) {
                Some(&items) => self.rated.add_if_known(ticks, items),
                None => self.ok.add_if_known(ticks, ()),
            };
            if !is_known {
                break;
            }
            sums.add(values, start, ticks);
        }
    }

    /// Adds the sums of the calls whose records begin at `from`, the first of which started at `first`.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn add_sums<const N: usize, F: Fn(usize) -> Record>(
        &mut self,
        window: &Window,
        records: &Records<F>,
        from: usize,
        first: u64,
        shape: &CallShape<N>,
        sums: &UniformSums<N>,
    ) {
        let calls = ((sums.at - from) / (N + 2)) as u64;
        self.started += calls;
        self.outcomes.ok += calls;
        for (nth, (counts, field)) in sums.counts.iter().zip(shape.fields).enumerate() {
            self.counts.add(window, field, &counts.counted(calls));
            if field.has_distribution() {
                let value = |call: usize| (records.get)(from + call * (N + 2) + 1 + nth).bits();
                let totals = window.field(field);
                totals.add_values(field.kind(), &counts.counted(calls), value);
            }
        }
        self.has_values |= N > 0;
        let near = window.busy.near();
        if sums.gaps <= near && self.busy.ends_before(first as i64) {
            let calls = Segment {
                start: first as i64,
                end: sums.last as i64,
                covered: sums.covered,
            };
            self.busy.add_call(calls, shape.said, near);
        } else {
            self.cover_each::<N, F>(records, from..sums.at, shape.said, near);
        }
    }

    /// Covers the time of calls of `N` numbers, one by one.
    #[inline(never)]
    fn cover_each<const N: usize, F: Fn(usize) -> Record>(
        &mut self,
        records: &Records<F>,
        among: Range<usize>,
        said: Amounts,
        near: u64,
    ) {
        for at in among.step_by(N + 2) {
            let end = (records.get)(at + N + 1);
            self.busy
                .add_call(span_of(end.start_ticks(), end.ticks()), said, near);
        }
    }
}
