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
        6 => (outcome, prop_oneof![Just(40_u64), 30..60_u64, 0..1_u64 << 31], values)
            .prop_map(|(outcome, ticks, values)| Event::End(outcome, ticks, values)),
        1 => (0.0..1.0_f64).prop_map(Event::Sample),
    ]
}

/// Starts, successes, failures, items of either, and durations in ticks.
type Expected = (u64, u64, u64, [u64; 2], Vec<u64>);

fn write(number: u32, event: &Event, records: &mut Vec<Record>) {
    match event {
        Event::Start => records.push(Record::start(number)),
        Event::Call(ticks) => {
            records.push(Record::start(number));
            records.push(Record::ended(number, Outcome::Ok, 1, *ticks, 0));
        }
        Event::End(outcome, ticks, values) => {
            records.extend(
                values
                    .iter()
                    .map(|&(field, bits)| Record::value(field.into(), bits)),
            );
            records.push(Record::ended(number, *outcome, 1, *ticks, values.len()));
        }
        Event::Sample(value) => {
            records.push(Record::value(Number::Utilization.into(), value.to_bits()));
            records.push(Record::sample(number, 1, 1));
        }
    }
}

/// Folds a call of each of these series.
fn fold_calls(folder: &mut Folder, store: &Store, series: &[u32]) {
    let call = |&number: &u32| {
        let end = Record::ended(number, Outcome::Ok, crate::clock::ticks(), 0, 0);
        [Record::start(number), end]
    };
    let records: Vec<_> = series.iter().flat_map(call).collect();
    folder.fold(store, 0, &records);
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
    let fold = |record: Record| Folder::new().fold(&STORE, 0, &[record]);
    fold(Record::start(number));
    assert!(cell.ran() && cell.ran(), "it is in flight");
    fold(Record::ended(number, Outcome::Ok, 1, 1, 0));
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
            folder.fold(&STORE, 0, &records);
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

/// Numbers of every kind, and of every size that is added in a way of its own.
fn number() -> impl Strategy<Value = (Number, u64)> {
    let count = prop_oneof![4 => 0..100_u64, 1 => 0..1000_u64, 1 => any::<u64>().prop_map(|n| n >> 1)];
    let real = prop_oneof![
        8 => -1e3..1e3_f64,
        1 => prop_oneof![Just(f64::NAN), Just(f64::INFINITY), Just(1e308)],
    ];
    let real = real.prop_map(f64::to_bits);
    prop_oneof![
        (
            prop_oneof![
                Just(Number::BatchSize),
                Just(Number::TokensOut),
                Just(Number::Step),
                Just(Number::Epoch),
                Just(Number::QueueTime)
            ],
            count
        ),
        (
            prop_oneof![
                Just(Number::Loss),
                Just(Number::Accuracy),
                Just(Number::QueueDepth)
            ],
            real
        ),
    ]
}

proptest! {
    /// However many of them look alike, and wherever a fold ends.
    #[test]
    fn calls_of_one_fold_add_up_to_what_they_do_one_by_one(
        shapes in prop::collection::vec((prop::collection::vec(number(), 0..10), 1..40_usize, 0..3_u8), 1..6),
        cut in 1..300_usize,
    ) {
        crate::clock::start();
        let settings = WindowSettings { history_size: 1000, items: &[Number::BatchSize, Number::TokensOut], by_epoch: false };
        let [together, singly] = [(); 2].map(|()| STORE.allocate(settings).unwrap());
        let calls_of = |number| {
            let mut start = 1 << 30;
            let mut calls = Vec::new();
            for (values, times, vary) in &shapes {
                for nth in 0..*times as u64 {
                    let ticks = 40 + nth % (1 + 40 * u64::from(*vary));
                    let mut call = vec![Record::start(number)];
                    call.extend(values.iter().map(|&(field, bits)| {
                        let more = if field.kind().is_whole() { nth % (1 + u64::from(*vary)) } else { 0 };
                        Record::value(field.into(), bits + more)
                    }));
                    call.push(Record::ended(number, Outcome::Ok, start, ticks, values.len()));
                    calls.push(call);
                    start += ticks + 7;
                }
            }
            calls
        };
        let mut folder = Folder::new();
        for fold in calls_of(together).chunks(cut) {
            folder.fold(&STORE, 0, &fold.concat());
        }
        for call in calls_of(singly) {
            // A start and an end that do not come together are never added as one.
            folder.fold(&STORE, 0, &call[..1]);
            folder.fold(&STORE, 0, &call[1..]);
        }
        let [together, singly] = [together, singly].map(|number| STORE.cell(number).unwrap().read(Detail::Everything).unwrap().window);
        prop_assert_eq!(together.started, singly.started);
        prop_assert_eq!(together.outcomes.ok, singly.outcomes.ok);
        prop_assert_eq!(&together.latency, &singly.latency);
        prop_assert_eq!(together.busy.span(), singly.busy.span());
        prop_assert_eq!(together.history.numbers.len(), singly.history.numbers.len());
        let is_near = |a: f64, b: f64| a == b || (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1e3) || a.is_nan() && b.is_nan();
        let (items, own) = (together.rate.map(|(_, rates)| rates), singly.rate.map(|(_, rates)| rates));
        prop_assert_eq!(items.map(|rates| (rates.items, rates.calls, rates.count)), own.map(|rates| (rates.items, rates.calls, rates.count)));
        prop_assert_eq!(together.fields.len(), singly.fields.len());
        for ((field, all), (_, each)) in together.fields.iter().zip(&singly.fields) {
            prop_assert_eq!((all.count, all.not_finite, all.total), (each.count, each.not_finite, each.total), "{:?}", field);
            prop_assert_eq!((all.min, all.max), (each.min, each.max), "{:?}", field);
            prop_assert!(is_near(all.sum, each.sum), "{:?} {} {}", field, all.sum, each.sum);
            prop_assert_eq!(&all.values, &each.values, "{:?}", field);
            prop_assert_eq!(all.in_order_of_arrival, each.in_order_of_arrival, "{:?}", field);
            let points = |curve: &[crate::recent::Point]| curve.iter().map(|point| (point.x.to_bits(), point.epoch.map(f64::to_bits), point.y.to_bits(), point.recorded)).collect::<Vec<_>>();
            prop_assert_eq!(points(&all.curve), points(&each.curve), "{:?}", field);
        }
    }
}

proptest! {
    /// Two threads, each with a fold of a full ring in turn, of calls of many series or of few.
    #[test]
    fn calls_of_series_in_turn_are_counted_once_and_in_their_order(
        series in 1..60_usize,
        turns in prop::collection::vec((0..60_usize, 1..6_usize), 1..200),
        folds in 2..12_usize,
    ) {
        crate::clock::start();
        let settings = WindowSettings { history_size: 5, ..SETTINGS };
        let numbers: Vec<u32> = (0..series).map(|_| STORE.allocate(settings).unwrap()).collect();
        let mut folders = [Folder::new(), Folder::new()];
        let mut expected: BTreeMap<u32, Vec<u64>> = BTreeMap::new();
        let mut turns = turns.iter().cycle().flat_map(|&(which, times)| std::iter::repeat_n(which, times));
        let mut start = 1 << 40;
        for fold in 0..folds {
            let mut records = Vec::new();
            for which in turns.by_ref().take(256) {
                let number = numbers[which % series];
                records.extend([Record::start(number), Record::ended(number, Outcome::Ok, start, 9, 0)]);
                expected.entry(number).or_default().push(start);
                start += 10;
            }
            folders[fold % 2].fold(&STORE, 0, &records);
            if fold % 5 == 4 {
                // A reader counts what waits.
                let number = numbers[fold % series];
                let read = STORE.cell(number).unwrap().read(Detail::Everything).unwrap().window;
                prop_assert_eq!(read.outcomes.ok, expected.get(&number).map_or(0, |calls| calls.len() as u64));
            }
        }
        for (number, starts) in expected {
            let cell = STORE.cell(number).unwrap();
            let reading = cell.read(Detail::Everything).unwrap();
            let window = reading.window;
            prop_assert_eq!((window.started, window.outcomes.ok), (starts.len() as u64, starts.len() as u64));
            prop_assert_eq!(window.latency.count(), starts.len() as u64);
            prop_assert_eq!(window.busy.span(), Some((starts[0] as i64, *starts.last().unwrap() as i64 + 9)));
            let wall = crate::clock::WallClock::current();
            let kept: Vec<_> = window.history.calls.iter().map(|call| call.start(&wall)).collect();
            let last: Vec<_> = starts[starts.len().saturating_sub(5)..].iter().map(|&at| wall.nanoseconds(at as i64)).collect();
            prop_assert_eq!(kept, last);
        }
    }
}

#[test]
fn of_levels_the_one_of_the_call_that_began_last_stays() {
    crate::clock::start();
    let settings = WindowSettings {
        history_size: 10,
        items: &[],
        by_epoch: false,
    };
    let [together, singly] = [(); 2].map(|()| STORE.allocate(settings).unwrap());
    let groups = |number: u32| {
        let level = |v: u64| Record::value(Number::QueueDepth.into(), (v as f64).to_bits());
        let mut groups: Vec<Vec<Record>> = Vec::new();
        // Calls enough for the curve to be thinned, then A begins, B runs, C begins, A ends.
        let mut at = 1000;
        for nth in 0..701_u64 {
            groups.push(vec![Record::start(number)]);
            groups.push(vec![level(nth), Record::ended(number, Outcome::Ok, at, 5, 1)]);
            at += 10;
        }
        groups.push(vec![Record::start(number)]);
        groups.push(vec![Record::start(number)]);
        groups.push(vec![
            level(7000),
            Record::ended(number, Outcome::Ok, at + 20, 5, 1),
        ]);
        groups.push(vec![Record::start(number)]);
        groups.push(vec![
            level(8000),
            Record::ended(number, Outcome::Ok, at + 10, 30, 1),
        ]);
        groups
    };
    let mut folder = Folder::new();
    let all = groups(together);
    let (many, few) = all.split_at(all.len() - 5);
    for chunk in many.chunks(100) {
        folder.fold(&STORE, 0, &chunk.concat());
    }
    folder.fold(&STORE, 0, &few[..1].concat());
    folder.fold(&STORE, 0, &few[1..].concat());
    for group in groups(singly) {
        folder.fold(&STORE, 0, &group);
    }
    let [a, b] = [together, singly].map(|number| {
        STORE
            .cell(number)
            .unwrap()
            .read(Detail::Everything)
            .unwrap()
            .window
    });
    let last =
        |w: &crate::window::WindowReading| w.fields[0].1.curve.iter().max_by_key(|p| p.recorded).copied();
    assert_eq!(last(&a).map(|p| p.y), last(&b).map(|p| p.y));
}
