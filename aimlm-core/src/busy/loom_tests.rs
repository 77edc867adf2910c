//! Loom models of busy time that any number of threads fold into at once.

use loom::sync::Arc;
use loom::sync::atomic::AtomicU32;
use loom::thread;

use super::amounts::Amounts;
use super::busy_spans::BusySpans;
use super::busy_totals::BusyTotals;
use super::segment::Segment;
use super::shared_busy::SharedBusy;
use crate::sync::{OnceBox, Ordering, model};

/// Folds that find the lock held, by a reader too, leave what they bring; it is read.
#[test]
fn loom_what_finds_the_lock_held_is_left_and_read() {
    model(|| {
        let shared = Arc::new((BusyTotals::new(), AtomicU32::new(0)));
        // That a lock is let go is no step to loom: a fold is tried between the locking and that only for something
        // that both touch.
        let add = |(totals, touched): &(BusyTotals, AtomicU32), start| {
            let mut fold = BusySpans::new();
            fold.add_call(Segment::full(start, start + 2), Amounts::NONE, 0);
            touched.store(1, Ordering::Relaxed);
            totals.add(&fold);
        };
        let folder = {
            let shared = shared.clone();
            thread::spawn(move || add(&shared, 0))
        };
        let reader = {
            let shared = shared.clone();
            thread::spawn(move || shared.0.look(|_| shared.1.load(Ordering::Relaxed)))
        };
        add(&shared, 10);
        folder.join().unwrap();
        reader.join().unwrap();
        assert_eq!(
            shared.0.read().all(),
            [Segment::full(0, 2), Segment::full(10, 12)]
        );
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
