//! From a call to the calling thread's ring.

use super::Values;
use crate::clock;
use crate::collector;
use crate::event::{MAX_VALUES, Outcome, Payload, Record};
use crate::reporter;
use crate::ring::{self, Ring, StoreSink};

/// Records a start, and gives its time in ticks.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn start(series: u32) -> u64 {
    // The record first, the clock last: what recording takes is not part of the call's duration.
    let start = Record::start(series, 0);
    match ring::current() {
        Some(ring) if ring.push_if_room(1, |writer| writer.write(start)) => clock::ticks(),
        _ => start_slowly(start),
    }
}

/// Records a start that was earlier, perhaps in the process that this one was forked from.
#[inline(always)]
pub(super) fn start_at(series: u32, start: u64) {
    let start = Record::start(series, start);
    match ring::current() {
        Some(ring) if ring.push_if_room(1, |writer| writer.write(start)) => {}
        _ => drop(start_slowly(start)),
    }
}

/// A thread's first call, a call of a thread that is ending, or a full ring that is being swept.
#[cold]
#[inline(never)]
fn start_slowly(start: Record) -> u64 {
    write(&[start]);
    clock::ticks()
}

/// Records an end.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn end(series: u32, outcome: Outcome, start: u64, values: &impl Values, more: &impl Values) {
    // A clock that went back, as some machines' do across processors, makes no negative duration.
    let ticks = clock::ticks().saturating_sub(start);
    end_after(series, outcome, start, ticks, values, more);
}

/// Records an end after `ticks`.
// Out of line, with six arguments in six registers and no call on its way.
#[inline(never)]
pub(super) fn end_after(
    series: u32,
    outcome: Outcome,
    start: u64,
    ticks: u64,
    values: &impl Values,
    more: &impl Values,
) {
    let Some(end) = Record::end(series, outcome, start, ticks) else {
        return end_long(Record::long_end(series, outcome, start), ticks, values, more);
    };
    let room = 1 + (values.len() + more.len()).min(MAX_VALUES);
    match ring::current() {
        Some(ring)
            if ring.push_if_room(room as u64, |writer| {
                let count = push_values(values, more, |record| writer.write(record));
                writer.write(end.with_values(count));
            }) => {}
        _ => end_slowly(end, values, more),
    }
}

/// As [`start_slowly`].
#[cold]
#[inline(never)]
fn end_slowly(end: Record, values: &impl Values, more: &impl Values) {
    let mut group = RecordGroup::new();
    let count = push_values(values, more, |record| group.push(record));
    group.push(end.with_values(count));
    write(group.records());
}

/// A call that took longer than its record has bits for: the duration is one more value.
#[cold]
#[inline(never)]
fn end_long(end: Record, ticks: u64, values: &impl Values, more: &impl Values) {
    let mut group = RecordGroup::new();
    let count = push_values(values, more, |record| group.push(record));
    group.push(Record::value(Payload::TICKS, ticks));
    group.push(end.with_values(count + 1));
    write(group.records());
}

/// Records a call that ends now and took as long as it is said to have, to the nanosecond.
pub(super) fn said(series: u32, outcome: Outcome, nanoseconds: u64, values: &impl Values) {
    let end = Record::long_end(series, outcome, start(series));
    let mut group = RecordGroup::new();
    let count = push_values(values, &(), |record| group.push(record));
    group.push(Record::value(Payload::NANOSECONDS, nanoseconds));
    group.push(end.with_values(count + 1));
    write(group.records());
}

/// Records numbers that belong to no call.
pub fn sample(series: u32, values: &(impl Values + ?Sized)) {
    let sample = Record::sample(series, clock::ticks());
    let mut group = RecordGroup::new();
    let count = push_values(values, &(), |record| group.push(record));
    group.push(sample.with_values(count));
    write(group.records());
}

/// One value is left free for a long duration.
#[cfg_attr(not(debug_assertions), inline(always))]
fn push_values(values: &(impl Values + ?Sized), more: &impl Values, mut push: impl FnMut(Record)) -> usize {
    let mut count = 0;
    let mut each = |what, bits| {
        if count < MAX_VALUES - 1 {
            push(Record::value(what, bits));
            count += 1;
        }
    };
    values.visit(&mut each);
    more.visit(&mut each);
    count
}

/// Records that are published together, before they have a place in a ring.
struct RecordGroup {
    records: [Record; MAX_VALUES + 1],
    len: usize,
}

impl RecordGroup {
    const fn new() -> Self {
        Self {
            records: [Record([0, 0]); MAX_VALUES + 1],
            len: 0,
        }
    }

    const fn push(&mut self, record: Record) {
        self.records[self.len] = record;
        self.len += 1;
    }

    fn records(&self) -> &[Record] {
        &self.records[..self.len]
    }
}

/// Writes a group to the thread's ring, which it may have to get first; where it can have none, or another
/// thread is sweeping it full, straight to its series.
fn write(group: &[Record]) {
    let push = |ring: &Ring<StoreSink>| {
        ring.push(group.len() as u64, |writer| {
            group.iter().for_each(|&record| writer.write(record));
        })
    };
    let ring = ring::current().or_else(|| {
        reporter::ensure_running();
        ring::attach()
    });
    if ring.is_some() {
        collector::ensure_running();
    }
    if !ring.is_some_and(push) {
        ring::add_directly(group);
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn of_more_numbers_than_a_record_has_room_for_the_first_are_kept() {
        let numbers = |count| (0..count).map(|bits| (Payload::Loss, bits)).collect::<Vec<_>>();
        for (own, more, kept) in [
            (0, 0, 0),
            (3, 2, 5),
            (14, 0, 14),
            (10, 10, 14),
            (0, 20, 14),
            (20, 20, 14),
        ] {
            let mut group = RecordGroup::new();
            let count = push_values(&numbers(own), &numbers(more), |record| group.push(record));
            assert_eq!((count, group.records().len()), (kept, kept));
            let expected = (0..own).chain(0..more).take(kept);
            let expected: Vec<_> = expected.map(|bits| Record::value(Payload::Loss, bits)).collect();
            assert_eq!(group.records(), expected);
            // With them, what a long call needs: its duration and its end.
            group.push(Record::value(Payload::TICKS, 1 << 40));
            group.push(Record::long_end(1, Outcome::Ok, 0).with_values(kept + 1));
        }
    }
}
