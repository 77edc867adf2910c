use std::collections::HashMap;
use std::sync::atomic::AtomicU32 as Counter;

use proptest::prelude::*;

use super::*;
use crate::event::{Label, Stage};

proptest! {
    #[test]
    fn interning_is_what_a_map_is_up_to_the_limit(
        calls in prop::collection::vec(
            (0..3_u8, "[ab]{0,2}", prop::option::of("[xy]?"), prop::option::of("[xy]?"), any::<bool>()),
            0..200,
        ),
        limit in 1..20_usize,
    ) {
        let table = SeriesTable::new(limit);
        let next = Counter::new(0);
        let mut expected = HashMap::new();
        for (stage, subject, device, format, turned) in &calls {
            let present = |text: &'_ Option<String>| text.clone().filter(|text| !text.is_empty());
            let identity = (*stage, subject.clone(), present(device), present(format));
            let device = device.as_deref().map(|text| (Label::Device, text));
            let format = format.as_deref().map(|text| (Label::Format, text));
            let mut labels: Vec<_> = device.into_iter().chain(format).collect();
            if *turned {
                labels.reverse();
            }
            let key = KeyRef {
                stage: [Stage::Inference, Stage::ModelLoad, Stage::Operation][usize::from(*stage)],
                subject,
                labels: &labels,
            };
            let make = || {
                let number = next.fetch_add(1, Ordering::Relaxed);
                Some(Series { number, key: key.to_key(), site: None })
            };
            let known = table.find(&key, key.hash()).map(|series| series.number);
            prop_assert_eq!(known, expected.get(&identity).copied());
            let at_home = key.plain().and_then(|key| table.at_home(&key));
            prop_assert!(at_home.is_none_or(|series| Some(series.number) == known));
            let found = table.get_or_insert(&key, key.hash(), make, |_| panic!("there is no other thread"));
            match found {
                Found::Series(series) => {
                    let number = *expected.entry(identity).or_insert(series.number);
                    prop_assert_eq!(number, series.number);
                }
                Found::Full => {
                    prop_assert_eq!(expected.len(), limit);
                    prop_assert!(!expected.contains_key(&identity));
                }
            }
        }
        prop_assert_eq!(table.iter().count(), expected.len());
    }
}

const fn key(subject: &str) -> KeyRef<'_> {
    KeyRef {
        stage: Stage::Inference,
        subject,
        labels: &[],
    }
}

fn series(subject: &str) -> Series {
    Series {
        number: 1,
        key: key(subject).to_key(),
        site: None,
    }
}

fn insert(table: &SeriesTable, subject: &str, hash: u64) -> bool {
    let make = || Some(series(subject));
    let found = table.get_or_insert(&key(subject), hash, make, |_| unreachable!());
    matches!(found, Found::Series(_))
}

#[test]
fn a_place_without_a_tag_hides_no_other() {
    let table = SeriesTable::new(12);
    let hash = |subject| key(subject).hash() & !31;
    for subject in ["1", "2", "3", "4", "5", "6", "7"] {
        assert!(insert(&table, subject, hash(subject)));
    }
    // A thread that is stopped before it sets the tag.
    table.claim().unwrap();
    assert!(table.places[7].set(Box::new(series("8"))).is_ok());
    for subject in ["9", "10", "11", "12"] {
        assert!(insert(&table, subject, hash(subject)));
        assert!(table.find(&key(subject), hash(subject)).is_some());
    }
    // Who passed by has set it.
    assert!(table.find(&key("8"), hash("8")).is_some());
}

#[test]
fn a_full_table_knows_its_series_and_no_other() {
    for limit in [1, 2, 7, 8, 31, 32, 33, 2000] {
        let table = SeriesTable::new(limit);
        let names: Vec<_> = (0..limit + 500).map(|number| format!("name {number}")).collect();
        // In small ones all come first to the last group, so that searches wrap.
        let hash = |name: &str| key(name).hash() | if limit < 100 { 0xFF } else { 0 };
        for (number, name) in names.iter().enumerate() {
            assert_eq!(insert(&table, name, hash(name)), number < limit);
        }
        assert!(table.is_full());
        for (number, name) in names.iter().enumerate() {
            assert_eq!(table.find(&key(name), hash(name)).is_some(), number < limit);
            match table.look(hash(name), |own| own.is(&key(name))) {
                Look::None => assert!(number >= limit),
                Look::Series(series) => assert!(number < limit && series.key.is(&key(name))),
                Look::Unclear => {}
            }
        }
    }
}

#[test]
fn each_key_gets_one_series_under_contention_and_the_limit_holds() {
    let table = SeriesTable::new(100);
    let (next, discarded) = (Counter::new(1), Counter::new(0));
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for i in 0..150 {
                    let subject = format!("model {i}");
                    let key = KeyRef {
                        stage: Stage::Inference,
                        subject: &subject,
                        labels: &[],
                    };
                    let make = || {
                        let number = next.fetch_add(1, Ordering::Relaxed);
                        Some(Series {
                            number,
                            key: key.to_key(),
                            site: None,
                        })
                    };
                    let discard = |_: &Series| {
                        discarded.fetch_add(1, Ordering::Relaxed);
                    };
                    if let Found::Series(series) = table.get_or_insert(&key, key.hash(), make, discard) {
                        assert!(series.key.is(&key));
                    }
                }
            });
        }
    });
    assert_eq!(table.iter().count(), 100);
    assert_eq!(next.into_inner() - 1 - discarded.into_inner(), 100);
}
