use std::ops::{Range, RangeInclusive};

use super::series_spans::SeriesSpans;
use crate::busy::BusySpans;
use crate::cell::MOST_WAITING;
use crate::cell::Open;
use crate::cell::Store;
use crate::clock::Rate;
use crate::event::Record;
use crate::sums::CallShape;
use crate::sums::Records;
use crate::sums::SeriesSums;

/// Adds records to the series they belong to. One thread uses it at a time: the one that holds its ring.
pub(crate) struct Folder {
    sums: SeriesSums,
    spans: SeriesSpans,
}

impl Folder {
    /// Bytes on the heap.
    pub(crate) const BYTES: usize = SeriesSpans::BYTES + BusySpans::BYTES_OF_FOLDS;

    pub(crate) fn new() -> Self {
        Self {
            sums: SeriesSums::of_folds(),
            spans: SeriesSpans::new(),
        }
    }

    /// Folds records into `store`. Every group among them must be whole.
    ///
    /// `birth` is when this process began: a call that began before was another process's.
    pub(crate) fn fold(&mut self, store: &Store, birth: u64, all: &[Record]) {
        let rate = Rate::current();
        let records = Records { all, rate, birth };
        self.sums.busy.begin();
        let mut from = 0;
        if records.are_many() {
            from = self.leave_calls_waiting(store, &records);
        }
        while let Some(number) = records.series_after(from) {
            from = self.fold_from(store, &records, from, number);
        }
    }

    /// Leaves calls to a later fold, from the first on, each with its series: those that carry nothing and are of many series
    /// in turn. Gives the position of what can not wait.
    // Apart, so that folds of one series have the processor's registers for themselves.
    #[inline(never)]
    fn leave_calls_waiting(&mut self, store: &Store, records: &Records<'_>) -> usize {
        let mut from = 0;
        while let Some(call) = records.all[from..].first_chunk::<2>() {
            let [start, end] = call;
            let number = end.series();
            let is_one_of_many = |later: usize| {
                records
                    .all
                    .get(from + 2 * later)
                    .is_some_and(|next| next.key() == start.key())
            };
            if !self.may_wait(records, call) || (1..=3).all(is_one_of_many) {
                break;
            }
            let Some(cell) = store.cell(number) else { break };
            match cell.waiting.try_hold() {
                Some(mut waiting) if waiting.len() < MOST_WAITING => waiting.push(*end),
                // Of so few series that all came in this fold, they are better brought together.
                Some(waiting) if waiting.calls().next().is_some_and(|first| self.is_new(first)) => break,
                Some(waiting) => {
                    cell.settle_held(waiting, &mut self.sums, records);
                    continue;
                }
                None => {
                    let open = begin(store, records, number, &mut self.sums);
                    let window = open.as_ref().and_then(Open::window);
                    self.sums
                        .add_span::<false>(window, records, from..from + 2, number);
                    close(
                        &mut self.sums,
                        open,
                        records,
                        number,
                        std::iter::once(from..from + 2),
                    );
                }
            }
            from += 2;
        }
        from
    }

    /// Whether a call may wait: one that carries nothing, and began in this fold.
    #[inline]
    fn may_wait(&self, records: &Records<'_>, call: &[Record; 2]) -> bool {
        // After a fork every start has to be looked at.
        records.birth == 0 && CallShape::plain(call[1].series()).fits(call) && self.is_new(call[1])
    }

    #[inline]
    const fn is_new(&self, end: Record) -> bool {
        self.sums.busy.is_new(end.start_ticks() as i64)
    }

    /// Folds as many records as it can keep apart, and gives the position after them. Most often all are of one
    /// series; if not, those of one series are brought together, so that each is opened once.
    fn fold_from(&mut self, store: &Store, records: &Records<'_>, from: usize, number: u32) -> usize {
        let sums = &mut self.sums;
        let open = begin(store, records, number, sums);
        let window = open.as_ref().and_then(Open::window);
        let first = from..sums.add_span::<true>(window, records, from..records.all.len(), number);
        if first.end == records.all.len() {
            close(sums, open, records, number, std::iter::once(first));
            return records.all.len();
        }
        self.fold_spans(store, records, open, first)
    }

    /// Folds what follows `first`, which is in the sums already and belongs to `open`.
    // Apart, so that folds of one series have the processor's registers for themselves.
    #[inline(never)]
    fn fold_spans(
        &mut self,
        store: &Store,
        records: &Records<'_>,
        open: Option<Open<'_>>,
        first: Range<usize>,
    ) -> usize {
        let Self { sums, spans } = self;
        let end = spans.cut(records, first);
        let (last, _) = spans.of_series(0);
        fold_series(sums, spans, open, records, 0..=last);
        let mut rest = spans.next(last);
        for chain in spans.chains() {
            // The first span of all, and those of its series, are folded already.
            let mut span = if chain == 0 { rest.take() } else { Some(chain) };
            while let Some(first) = span {
                let (last, len) = spans.of_series(first);
                if len > 2 * MOST_WAITING || !leave_waiting(sums, spans, store, records, first..=last) {
                    let open = begin(store, records, spans.series(first), sums);
                    fold_series(sums, spans, open, records, first..=last);
                }
                span = spans.next(last);
            }
        }
        end
    }
}

#[inline]
fn begin<'a>(
    store: &'a Store,
    records: &Records<'_>,
    number: u32,
    sums: &mut SeriesSums,
) -> Option<Open<'a>> {
    Some(Open::new(store.cell(number)?, sums, records))
}

/// Folds the spans of one series. The first span of all is in the sums already.
fn fold_series(
    sums: &mut SeriesSums,
    spans: &SeriesSpans,
    open: Option<Open<'_>>,
    records: &Records<'_>,
    group: RangeInclusive<usize>,
) {
    let number = spans.series(*group.start());
    let window = open.as_ref().and_then(Open::window);
    for span in spans.between(&group).filter(|&span| span > 0) {
        sums.add_span::<false>(window, records, spans.range(span), number);
    }
    close(sums, open, records, number, spans.back_from(*group.end()));
}

/// Leaves the calls of a series to a later fold, if they are few, carry nothing, and there is room for them.
fn leave_waiting(
    sums: &SeriesSums,
    spans: &SeriesSpans,
    store: &Store,
    records: &Records<'_>,
    group: RangeInclusive<usize>,
) -> bool {
    let number = spans.series(*group.start());
    // After a fork every start has to be looked at.
    let Some(cell) = store.cell(number).filter(|_| records.birth == 0) else {
        return false;
    };
    let Some(mut waiting) = cell.waiting.try_hold() else {
        return false;
    };
    let (before, call) = (waiting.len(), CallShape::plain(number));
    for span in spans.between(&group) {
        let mut range = spans.range(span);
        while range.len() >= 2 && waiting.len() < MOST_WAITING {
            let end = records.all[range.start + 1];
            let fits = call.fits(&records.all[range.start..range.start + 2]);
            if !(fits && sums.busy.is_new(end.start_ticks() as i64)) {
                break;
            }
            waiting.push(end);
            range.start += 2;
        }
        if !range.is_empty() {
            waiting.truncate(before);
            return false;
        }
    }
    true
}

/// Writes out what the sums hold of a series. `spans` are where its records came from, the newest first.
fn close(
    sums: &mut SeriesSums,
    open: Option<Open<'_>>,
    records: &Records<'_>,
    number: u32,
    spans: impl Iterator<Item = Range<usize>>,
) {
    let Some(open) = open else { return };
    if let Some(window) = open.window() {
        sums.write_history(window, number, records, spans);
    }
    open.write(sums, records.rate);
}

#[cfg(all(test, not(loom)))]
mod tests;
