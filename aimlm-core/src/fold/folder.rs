use std::ops::{Range, RangeInclusive};

use super::series_spans::SeriesSpans;
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
    pub(crate) const BYTES: usize = SeriesSpans::BYTES;

    pub(crate) fn new() -> Self {
        Self {
            sums: SeriesSums::new(),
            spans: SeriesSpans::new(),
        }
    }

    /// Folds the records at these positions into `store`. Every group among them must be whole.
    ///
    /// `birth` is when this process began: a call that began before was another process's.
    pub(crate) fn fold(
        &mut self,
        store: &Store,
        birth: u64,
        range: Range<usize>,
        get: impl Fn(usize) -> Record,
    ) {
        let rate = Rate::current();
        let records = Records {
            range,
            get,
            rate,
            birth,
        };
        self.sums.busy.begin();
        let mut from = records.range.start;
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
        let sums = &mut self.sums;
        let open = begin(store, records, number, sums);
        let window = open.as_ref().and_then(Open::window);
        let first = from..sums.add_span::<true, _>(window, records, from..records.range.end, number);
        if first.end == records.range.end {
            close(sums, open, records, number, std::iter::once(first));
            return records.range.end;
        }
        self.fold_spans(store, records, open, first)
    }

    /// Folds what follows `first`, which is in the sums already and belongs to `open`.
    // Apart, so that folds of one series have the processor's registers for themselves.
    #[inline(never)]
    fn fold_spans<F: Fn(usize) -> Record>(
        &mut self,
        store: &Store,
        records: &Records<F>,
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
fn begin<'a, F>(
    store: &'a Store,
    records: &Records<F>,
    number: u32,
    sums: &mut SeriesSums,
) -> Option<Open<'a>> {
    Some(Open::new(store.cell(number)?, sums, records.rate))
}

/// Folds the spans of one series. The first span of all is in the sums already.
fn fold_series<F: Fn(usize) -> Record>(
    sums: &mut SeriesSums,
    spans: &SeriesSpans,
    open: Option<Open<'_>>,
    records: &Records<F>,
    group: RangeInclusive<usize>,
) {
    let number = spans.series(*group.start());
    let window = open.as_ref().and_then(Open::window);
    for span in spans.between(&group).filter(|&span| span > 0) {
        sums.add_span::<false, _>(window, records, spans.range(span), number);
    }
    close(sums, open, records, number, spans.back_from(*group.end()));
}

/// Leaves the calls of a series to a later fold, if they are few, carry nothing, and there is room for them.
fn leave_waiting<F: Fn(usize) -> Record>(
    sums: &SeriesSums,
    spans: &SeriesSpans,
    store: &Store,
    records: &Records<F>,
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
            let end = (records.get)(range.start + 1);
            if !(call.fits(records, range.start, end) && sums.busy.is_new(end.start_ticks() as i64)) {
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

/// Writes out what the sums holds of a series. `spans` are where its records came from, the newest first.
fn close<F: Fn(usize) -> Record>(
    sums: &mut SeriesSums,
    open: Option<Open<'_>>,
    records: &Records<F>,
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
mod tests {
    use aimlm_snapshot::Detail;

    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::cell::STORE;
    use crate::event::{Number, Outcome};
    use crate::window::WindowSettings;

    /// One event of one of a few series.
    #[derive(Debug, Clone)]
    enum Event {
        Start,
        /// A start and a success without numbers.
        Call(u64),
        End(Outcome, u64, Vec<(Number, u64)>),
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
            Just(Number::BatchSize),
            Just(Number::TokensOut),
            Just(Number::SizeBytes),
            Just(Number::Epoch),
            Just(Number::Items),
            Just(Number::NumSamples),
        ];
        let values = prop::collection::vec((field, 0..1000_u64), 0..4);
        prop_oneof![
            4 => Just(Event::Start),
            8 => (30..60_u64).prop_map(Event::Call),
            6 => (outcome, prop_oneof![Just(40_u64), 30..60_u64, 0..1_u64 << 33], values)
                .prop_map(|(outcome, ticks, values)| Event::End(outcome, ticks, values)),
            1 => (0.0..1.0_f64).prop_map(Event::Sample),
        ]
    }

    /// Starts, successes, failures, items of either, and durations in ticks.
    type Expected = (u64, u64, u64, [u64; 2], Vec<u64>);

    fn write(number: u32, event: &Event, records: &mut Vec<Record>) {
        match event {
            Event::Start => records.push(Record::start(number, 0)),
            Event::Call(ticks) => {
                records.push(Record::start(number, 0));
                records.push(Record::end(number, Outcome::Ok, 1, *ticks).unwrap());
            }
            Event::End(outcome, ticks, values) => {
                records.extend(
                    values
                        .iter()
                        .map(|&(field, bits)| Record::value(field.into(), bits)),
                );
                let end = Record::end(number, *outcome, 1, *ticks).unwrap();
                records.push(end.with_values(values.len()));
            }
            Event::Sample(value) => {
                records.push(Record::value(Number::Utilization.into(), value.to_bits()));
                records.push(Record::sample(number, 1).with_values(1));
            }
        }
    }

    /// Folds a call of each of these series.
    fn fold_calls(folder: &mut Folder, store: &Store, series: &[u32]) {
        let call = |&number: &u32| {
            let end = Record::end(number, Outcome::Ok, crate::clock::ticks(), 0).unwrap();
            [Record::start(number, 0), end]
        };
        let records: Vec<_> = series.iter().flat_map(call).collect();
        folder.fold(store, 0, 0..records.len(), |at| records[at]);
    }

    const SETTINGS: WindowSettings = WindowSettings {
        history_size: 3,
        items: &[],
        by_epoch: false,
    };

    #[test]
    fn calls_that_wait_are_in_every_reading_and_in_one_window() {
        let [busy, rare] = [(); 2].map(|()| STORE.allocate(SETTINGS).unwrap());
        let cell = STORE.cell(rare).unwrap();
        let mut folder = Folder::new();
        for calls in 1..=20 {
            fold_calls(&mut folder, &STORE, &[busy, rare, busy]);
            assert_eq!(cell.waiting.len(), calls % (MOST_WAITING + 1));
        }
        assert!(!cell.is_busy());
        let reading = cell.read(Detail::Everything).unwrap();
        assert_eq!((reading.window.outcomes.ok, reading.in_flight()), (20, 0));
        assert!(reading.is_consistent, "every fold has ended");
        assert_eq!(reading.window.history.calls.len(), 3);
        assert_eq!(cell.waiting.len(), 0);
        fold_calls(&mut folder, &STORE, &[busy, rare]);
        assert_eq!(cell.replace().unwrap().window.outcomes.ok, 21);
        assert_eq!(cell.read(Detail::Everything).unwrap().window.outcomes.ok, 0);
    }

    #[test]
    fn a_series_begins_with_nothing_that_waited_under_its_number() {
        let store = Box::new(Store::new());
        let [busy, rare] = [(); 2].map(|()| store.allocate(SETTINGS).unwrap());
        let mut folder = Folder::new();
        fold_calls(&mut folder, &store, &[busy, rare]);
        store.retire(rare);
        fold_calls(&mut folder, &store, &[busy, rare]);
        store.recycle(|| {});
        assert_eq!(store.allocate(SETTINGS), Some(rare));
        assert_eq!(
            store
                .cell(rare)
                .unwrap()
                .read(Detail::Everything)
                .unwrap()
                .window
                .outcomes
                .ok,
            0
        );
    }

    #[test]
    fn a_series_ran_if_a_call_began_since_or_is_in_flight() {
        let number = STORE.allocate(SETTINGS).unwrap();
        let cell = STORE.cell(number).unwrap();
        let fold = |record: Record| Folder::new().fold(&STORE, 0, 0..1, |_| record);
        fold(Record::start(number, 0));
        assert!(cell.ran() && cell.ran(), "it is in flight");
        fold(Record::end(number, Outcome::Ok, 1, 1).unwrap());
        assert!(!cell.ran());
        fold_calls(&mut Folder::new(), &STORE, &[number]);
        assert!(cell.ran() && !cell.ran(), "it began, and is over");
    }

    #[test]
    fn a_history_of_no_calls_takes_no_room() {
        let keeps_any = |history_size| {
            let settings = WindowSettings {
                history_size,
                ..SETTINGS
            };
            let number = STORE.allocate(settings).unwrap();
            let window = STORE.cell(number).unwrap().window();
            window.as_ref().is_some_and(|window| window.history().is_some())
        };
        assert!(!keeps_any(0) && keeps_any(1));
    }

    #[test]
    fn a_fold_does_not_wait_for_who_is_at_what_waits() {
        let [busy, rare] = [(); 2].map(|()| STORE.allocate(SETTINGS).unwrap());
        let cell = STORE.cell(rare).unwrap();
        let mut folder = Folder::new();
        fold_calls(&mut folder, &STORE, &[busy, rare]);
        let held = cell.waiting.hold();
        fold_calls(&mut folder, &STORE, &[busy, rare]);
        assert_eq!(held.len(), 1);
        drop(held);
        assert_eq!(cell.read(Detail::Everything).unwrap().window.outcomes.ok, 2);
    }

    proptest! {
        /// However events of many series are mixed, and cut into folds, and whenever one is read, every one is counted
        /// once.
        #[test]
        fn every_event_counts_once(
            events in prop::collection::vec((0..12_usize, event(), 1..20_usize), 1..200),
            cut in 1..40_usize,
        ) {
            let settings = WindowSettings { history_size: 10_000, items: &[Number::BatchSize], by_epoch: false };
            let numbers: Vec<u32> = (0..12).map(|_| STORE.allocate(settings).unwrap()).collect();
            let mut folder = Folder::new();
            let mut expected: BTreeMap<usize, Expected> = BTreeMap::new();
            for fold in events.chunks(cut) {
                let mut records = Vec::new();
                for (series, event, times) in fold {
                    for _ in 0..*times {
                        write(numbers[*series], event, &mut records);
                        let (started, ok, failed, items, ticks) = expected.entry(*series).or_default();
                        match event {
                            Event::Start => *started += 1,
                            Event::Call(own) => {
                                *started += 1;
                                *ok += 1;
                                ticks.push(*own);
                            }
                            Event::End(outcome, own, values) => {
                                *if *outcome == Outcome::Ok { ok } else { failed } += 1;
                                ticks.push(*own);
                                items[usize::from(*outcome != Outcome::Ok)] += values.iter().filter(|(field, _)| *field == Number::BatchSize).map(|(_, n)| n).sum::<u64>();
                            }
                            Event::Sample(_) => {}
                        }
                    }
                }
                // Wherever in a ring they are.
                let first = 13 * fold.len();
                folder.fold(&STORE, 0, first..first + records.len(), |at| records[at - first]);
                if fold.len() % 3 == 0 {
                    STORE.cell(numbers[fold[0].0]).unwrap().read(Detail::Everything);
                }
            }
            for (series, (started, ok, failed, items, ticks)) in expected {
                let cell = STORE.cell(numbers[series]).unwrap();
                let reading = cell.read(Detail::Everything).unwrap();
                let in_flight = reading.in_flight();
                let window = reading.window;
                prop_assert_eq!(window.started, started);
                prop_assert_eq!(window.latency.count(), ok);
                prop_assert_eq!(window.outcomes.ok, ok);
                prop_assert_eq!(window.failed.count(), failed);
                prop_assert_eq!(in_flight, started as i64 - (ok + failed) as i64);
                for (fields, items) in [window.fields, window.failed_fields].iter().zip(items) {
                    let counted = fields.iter().find(|(field, _)| *field == Number::BatchSize);
                    prop_assert_eq!(counted.map_or(0.0, |(_, reading)| reading.sum), items as f64);
                }
                let own: Vec<u64> = window.history.calls.iter().map(|call| call.nanoseconds(Rate::ONE)).collect();
                prop_assert_eq!(own, ticks, "the history holds every call in order");
            }
            numbers.into_iter().for_each(|number| STORE.retire(number));
        }
    }
}
