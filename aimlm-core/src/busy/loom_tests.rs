//! Loom models of busy time that any number of threads fold into at once.

use loom::sync::Arc;
use loom::thread;

use super::amounts::Amounts;
use super::busy_spans::BusySpans;
use super::busy_totals::BusyTotals;
use super::segment::Segment;
use super::shared_busy::SharedBusy;
use crate::sync::{OnceBox, model};

/// Of two folds at once, one may find the lock held. What both bring is read.
#[test]
fn loom_what_finds_the_lock_held_is_left_and_read() {
    model(|| {
        let totals = Arc::new(BusyTotals::new());
        let add = |totals: &BusyTotals, start| {
            let mut fold = BusySpans::new();
            fold.add_call(Segment::full(start, start + 2), Amounts::NONE, 0);
            totals.add(&fold);
        };
        let threads = [0, 10].map(|start| {
            let totals = totals.clone();
            thread::spawn(move || add(&totals, start))
        });
        add(&totals, 1);
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        assert_eq!(totals.read().all(), [Segment::full(0, 3), Segment::full(10, 12)]);
    });
}

/// A series joins another while a fold into it is under way: what that brings is in both, whichever was first.
#[test]
fn loom_what_is_folded_while_a_series_joins_is_shared() {
    model(|| {
        let series = Arc::new((BusyTotals::new(), OnceBox::<SharedBusy>::new()));
        let folder = {
            let series = series.clone();
            thread::spawn(move || {
                let mut fold = BusySpans::new();
                fold.add_call(Segment::full(0, 2), Amounts::NONE, 0);
                SharedBusy::add_busy(&series.1, &fold, &series.0);
            })
        };
        let lead = std::sync::Arc::new(BusyTotals::shared());
        let shared = series
            .1
            .get_or_init(|| Box::new(SharedBusy::joining(lead.clone())));
        shared.try_seed(&series.0);
        folder.join().unwrap();
        shared.seed(&series.0);
        assert_eq!(lead.read().all(), [Segment::full(0, 2)]);
    });
}
