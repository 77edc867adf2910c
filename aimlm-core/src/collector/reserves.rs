//! What the collector makes before threads need it.

use crate::busy::{LEFT_READY, LISTS, MOMENTS, OWN_LISTS_READY, is_alone};
use crate::recent::{CALL_PAGES_READY, POINT_PAGES_READY, VALUES_READY};
use crate::reserve::Refill;
use crate::totals::{COARSE_PAGES_READY, COUNTS_READY, HISTOGRAMS_READY, PAGES_READY, RATES_READY};
use crate::window::{
    EPOCHS_READY, ERROR_KINDS_READY, FIELDS_READY, NUMBERS_READY, OTHER_NUMBERS_READY, POINTS_READY,
    REALS_READY,
};

/// Of one kind each.
static RESERVES: [&dyn Refill; 17] = [
    &PAGES_READY,
    &COARSE_PAGES_READY,
    &HISTOGRAMS_READY,
    &COUNTS_READY,
    &RATES_READY,
    &CALL_PAGES_READY,
    &VALUES_READY,
    &POINT_PAGES_READY,
    &OWN_LISTS_READY,
    &LEFT_READY,
    &NUMBERS_READY,
    &REALS_READY,
    &EPOCHS_READY,
    &POINTS_READY,
    &FIELDS_READY,
    &OTHER_NUMBERS_READY,
    &ERROR_KINDS_READY,
];

/// Longer ones are needed only where several threads call: gaps between calls of one are kept if they are long.
const MOST_OF_ONE_THREAD: usize = 256;

fn all() -> impl Iterator<Item = (&'static dyn Refill, usize)> {
    let lists = LISTS
        .0
        .iter()
        .map(|class| (&class.reserve as &dyn Refill, class.capacity));
    let moments = MOMENTS
        .0
        .iter()
        .map(|class| (&class.reserve as &dyn Refill, class.capacity));
    RESERVES
        .into_iter()
        .map(|reserve| (reserve, 0))
        .chain(lists)
        .chain(moments)
}

/// Makes what is missing.
pub(super) fn refill() {
    for (reserve, capacity) in all() {
        if capacity <= MOST_OF_ONE_THREAD || !is_alone() {
            reserve.refill();
        }
    }
}

/// Bytes of all that nobody needs yet.
pub(crate) fn reserved_bytes() -> usize {
    all().map(|(reserve, _)| reserve.bytes()).sum()
}
