//! Loom models of entries that are written and read at once.

use loom::sync::Arc;
use loom::thread;

use super::slots::{CALL_PAGES_READY, Slots};
use crate::sync::model;

#[test]
fn loom_a_slot_gives_a_whole_entry_or_none() {
    model(|| {
        let slots = Arc::new(Slots::new(1, &CALL_PAGES_READY));
        slots.write(0, 0, [7, 7]);
        let writers: Vec<_> = (1..=2)
            .map(|ticket| {
                let slots = slots.clone();
                thread::spawn(move || slots.write(0, ticket, [ticket, ticket]))
            })
            .collect();
        let found = slots.read(0, 1);
        assert!(found.is_none_or(|words| words == [1, 1]), "{found:?}");
        writers.into_iter().for_each(|writer| writer.join().unwrap());
        let left: Vec<_> = (0..=2).filter_map(|ticket| slots.read(0, ticket)).collect();
        assert!(
            left.len() <= 1 && left.iter().all(|words| words[0] == words[1]),
            "{left:?}"
        );
    });
}
