//! Which records of one fold belong to one series.

use std::ops::{Range, RangeInclusive};

use crate::sums::Records;

/// Most spans that one fold tells apart at a time.
const MOST: usize = 256;
const CHAINS: usize = 256;
const NONE: u16 = u16::MAX;

/// SeriesSpans of a fold whose records belong to one series each, linked so that all of one series can be folded one
/// after the other. Series whose numbers end in the same bits share a chain.
pub(crate) struct SeriesSpans {
    /// On the heap, where they are made: threads have stacks of 16 KiB.
    spans: Box<[SeriesSpan; MOST]>,
    len: usize,
    /// The newest span of each chain.
    last: [u16; CHAINS],
}

#[derive(Clone, Copy)]
struct SeriesSpan {
    series: u32,
    from: u16,
    to: u16,
    previous: u16,
    next: u16,
}

impl SeriesSpan {
    fn range(self) -> Range<usize> {
        self.from.into()..self.to.into()
    }
}

impl SeriesSpans {
    /// Bytes on the heap.
    pub(crate) const BYTES: usize = size_of::<[SeriesSpan; MOST]>();

    pub(crate) fn new() -> Self {
        let none = SeriesSpan {
            series: 0,
            from: 0,
            to: 0,
            previous: NONE,
            next: NONE,
        };
        let spans = vec![none; MOST].into_boxed_slice();
        Self {
            spans: spans
                .try_into()
                .unwrap_or_else(|_| unreachable!("there are as many")),
            len: 0,
            last: [NONE; CHAINS],
        }
    }

    /// Cuts what follows `first` into spans, with `first` as the span with the number 0, as far as there is
    /// room. Gives the position after them.
    // Apart, so that the loop has the processor's registers for itself.
    #[inline(never)]
    pub(crate) fn cut(&mut self, records: &Records<'_>, first: Range<usize>) -> usize {
        self.len = 0;
        self.last.fill(NONE);
        let (mut from, mut series) = (first.start, records.all[first.end - 1].series());
        let mut end = first.end;
        for at in first.end..records.all.len() {
            let record = records.all[at];
            if !record.ends_group() {
                continue;
            }
            if record.series() != series {
                self.add(series, from..end);
                if self.len == MOST {
                    return end;
                }
                (from, series) = (end, record.series());
            }
            end = at + 1;
        }
        self.add(series, from..end);
        records.all.len()
    }

    fn add(&mut self, series: u32, range: Range<usize>) {
        let chain = &mut self.last[series as usize % CHAINS];
        let number = self.len as u16;
        if let Some(previous) = self.spans.get_mut(usize::from(*chain)) {
            previous.next = number;
        }
        self.spans[self.len] = SeriesSpan {
            series,
            from: range.start as u16,
            to: range.end as u16,
            previous: *chain,
            next: NONE,
        };
        *chain = number;
        self.len += 1;
    }

    /// The number of the first span of every chain.
    pub(crate) fn chains(&self) -> impl Iterator<Item = usize> {
        (0..self.len).filter(|&number| self.spans[number].previous == NONE)
    }

    pub(crate) fn range(&self, number: usize) -> Range<usize> {
        self.spans[number].range()
    }

    pub(crate) fn series(&self, number: usize) -> u32 {
        self.spans[number].series
    }

    /// The span of the same chain that follows.
    pub(crate) fn next(&self, number: usize) -> Option<usize> {
        Some(usize::from(self.spans[number].next)).filter(|&next| next < self.len)
    }

    /// The last of the spans that follow `first` in its chain and are of its series too, and the records of all these.
    pub(crate) fn of_series(&self, first: usize) -> (usize, usize) {
        let (mut last, mut len) = (first, self.range(first).len());
        while let Some(next) = self
            .next(last)
            .filter(|&next| self.series(next) == self.series(first))
        {
            len += self.range(next).len();
            last = next;
        }
        (last, len)
    }

    /// The spans of a [series](Self::of_series), in their order.
    pub(crate) fn between(&self, group: &RangeInclusive<usize>) -> impl Iterator<Item = usize> {
        let last = *group.end();
        std::iter::successors(Some(*group.start()), move |&span| {
            (span != last).then(|| self.next(span)).flatten()
        })
    }

    /// A span and those of its chain before it, the newest first.
    pub(crate) fn back_from(&self, number: usize) -> impl Iterator<Item = Range<usize>> {
        let newest = self.spans[..self.len].get(number);
        std::iter::successors(newest, |span| self.spans.get(usize::from(span.previous)))
            .map(|span| span.range())
    }
}
