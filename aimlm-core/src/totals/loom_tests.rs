//! Loom models of sums that any number of threads add to at once.

use loom::sync::Arc;
use loom::thread;

use super::durations::Durations;
use super::histogram::Histogram;
use crate::clock::Rate;
use crate::sync::model;

#[test]
fn loom_threads_that_meet_a_missing_page_lose_no_count() {
    model(|| {
        let histogram = Arc::new(Histogram::new());
        let add = |histogram: &Histogram| {
            let mut durations = Durations::<u32>::new(());
            durations.add(100, (), Rate::ONE, histogram);
            durations.flush(Rate::ONE, histogram);
        };
        let other = {
            let histogram = histogram.clone();
            thread::spawn(move || add(&histogram))
        };
        add(&histogram);
        other.join().unwrap();
        let distribution = histogram.snapshot();
        assert_eq!((distribution.count(), distribution.sum()), (2, 200));
    });
}
