use super::Window;
use super::batch::Batch;
use super::cell::Cell;
use super::parts::Parts;
use super::store::Store;
use crate::clock::Rate;
use crate::event::{Kind, Record};

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
        cell.begin_fold();
        Some(Self {
            number,
            cell,
            window: cell.window(),
        })
    }
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

#[cfg(all(test, not(loom)))]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::aggregate::{STORE, WindowSettings};
    use crate::event::{Field, Outcome};

    /// One event of one of a few series.
    #[derive(Debug, Clone)]
    enum Event {
        Start,
        End(Outcome, u64, Vec<(Field, u64)>),
        Sample(f64),
    }

    fn event() -> impl Strategy<Value = Event> {
        let outcome = prop_oneof![
            6 => Just(Outcome::Ok),
            1 => Just(Outcome::Error),
            1 => Just(Outcome::Panicked),
            1 => Just(Outcome::Cancelled),
        ];
        let field = prop_oneof![
            Just(Field::BatchSize),
            Just(Field::TokensOut),
            Just(Field::SizeBytes),
            Just(Field::Epoch),
            Just(Field::Items),
            Just(Field::NumSamples),
        ];
        let values = prop::collection::vec((field, 0..1000_u64), 0..4);
        prop_oneof![
            4 => Just(Event::Start),
            6 => (outcome, prop_oneof![Just(40_u64), 30..60_u64, 0..1_u64 << 33], values)
                .prop_map(|(outcome, ticks, values)| Event::End(outcome, ticks, values)),
            1 => (0.0..1.0_f64).prop_map(Event::Sample),
        ]
    }

    fn write(number: u32, event: &Event, records: &mut Vec<Record>) {
        match event {
            Event::Start => records.push(Record::start(number, 0)),
            Event::End(outcome, ticks, values) => {
                records.extend(values.iter().map(|&(field, bits)| Record::value(field, bits)));
                let end = Record::end(number, *outcome, 1, *ticks).unwrap();
                records.push(end.with_values(values.len()));
            }
            Event::Sample(value) => {
                records.push(Record::value(Field::Utilization, value.to_bits()));
                records.push(Record::sample(number, 1).with_values(1));
            }
        }
    }

    proptest! {
        /// However events of many series are mixed, and cut into folds, every one is counted once.
        #[test]
        fn every_event_counts_once(
            events in prop::collection::vec((0..12_usize, event(), 1..20_usize), 1..200),
            cut in 1..40_usize,
        ) {
            let settings = WindowSettings { history_size: 10_000, items: Some(Field::BatchSize) };
            let numbers: Vec<u32> = (0..12).map(|_| STORE.allocate(settings).unwrap()).collect();
            let mut folder = Folder::new();
            let mut expected: BTreeMap<usize, (u64, u64, u64, u64, Vec<u64>)> = BTreeMap::new();
            for fold in events.chunks(cut) {
                let mut records = Vec::new();
                for (series, event, times) in fold {
                    for _ in 0..*times {
                        write(numbers[*series], event, &mut records);
                        let (started, ok, failed, items, ticks) = expected.entry(*series).or_default();
                        match event {
                            Event::Start => *started += 1,
                            Event::End(outcome, own, values) => {
                                *if *outcome == Outcome::Ok { ok } else { failed } += 1;
                                ticks.push(*own);
                                *items += values.iter().filter(|(field, _)| *field == Field::BatchSize).map(|(_, n)| n).sum::<u64>();
                            }
                            Event::Sample(_) => {}
                        }
                    }
                }
                folder.fold(&STORE, 0, records.len(), |at| records[at]);
            }
            for (series, (started, ok, failed, items, ticks)) in expected {
                let cell = STORE.cell(numbers[series]).unwrap();
                let reading = cell.read().unwrap();
                let window = reading.window;
                prop_assert_eq!(window.latency.count(), ok);
                prop_assert_eq!(window.outcomes.ok, ok);
                prop_assert_eq!(window.failed.count(), failed);
                prop_assert_eq!(reading.in_flight, started.saturating_sub(ok + failed));
                let counted = window.fields.iter().find(|(field, _)| *field == Field::BatchSize);
                prop_assert_eq!(counted.map_or(0.0, |(_, reading)| reading.sum), items as f64);
                let own: Vec<u64> = window.history.calls.iter().map(|call| call.nanoseconds(Rate::ONE)).collect();
                prop_assert_eq!(own, ticks, "the history holds every call in order");
            }
            numbers.into_iter().for_each(|number| STORE.retire(number));
        }
    }
}
