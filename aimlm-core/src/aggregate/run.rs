//! Calls of one series that follow each other and look alike: what a busy thread leaves.

use std::ops::Range;

use super::Window;
use super::amounts::Amounts;
use super::batch::{Batch, span_of};
use super::durations::MANY_ITEMS;
use super::field::Counts;
use super::records::Records;
use super::segment::Segment;
use crate::event::{Field, FieldKind, Outcome, Record};

/// Calls with more numbers than this are added one by one.
const MOST: usize = 4;

/// What every call of a run leaves: a start, `N` counts under the same fields, a success.
pub(super) struct Shape<const N: usize> {
    start: u64,
    fields: [Field; N],
    success: u64,
    /// Which of the counts is that of the items.
    items: Option<usize>,
    said: Amounts,
}

impl Shape<0> {
    /// That of calls of a series that carry no number.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn plain(series: u32) -> Self {
        Self {
            start: Record::start(series, 0).second_word(),
            fields: [],
            success: Record::long_end(series, Outcome::Ok, 0).key(),
            items: None,
            said: Amounts::NONE,
        }
    }
}

impl<const N: usize> Shape<N> {
    /// The shape of the call that ends at `at`, if calls of it can be added as a run.
    fn of<F: Fn(usize) -> Record>(window: &Window, records: &Records<F>, at: usize) -> Option<Self> {
        let end = (records.get)(at);
        let first = at.checked_sub(N)?;
        let mut shape = Self {
            start: Record::start(end.series(), 0).second_word(),
            fields: [Field::Items; N],
            success: end.key(),
            items: None,
            said: Amounts::NONE,
        };
        let mut items = None;
        for nth in 0..N {
            let (field, _) = (records.get)(first + nth).field()?;
            if field.kind() != FieldKind::Count || !field.is_public() {
                return None;
            }
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

    /// Whether the call that starts at `at` and ends with `end` has this shape.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn fits<F: Fn(usize) -> Record>(&self, records: &Records<F>, at: usize, end: Record) -> bool {
        let start = (records.get)(at);
        let mut differs = (start.second_word() ^ self.start) | (end.key() ^ self.success);
        for nth in 0..N {
            let expected = Record::value(self.fields[nth], 0);
            differs |= (records.get)(at + 1 + nth).second_word() ^ expected.second_word();
        }
        differs == 0
    }
}

impl Batch {
    /// Adds the calls at the beginning of `among` that carry no number. Gives the position after them.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn add_plain_run<F: Fn(usize) -> Record>(
        &mut self,
        window: &Window,
        records: &Records<F>,
        among: Range<usize>,
        series: u32,
    ) -> usize {
        self.add_calls(window, records, among, &Shape::plain(series))
    }

    /// Adds the calls at the beginning of `among` that look as the one before, which ended successfully with
    /// `end`. Gives the position after them.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn add_run<F: Fn(usize) -> Record>(
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
            0 => self.add_run_of::<0, F>(window, records, among),
            1 => self.add_run_of::<1, F>(window, records, among),
            2 => self.add_run_of::<2, F>(window, records, among),
            3 => self.add_run_of::<3, F>(window, records, among),
            4 => self.add_run_of::<4, F>(window, records, among),
            _ => among.start,
        }
    }

    // Apart, so that each loop has the processor's registers for itself.
    #[inline(never)]
    fn add_run_of<const N: usize, F: Fn(usize) -> Record>(
        &mut self,
        window: &Window,
        records: &Records<F>,
        among: Range<usize>,
    ) -> usize {
        match Shape::<N>::of(window, records, among.start - 1) {
            Some(shape) => self.add_calls(window, records, among, &shape),
            None => among.start,
        }
    }

    /// Adds the calls at the beginning of `among` that have a shape.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn add_calls<const N: usize, F: Fn(usize) -> Record>(
        &mut self,
        window: &Window,
        records: &Records<F>,
        among: Range<usize>,
        shape: &Shape<N>,
    ) -> usize {
        let from = among.start;
        let mut counts = [Counts::NONE; N];
        let until = among.end - among.len() % (N + 2);
        if until == from {
            return from;
        }
        let first = (records.get)(from + N + 1).start_ticks();
        let (mut at, mut last) = (from, first);
        let (mut covered, mut gaps) = (0, 0);
        while at < until {
            let end = (records.get)(at + N + 1);
            if !shape.fits(records, at, end) {
                break;
            }
            let value = |nth| (records.get)(at + 1 + nth).bits();
            let ticks = end.ticks();
            let start = end.start_ticks();
            match shape.items.map(value) {
                Some(items) if items >= MANY_ITEMS => break,
                Some(items) => self.rated.add(ticks, items, records.rate, &window.latency),
                None => self.ok.add(ticks, (), records.rate, &window.latency),
            }
            for (nth, counts) in counts.iter_mut().enumerate() {
                counts.add(value(nth));
            }
            // Of a call that began before the last one ended, this is more than any gap.
            gaps |= start.wrapping_sub(last);
            last = start.wrapping_add(ticks);
            covered += ticks;
            at += N + 2;
        }
        if at > from {
            let calls = ((at - from) / (N + 2)) as u64;
            self.started += calls;
            self.outcomes.ok += calls;
            for (counts, field) in counts.iter().zip(shape.fields) {
                self.add_counts(window, field, counts);
            }
            self.has_values |= N > 0;
            let near = window.coverage.near();
            if gaps <= near && self.busy.ends_before(first as i64) {
                let calls = Segment {
                    start: first as i64,
                    end: last as i64,
                    covered,
                };
                self.busy.add_call(calls, shape.said, near);
            } else {
                self.cover_each::<N, F>(records, from..at, shape.said, near);
            }
        }
        at
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
