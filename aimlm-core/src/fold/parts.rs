//! Which records of one fold belong together.

use std::ops::{Range, RangeInclusive};

use crate::event::Record;
use crate::sums::Records;

/// Most parts that one fold tells apart at a time.
const MOST: usize = 256;
const CHAINS: usize = 256;
const NONE: u16 = u16::MAX;

/// Parts of a fold whose records belong to one series each, linked so that all of one series can be folded one
/// after the other. Series whose numbers end in the same bits share a chain.
pub(crate) struct Parts {
    /// On the heap, where they are made: threads have stacks of 16 KiB.
    parts: Box<[Part; MOST]>,
    len: usize,
    /// The newest part of each chain.
    last: [u16; CHAINS],
}

#[derive(Clone, Copy)]
struct Part {
    series: u32,
    from: u16,
    to: u16,
    previous: u16,
    next: u16,
}

impl Part {
    fn range(self) -> Range<usize> {
        self.from.into()..self.to.into()
    }
}

impl Parts {
    /// Bytes on the heap.
    pub(crate) const BYTES: usize = size_of::<[Part; MOST]>();

    pub(crate) fn new() -> Self {
        let none = Part {
            series: 0,
            from: 0,
            to: 0,
            previous: NONE,
            next: NONE,
        };
        let parts = vec![none; MOST].into_boxed_slice();
        Self {
            parts: parts
                .try_into()
                .unwrap_or_else(|_| unreachable!("there are as many")),
            len: 0,
            last: [NONE; CHAINS],
        }
    }

    /// Cuts what follows `first` into parts, with `first` as the part with the number 0, as far as there is
    /// room. Gives the position after them.
    // Apart, so that the loop has the processor's registers for itself.
    #[inline(never)]
    pub(crate) fn cut<F: Fn(usize) -> Record>(&mut self, records: &Records<F>, first: Range<usize>) -> usize {
        self.len = 0;
        self.last.fill(NONE);
        let (mut from, mut series) = (first.start, (records.get)(first.end - 1).series());
        let mut end = first.end;
        for at in first.end..records.range.end {
            let record = (records.get)(at);
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
        records.range.end
    }

    fn add(&mut self, series: u32, range: Range<usize>) {
        let chain = &mut self.last[series as usize % CHAINS];
        let number = self.len as u16;
        if let Some(previous) = self.parts.get_mut(usize::from(*chain)) {
            previous.next = number;
        }
        self.parts[self.len] = Part {
            series,
            from: range.start as u16,
            to: range.end as u16,
            previous: *chain,
            next: NONE,
        };
        *chain = number;
        self.len += 1;
    }

    /// The number of the first part of every chain.
    pub(crate) fn chains(&self) -> impl Iterator<Item = usize> {
        (0..self.len).filter(|&number| self.parts[number].previous == NONE)
    }

    pub(crate) fn range(&self, number: usize) -> Range<usize> {
        self.parts[number].range()
    }

    pub(crate) fn series(&self, number: usize) -> u32 {
        self.parts[number].series
    }

    /// The part of the same chain that follows.
    pub(crate) fn next(&self, number: usize) -> Option<usize> {
        Some(usize::from(self.parts[number].next)).filter(|&next| next < self.len)
    }

    /// The last of the parts that follow `first` in its chain and are of its series too, and the records of all these.
    pub(crate) fn group(&self, first: usize) -> (usize, usize) {
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

    /// The parts of a [group](Self::group), in their order.
    pub(crate) fn between(&self, group: &RangeInclusive<usize>) -> impl Iterator<Item = usize> {
        let last = *group.end();
        std::iter::successors(Some(*group.start()), move |&part| {
            (part != last).then(|| self.next(part)).flatten()
        })
    }

    /// A part and those of its chain before it, the newest first.
    pub(crate) fn back_from(&self, number: usize) -> impl Iterator<Item = Range<usize>> {
        let newest = self.parts[..self.len].get(number);
        std::iter::successors(newest, |part| self.parts.get(usize::from(part.previous)))
            .map(|part| part.range())
    }
}
