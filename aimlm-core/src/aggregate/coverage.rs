use std::time::Duration;

use crate::clock::{Moment, Rate, in_order};
use crate::sync::{AtomicU64, OnceBox, Ordering};

/// Granules of one level; a power of two.
const GRANULES: u64 = 1024;
const WORDS: usize = (GRANULES / 64) as usize;
/// Levels after the first: enough for every tick that 64 bits can count.
const LATER: usize = 54;

type Level = [AtomicU64; WORDS];

fn level() -> Level {
    std::array::from_fn(|_| AtomicU64::new(0))
}

/// In which seconds of a series' life a call ran: one bit for each of the first 1,024 seconds, then one for every
/// two seconds up to twice that age, every four up to four times, and so on. What threads mark adds up to the
/// union of their calls, in whatever order they are folded; memory grows with the logarithm of time.
pub(super) struct Coverage {
    origin: Moment,
    /// Ticks of a second.
    granule: u64,
    /// The granule that was marked last begins here: a busy series marks it time and again.
    marked: AtomicU64,
    first: Level,
    later: OnceBox<[OnceBox<Level>; LATER]>,
}

/// Where a second stands: its level, and its granule there.
const fn place(second: u64) -> (usize, u64) {
    let level = (second / GRANULES).checked_ilog2();
    match level {
        None => (0, second),
        Some(shift) => (shift as usize + 1, (second >> shift) - GRANULES),
    }
}

/// Seconds in a granule of a level.
const fn seconds_of(level: usize) -> u64 {
    1 << level.saturating_sub(1)
}

impl Coverage {
    /// Of a series whose life begins at `origin`; what was before counts as then.
    pub(super) fn new(origin: Moment) -> Self {
        Self {
            origin,
            granule: Rate::current().ticks(Duration::from_secs(1)).max(1),
            marked: AtomicU64::new(u64::MAX),
            first: level(),
            later: OnceBox::new(),
        }
    }

    /// The shortest gap that can hold a whole granule without a call, in ticks.
    #[inline]
    pub(super) const fn granule(&self) -> u64 {
        self.granule
    }

    const fn second(&self, moment: Moment) -> u64 {
        let since = moment.saturating_sub(self.origin);
        (if since > 0 { since as u64 } else { 0 }) / self.granule
    }

    /// Marks the time from one tick to another.
    #[inline]
    pub(super) fn mark(&self, from: Moment, to: Moment) {
        // Acquire: whoever is told of a granule here has seen its bits set; pairs with the Release in `mark_bits`.
        let marked = self.marked.load(Ordering::Acquire);
        if in_order(from) < marked || in_order(to.max(from)) - marked >= self.granule {
            self.mark_bits(from, to);
        }
    }

    #[inline(never)]
    fn mark_bits(&self, from: Moment, to: Moment) {
        let last = self.second(to.max(from));
        self.each(self.second(from), last, |level, word, bits| {
            let words = self.words_to_mark(level);
            // Relaxed: bits that only ever become set; a busy series finds its own set.
            if words[word].load(Ordering::Relaxed) & bits != bits {
                words[word].fetch_or(bits, Ordering::Relaxed);
            }
        });
        let begin = in_order(self.origin).saturating_add(last.saturating_mul(self.granule));
        // Release: the bits come before; pairs with the Acquire in `mark`.
        self.marked.store(begin, Ordering::Release);
    }

    /// Ticks between two that lie in granules without a call.
    pub(super) fn idle(&self, from: Moment, to: Moment) -> u64 {
        let mut seconds = 0;
        self.each(self.second(from), self.second(to), |level, word, bits| {
            let words = self.words(level);
            let marked = words.map_or(0, |words| words[word].load(Ordering::Relaxed));
            seconds += u64::from((bits & !marked).count_ones()) * seconds_of(level);
        });
        seconds.saturating_mul(self.granule)
    }

    /// Gives the bits of the granules from one second to another, word by word.
    fn each(&self, from: u64, to: u64, mut bits: impl FnMut(usize, usize, u64)) {
        let ((first, from), (last, to)) = (place(from), place(to));
        for level in first..=last {
            let from = if level == first { from } else { 0 };
            let to = if level == last { to } else { GRANULES - 1 };
            for word in from / 64..=to / 64 {
                let low = if word == from / 64 { from % 64 } else { 0 };
                let high = if word == to / 64 { to % 64 } else { 63 };
                bits(
                    level,
                    word as usize,
                    (u64::MAX >> (63 - high)) & (u64::MAX << low),
                );
            }
        }
    }

    fn words(&self, level: usize) -> Option<&Level> {
        match level.checked_sub(1) {
            None => Some(&self.first),
            Some(later) => self.later.get()?[later].get(),
        }
    }

    fn words_to_mark(&self, number: usize) -> &Level {
        match number.checked_sub(1) {
            None => &self.first,
            Some(at) => {
                let later = self
                    .later
                    .get_or_init(|| Box::new(std::array::from_fn(|_| OnceBox::new())));
                later[at].get_or_init(|| Box::new(level()))
            }
        }
    }

    pub(super) fn bytes(&self) -> usize {
        self.later.get().map_or(0, |later| {
            let levels = later.iter().filter(|level| level.get().is_some());
            size_of_val(later) + levels.count() * size_of::<Level>()
        })
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn seconds(granule: u64) -> Coverage {
        Coverage {
            granule,
            ..Coverage::new(0)
        }
    }

    #[test]
    fn every_second_has_a_place_and_places_follow_each_other() {
        let mut last = (0, 0);
        for second in 1..100_000 {
            let place = place(second);
            let next = [last, (last.0, last.1 + 1), (last.0 + 1, 0)];
            assert!(
                next.contains(&place) && place.1 < GRANULES,
                "{second}: {last:?} {place:?}"
            );
            last = place;
        }
        assert!(place(u64::MAX).0 <= LATER);
    }

    proptest! {
        #[test]
        fn what_is_idle_is_what_no_call_touched(calls in prop::collection::vec((0..900_u64, 0..60_u64), 1..20)) {
            let coverage = seconds(10);
            let mut touched = [false; 1000];
            let ends = calls.iter().map(|(start, long)| ((start * 10 + 3) as Moment, ((start + long) * 10 + 5) as Moment));
            for (from, to) in ends.clone() {
                coverage.mark(from, to);
                touched[from as usize / 10..=to as usize / 10].fill(true);
            }
            let (first, last) = (ends.clone().map(|call| call.0).min().unwrap(), ends.map(|call| call.1).max().unwrap());
            let idle = touched[first as usize / 10..=last as usize / 10].iter().filter(|touched| !**touched).count();
            prop_assert_eq!(coverage.idle(first, last), idle as u64 * 10);
        }
    }

    proptest! {
        #[test]
        fn what_was_marked_last_changes_nothing(
            calls in prop::collection::vec((prop_oneof![0..3000_u64, 0..1_000_000_u64], prop_oneof![0..5_u64, 0..3000_u64]), 1..60),
            origin in prop_oneof![Just(0), 0..2000_i64],
        ) {
            let [with, without] = [(); 2].map(|()| Coverage { granule: 10, ..Coverage::new(origin) });
            for (start, ticks) in calls {
                let (from, to) = (start as Moment, (start + ticks) as Moment);
                with.mark(from, to);
                without.mark_bits(from, to);
            }
            for level in 0..=LATER {
                let bits = |of: &Coverage| of.words(level).map(|words| words.each_ref().map(|word| word.load(Ordering::Relaxed)));
                prop_assert_eq!(bits(&with), bits(&without));
            }
        }
    }

    #[test]
    fn a_long_life_keeps_its_precision() {
        let coverage = seconds(1);
        let day = 86_400;
        coverage.mark(0, 100);
        coverage.mark(20 * day, 20 * day + 50);
        let idle = coverage.idle(0, 20 * day + 50);
        let exact = 20 * day as u64 - 101;
        assert!(
            idle <= exact && idle as f64 > exact as f64 * (1.0 - 2.0 / GRANULES as f64),
            "{idle} {exact}"
        );
        assert!(coverage.bytes() < 2048);
    }
}
