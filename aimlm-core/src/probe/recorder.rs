//! From a call to the calling thread's ring.

use super::Values;
use crate::buffer::{self, Ring, StoreSink};
use crate::clock;
use crate::collector;
use crate::event::{Field, MAX_VALUES, Outcome, Record};

/// Takes the records of a group, one after the other.
type Push<'a> = &'a mut dyn FnMut(Record);

/// Records a start, and gives its time in ticks.
#[inline(always)]
pub(super) fn start(series: u32) -> u64 {
    // The record first, the clock last: what recording takes is not part of the call's duration.
    match buffer::current() {
        Some(ring) if ring.push(1, |writer| writer.write(Record::start(series, 0))) => clock::ticks(),
        _ => start_slowly(series, 0),
    }
}

/// Records a start that was earlier, perhaps in the process that this one was forked from.
#[inline(always)]
pub(super) fn start_at(series: u32, start: u64) {
    match buffer::current() {
        Some(ring) if ring.push(1, |writer| writer.write(Record::start(series, start))) => {}
        _ => drop(start_slowly(series, start)),
    }
}

/// A thread's first call, a call of a thread that is ending, or a full ring that is being swept.
#[cold]
#[inline(never)]
fn start_slowly(series: u32, start: u64) -> u64 {
    write_slowly(1, &|push| push(Record::start(series, start)));
    clock::ticks()
}

/// Records an end.
#[inline(always)]
pub(super) fn end(series: u32, outcome: Outcome, start: u64, values: &impl Values, more: &impl Values) {
    // A clock that went back, as some machines' do across processors, makes no negative duration.
    let ticks = clock::ticks().saturating_sub(start);
    end_after(series, outcome, start, ticks, values, more);
}

/// Records an end after `ticks`.
#[inline(always)]
pub(super) fn end_after(
    series: u32,
    outcome: Outcome,
    start: u64,
    ticks: u64,
    values: &impl Values,
    more: &impl Values,
) {
    let most = values.len() + more.len();
    if most == 0
        && let Some(record) = Record::end(series, outcome, start, ticks, 0)
    {
        match buffer::current() {
            Some(ring) if ring.push(1, |writer| writer.write(record)) => {}
            _ => write_slowly(1, &|push| push(record)),
        }
        return;
    }
    write_group(most.min(MAX_VALUES) + 2, |push: Push<'_>| {
        let count = push_values(values, more, push);
        let end = Record::end(series, outcome, start, ticks, count).unwrap_or_else(|| {
            push(Record::value(Field::LongDuration, ticks));
            Record::end(series, outcome, start, 0, count + 1).unwrap_or(Record::sample(
                series,
                start,
                count + 1,
            ))
        });
        push(end);
    });
}

/// Records numbers that belong to no call.
pub(crate) fn sample(series: u32, values: &(impl Values + ?Sized)) {
    let at = clock::ticks();
    write_group(values.len().min(MAX_VALUES) + 1, |push| {
        let count = push_values(values, &(), push);
        push(Record::sample(series, at, count));
    });
}

/// One value is left free for a long duration.
#[inline(always)]
fn push_values(values: &(impl Values + ?Sized), more: &impl Values, push: Push<'_>) -> usize {
    let mut count = 0;
    let mut each = |field, bits| {
        if count < MAX_VALUES - 1 {
            push(Record::value(field, bits));
            count += 1;
        }
    };
    values.visit(&mut each);
    more.visit(&mut each);
    count
}

#[inline(always)]
fn write_group(room: usize, group: impl Fn(Push<'_>)) {
    match buffer::current() {
        Some(ring) if ring.push(room as u64, |writer| group(&mut |record| writer.write(record))) => {}
        _ => write_slowly(room, &group),
    }
}

#[cold]
#[inline(never)]
fn write_slowly(room: usize, group: &dyn Fn(Push<'_>)) {
    if let Some(ring) = ring_of_new_thread()
        && ring.push(room as u64, |writer| group(&mut |record| writer.write(record)))
    {
        return;
    }
    let mut records = Vec::with_capacity(room);
    group(&mut |record| records.push(record));
    buffer::add_directly(&records);
}

fn ring_of_new_thread() -> Option<&'static Ring<StoreSink>> {
    if buffer::current().is_some() {
        return None;
    }
    let ring = buffer::attach()?;
    collector::ensure_running();
    Some(ring)
}
