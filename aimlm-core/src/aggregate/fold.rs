use super::Window;
use super::batch::Batch;
use super::parts::Parts;
use super::store::{Cell, Store};
use crate::clock::Rate;
use crate::event::{Kind, Record};

/// A gap this long in which no call of a series ran is not part of its busy span.
pub(super) const IDLE_GAP: std::time::Duration = std::time::Duration::from_secs(1);

/// Adds records to the series they belong to. One thread uses it at a time: the one that holds its ring.
pub(crate) struct Folder {
    batch: Batch,
    parts: Parts,
}

/// A series that is being folded into.
pub(super) struct Open<'a> {
    pub(super) number: u32,
    pub(super) cell: &'a Cell,
    pub(super) window: arc_swap::Guard<Option<std::sync::Arc<Window>>>,
}

impl<'a> Open<'a> {
    fn new(store: &'a Store, number: u32) -> Option<Self> {
        let cell = store.cell(number)?;
        // Relaxed: pairs with nothing; see `Cell::read`, whose fences order it.
        cell.begin_fold();
        Some(Self {
            number,
            cell,
            window: cell.window(),
        })
    }
}

/// The records of one fold, and what reading them takes.
pub(super) struct Records<F> {
    pub(super) len: usize,
    pub(super) get: F,
    pub(super) rate: Rate,
    pub(super) birth: u64,
    pub(super) idle_gap: u64,
}

impl<F: Fn(usize) -> Record> Records<F> {
    /// The series of the first group from `from` on.
    fn series_after(&self, from: usize) -> Option<u32> {
        let mut records = (from..self.len).map(&self.get);
        let whole = records.find(|record| !matches!(record.kind(), None | Some(Kind::Value)));
        whole.map(Record::series)
    }
}

impl Folder {
    pub(crate) const fn new() -> Self {
        Self {
            batch: Batch::new(),
            parts: Parts::new(),
        }
    }

    /// Folds records `0..len` into `store`. Every group among them must be whole.
    ///
    /// `birth` is when this process began: a call that began before was another process's.
    pub(crate) fn fold(&mut self, store: &Store, birth: u64, len: usize, get: impl Fn(usize) -> Record) {
        let rate = Rate::current();
        let records = Records {
            len,
            get,
            rate,
            birth,
            idle_gap: rate.ticks(IDLE_GAP),
        };
        let mut from = 0;
        while let Some(number) = records.series_after(from) {
            from = self.fold_from(store, &records, from, number);
        }
    }

    /// Folds as many records as it can keep apart, and gives the position after them. Most often all are of one
    /// series; if not, those of one series are brought together, so that each is opened once.
    fn fold_from<F: Fn(usize) -> Record>(
        &mut self,
        store: &Store,
        records: &Records<F>,
        from: usize,
        number: u32,
    ) -> usize {
        let mut open = Open::new(store, number);
        let first = from..self
            .batch
            .add_part(open.as_ref(), records, from..records.len, number);
        if first.end == records.len {
            self.batch.close(open, records, std::iter::once(first));
            return records.len;
        }
        let end = self.parts.cut(records, first);
        for chain in self.parts.chains() {
            let (mut series, mut part) = (None, chain);
            loop {
                let range = self.parts.range(part);
                let number = (records.get)(range.end - 1).series();
                // The first part of all is in the batch already.
                if part > 0 {
                    if series != Some(number) {
                        open = Open::new(store, number);
                    }
                    self.batch.add_part(open.as_ref(), records, range, number);
                }
                series = Some(number);
                let next = self.parts.next(part);
                let same = |next: &usize| (records.get)(self.parts.range(*next).end - 1).series() == number;
                if !next.as_ref().is_some_and(same) {
                    self.batch.close(open.take(), records, self.parts.back_from(part));
                    series = None;
                }
                let Some(next) = next else { break };
                part = next;
            }
        }
        end
    }
}
