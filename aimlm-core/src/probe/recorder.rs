//! From a call to the calling thread's ring.

use super::{ABSENT, SeriesId, Values};
use crate::clock;
use crate::collector;
use crate::event::{MAX_VALUES, Outcome, Payload, Record};
use crate::reporter;
use crate::ring::{self, Buffer, RecordWords};
use crate::sync::Ordering;

/// Records a start, and gives its time in ticks.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn start(series: SeriesId) -> u64 {
    // The record first, the clock last: what recording takes is not part of the call's duration. When the call began is
    // for its end to say.
    let key = series.start_key();
    let pushed = ring::buffer().push(|[slot]| slot[1].store(key, Ordering::Relaxed));
    if pushed {
        clock::counter()
    } else {
        start_slowly(series)
    }
}

/// A thread's first call, a call of a thread that is ending, or a full ring.
#[cold]
#[inline(never)]
fn start_slowly(series: SeriesId) -> u64 {
    write(&[Record::start_of(series.start_key())]);
    clock::ticks()
}

/// Records a start that was earlier, perhaps in the process that this one was forked from.
#[inline(always)]
pub(super) fn start_at(series: SeriesId, start: u64) {
    let start = Record::start_at(series.start_key(), start);
    if !ring::buffer().push(|[slot]| fill(slot, start)) {
        write_slowly(start);
    }
}

#[cold]
#[inline(never)]
fn write_slowly(record: Record) {
    write(&[record]);
}

// Relaxed: published by `Buffer::push`.
#[inline(always)]
fn fill(slot: &RecordWords, record: Record) {
    slot[0].store(record.0[0], Ordering::Relaxed);
    slot[1].store(record.0[1], Ordering::Relaxed);
}

/// Records the end of a call, with the numbers that it began with and those that only its end could tell.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn end(series: SeriesId, outcome: Outcome, start: u64, values: &impl Values, more: &impl Values) {
    // Here, where all that lives on has its place already: a thread-local is a call to the compiler.
    let buffer = ring::end_buffer();
    let key = Record::end_key(series.start_key(), outcome, 0);
    let own = values.len();
    let number = |nth| {
        if nth < own {
            values.at(nth)
        } else {
            more.at(nth - own)
        }
    };
    match own + more.len() {
        0 => end_plain(buffer, key, start),
        1 => {
            let (what, bits) = number(0);
            end_with_one(
                buffer,
                Record::with_values(key, 1),
                start,
                Record::value_key(what),
                bits,
            );
        }
        2 => {
            let ((what, bits), (other, more)) = (number(0), number(1));
            let keys = Record::value_key(what) | Record::value_key(other) << 32;
            end_with_two(buffer, Record::with_values(key, 2), start, keys, bits, more);
        }
        _ => end_with_more(buffer, key, start, values, more),
    }
}

// The ends are out of line, compiled once but for the last, with six arguments at most, in registers, and no call on their
// way. Keys are put together by the caller, where they are known when the call is compiled.

#[inline(never)]
fn end_plain(buffer: &Buffer, key: u64, start: u64) {
    let ticks = clock::counter().wrapping_sub(start);
    let end = Record::end(key, start, ticks);
    if !end.is_some_and(|end| buffer.push(|[last]| fill(last, end))) {
        end_slowly(key, start, ticks, &[]);
    }
}

#[inline(never)]
fn end_with_one(buffer: &Buffer, key: u64, start: u64, number_key: u64, bits: u64) {
    if bits == ABSENT {
        return end_plain(buffer, Record::with_one_less(key), start);
    }
    let ticks = clock::counter().wrapping_sub(start);
    let push = |end| {
        buffer.push(|[first, last]| {
            fill(first, Record([bits, number_key]));
            fill(last, end);
        })
    };
    if !Record::end(key, start, ticks).is_some_and(push) {
        end_with_one_slowly(key, start, ticks, number_key, bits);
    }
}

#[cold]
#[inline(never)]
fn end_with_one_slowly(key: u64, start: u64, ticks: u64, number_key: u64, bits: u64) {
    end_slowly(key, start, ticks, &[Record([bits, number_key])]);
}

/// `keys` are those of both numbers, the second in the upper half.
#[inline(never)]
fn end_with_two(buffer: &Buffer, key: u64, start: u64, keys: u64, bits: u64, more: u64) {
    let [first_key, second_key] = halves(keys);
    if bits == ABSENT {
        return end_with_one(buffer, Record::with_one_less(key), start, second_key, more);
    }
    if more == ABSENT {
        return end_with_one(buffer, Record::with_one_less(key), start, first_key, bits);
    }
    let ticks = clock::counter().wrapping_sub(start);
    let push = |end| {
        buffer.push(|[first, second, last]| {
            fill(first, Record([bits, first_key]));
            fill(second, Record([more, second_key]));
            fill(last, end);
        })
    };
    if !Record::end(key, start, ticks).is_some_and(push) {
        end_with_two_slowly(key, start, ticks, keys, bits, more);
    }
}

#[cold]
#[inline(never)]
fn end_with_two_slowly(key: u64, start: u64, ticks: u64, keys: u64, bits: u64, more: u64) {
    let [first_key, second_key] = halves(keys);
    end_slowly(
        key,
        start,
        ticks,
        &[Record([bits, first_key]), Record([more, second_key])],
    );
}

#[inline(always)]
const fn halves(keys: u64) -> [u64; 2] {
    [keys & u32::MAX as u64, keys >> 32]
}

#[inline(never)]
fn end_with_more(buffer: &Buffer, key: u64, start: u64, values: &impl Values, more: &impl Values) {
    let ticks = clock::counter().wrapping_sub(start);
    let (own, all) = (values.len(), values.len() + more.len());
    let is_there = |&(_, bits): &(Payload, u64)| bits != ABSENT;
    let is_whole = all < MAX_VALUES
        && (0..own).all(|nth| is_there(&values.at(nth)))
        && (0..all - own).all(|nth| is_there(&more.at(nth)));
    let pushed = buffer.push_some(|slots: &[RecordWords; MAX_VALUES + 1]| {
        let mut count = 0;
        if is_whole {
            // Each at its place, which is known when this is compiled.
            (0..own).for_each(|nth| fill_value(&slots[nth], values.at(nth)));
            (0..all - own).for_each(|nth| fill_value(&slots[own + nth], more.at(nth)));
            count = all;
        } else {
            push_values(values, more, |record| {
                fill(&slots[count % slots.len()], record);
                count += 1;
            });
        }
        let end = Record::end(Record::with_values(key, count), start, ticks)?;
        fill(&slots[count], end);
        Some(count + 1)
    });
    if !pushed {
        let mut group = RecordGroup::new();
        let count = push_values(values, more, |record| group.push(record));
        end_group_slowly(group, Record::with_values(key, count), start, ticks);
    }
}

#[inline(always)]
fn fill_value(slot: &RecordWords, (what, bits): (Payload, u64)) {
    fill(slot, Record::value(what, bits));
}

#[cold]
#[inline(never)]
fn end_slowly(key: u64, start: u64, ticks: u64, numbers: &[Record]) {
    let mut group = RecordGroup::new();
    numbers.iter().for_each(|&number| group.push(number));
    end_group_slowly(group, key, start, ticks);
}

/// A thread's first call that it did not begin itself, a call of a thread that is ending, a full ring, a call so long that
/// its duration is one more value, or a clock that is not the counter.
#[cold]
#[inline(never)]
fn end_group_slowly(mut group: RecordGroup, key: u64, start: u64, ticks: u64) {
    let ticks = if clock::is_counter() {
        // One that went back, as some machines' do across processors, makes no negative duration.
        if ticks > u64::MAX / 2 { 0 } else { ticks }
    } else {
        clock::ticks().saturating_sub(start)
    };
    if let Some(end) = Record::end(key, start, ticks) {
        group.push(end);
    } else {
        group.push(Record::value(Payload::TICKS, ticks));
        group.push(Record::long_end(Record::with_values(key, 1), start));
    }
    write(group.records());
}

/// Records a call that ends now and took as long as it is said to have, to the nanosecond.
pub(super) fn said(series: SeriesId, outcome: Outcome, nanoseconds: u64, values: &impl Values) {
    let key = Record::end_key(series.start_key(), outcome, 0);
    let start = start(series);
    let mut group = RecordGroup::new();
    let count = push_values(values, &(), |record| group.push(record));
    group.push(Record::value(Payload::NANOSECONDS, nanoseconds));
    group.push(Record::long_end(Record::with_values(key, count + 1), start));
    write(group.records());
}

/// Records numbers that belong to no call.
pub fn sample(series: u32, values: &[(Payload, u64)]) {
    let at = clock::ticks();
    let mut group = RecordGroup::new();
    let count = push_values(&values, &(), |record| group.push(record));
    group.push(Record::sample(series, count, at));
    write(group.records());
}

/// One value is left free for a long duration.
#[cfg_attr(not(debug_assertions), inline(always))]
fn push_values(values: &impl Values, more: &impl Values, mut push: impl FnMut(Record)) -> usize {
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
    let ring = ring::current().or_else(|| {
        reporter::ensure_running();
        ring::attach()
    });
    if ring.is_some() {
        collector::ensure_running();
    }
    if !ring.is_some_and(|ring| ring.push(group.iter().copied())) {
        ring::add_directly(group);
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use std::process::Command;

    use aimlm_snapshot::Detail;

    use super::*;
    use crate::cell::STORE;
    use crate::window::WindowSettings;

    /// In ticks, of one call that began at a moment and ends now.
    fn recorded(start_of_call: u64) -> u64 {
        let settings = WindowSettings {
            history_size: 1,
            items: &[],
            by_epoch: false,
        };
        let number = STORE.allocate(settings).unwrap();
        let series = SeriesId::new(number).unwrap();
        start(series);
        end(series, Outcome::Ok, start_of_call, &(), &());
        ring::sweep();
        let reading = STORE.cell(number).unwrap().read(Detail::Everything).unwrap();
        assert_eq!((reading.window.outcomes.ok, reading.in_flight()), (1, 0));
        let rate = clock::Rate::current();
        rate.ticks(std::time::Duration::from_nanos(
            reading.window.latency.max().unwrap(),
        ))
    }

    /// As a thread may meet that comes to another processor. In a process of its own: it starts the collector.
    #[test]
    fn a_counter_that_goes_back_makes_no_negative_duration() {
        const OWN: &str = "RECORDS_IN_OWN_PROCESS";
        if std::env::var_os(OWN).is_none() {
            let name = "probe::recorder::tests::a_counter_that_goes_back_makes_no_negative_duration";
            let mut own = Command::new(std::env::current_exe().unwrap());
            assert!(
                own.args([name, "--exact"])
                    .env(OWN, "1")
                    .status()
                    .unwrap()
                    .success()
            );
            return;
        }
        // So many ticks are seconds, more than an end has bits for.
        let (now, long) = (clock::ticks(), 1 << 33);
        assert!(recorded(now - long) > long / 2);
        assert_eq!(recorded(clock::ticks() + long), 0);
        assert_eq!(recorded(clock::ticks() + (1 << 20)), 0);
    }

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
            let key = Record::end_key(Record::start_key(1), Outcome::Ok, kept + 1);
            group.push(Record::long_end(key, 0));
        }
    }
}
