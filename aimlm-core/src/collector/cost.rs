use crate::cell::STORE;
use crate::clock::{self, Rate};
use crate::event::{Outcome, Record};
use crate::ring::{Ring, StoreSink};
use crate::window::WindowSettings;

const ROUNDS: usize = 8;
const CALLS: u32 = 1024;

/// What recording a call costs here, in nanoseconds: both clock readings, both records and their share of
/// folding, in a ring that is in cache. Takes about 0.2 ms.
pub(super) fn of_a_call() -> Option<f64> {
    let settings = WindowSettings {
        history_size: 0,
        items: &[],
        by_epoch: false,
    };
    let series = STORE.allocate(settings)?;
    let ring = Ring::<StoreSink>::boxed();
    // The fastest round was interrupted the least.
    let ticks = (0..ROUNDS).map(|_| round(&ring, series)).min()?;
    STORE.discard(series);
    Some(Rate::current().nanoseconds(ticks) as f64 / f64::from(CALLS))
}

/// Records as an annotated call does, in ticks.
fn round(ring: &Ring<StoreSink>, series: u32) -> u64 {
    let key = Record::end_key(Record::start_key(series), Outcome::Ok, 0);
    let begun = clock::ticks();
    for _ in 0..CALLS {
        ring.push([Record::start(series)].into_iter());
        let start = clock::ticks();
        let ticks = clock::ticks().saturating_sub(start);
        if let Some(end) = Record::end(key, start, ticks) {
            ring.push([end].into_iter());
        }
    }
    clock::ticks().saturating_sub(begun)
}

#[cfg(all(test, not(loom)))]
mod tests {
    #[test]
    fn a_call_costs_something_and_its_series_is_given_back() {
        crate::clock::start();
        let cost = super::of_a_call().unwrap();
        assert!(cost > 0.0 && cost.is_finite());
    }
}
