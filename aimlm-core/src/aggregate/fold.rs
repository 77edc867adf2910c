use super::Window;
use super::batch::Batch;
use super::cell::Cell;
use super::store::Store;
use crate::clock::Rate;
use crate::event::{Kind, Outcome, Record};

/// A gap this long in which no call of a series ran is not part of its busy span.
pub(super) const IDLE_GAP: std::time::Duration = std::time::Duration::from_secs(1);

/// Series that one fold holds sums for at a time; with more, the oldest is written out.
const OPEN: usize = 4;

/// Adds records to the series they belong to. One thread uses it at a time: the one that holds its ring.
pub(crate) struct Folder {
    batches: [Batch; OPEN],
}

/// A series that is being folded into.
pub(super) struct Open<'a> {
    pub(super) number: u32,
    pub(super) cell: &'a Cell,
    pub(super) window: arc_swap::Guard<Option<std::sync::Arc<Window>>>,
    /// The first record that may be its own.
    pub(super) from: usize,
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.cell.end_fold();
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

impl Folder {
    pub(crate) const fn new() -> Self {
        Self {
            batches: [const { Batch::new() }; OPEN],
        }
    }

    /// Folds records `0..len` into `store`. Every group among them must be whole.
    ///
    /// `birth` is when this process began: a call that began before was another process's.
    pub(crate) fn fold(&mut self, store: &Store, birth: u64, len: usize, get: impl Fn(usize) -> Record) {
        let rate = Rate::current();
        let idle_gap = rate.ticks(IDLE_GAP);
        let records = Records {
            len,
            get,
            rate,
            birth,
            idle_gap,
        };
        let mut open: [Option<Open<'_>>; OPEN] = [const { None }; OPEN];
        let mut current = 0;
        let mut values = 0;
        let mut next = 0;
        while next < records.len {
            let at = next;
            next += 1;
            let record = (records.get)(at);
            let Some(kind) = record.kind() else { continue };
            if kind == Kind::Value {
                values += 1;
                continue;
            }
            let number = record.series();
            if open[current].as_ref().is_none_or(|open| open.number != number) {
                current = self.open(store, &mut open, current, number, at - values, &records);
            }
            if let Some(open) = &open[current]
                && let Some(window) = &*open.window
            {
                let batch = &mut self.batches[current];
                batch.add(window, &records, at, record, kind);
                // After a fork every start has to be looked at.
                if kind == Kind::Ended(Outcome::Ok) && birth == 0 {
                    next = batch.add_run(window, &records, next, record);
                }
            }
            values = 0;
        }
        for (at, open) in open.iter_mut().enumerate() {
            self.batches[at].close(open.take(), records.len, &records);
        }
    }

    /// Finds the place of a series, or makes one by closing the one after the current.
    #[inline(never)]
    fn open<'a, F: Fn(usize) -> Record>(
        &mut self,
        store: &'a Store,
        open: &mut [Option<Open<'a>>; OPEN],
        current: usize,
        number: u32,
        from: usize,
        records: &Records<F>,
    ) -> usize {
        if let Some(at) = open
            .iter()
            .position(|open| open.as_ref().is_some_and(|open| open.number == number))
        {
            return at;
        }
        let at = open
            .iter()
            .position(Option::is_none)
            .unwrap_or((current + 1) % OPEN);
        self.batches[at].close(open[at].take(), from, records);
        open[at] = store.cell(number).map(|cell| {
            cell.begin_fold();
            Open {
                number,
                cell,
                window: cell.window(),
                from,
            }
        });
        at
    }
}
