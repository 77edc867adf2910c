use std::ops::{Range, RangeInclusive};
use std::time::Duration;

use super::meter::Meter;
use super::slots::{CALL_PAGES_READY, Recent, Slot, Slots};
use crate::clock;
use crate::event::{MAX_VALUES, Number, Outcome, Payload, Record};
use crate::reserve::Reserve;
use crate::sync::{AtomicU64, OnceBox, Ordering};

/// The last calls of a series, one by one.
pub(crate) struct CallHistory {
    ends: Recent,
    /// Room for every value that the calls can carry. The first values of all calls come first, then all
    /// second values, and so on, so that values nobody records take no page.
    values: OnceBox<Slots>,
    meter: Meter,
    /// The places in which it rests: the ticket of the first, and in the low bits how many.
    rests_in: AtomicU64,
    /// In ticks.
    rests_until: AtomicU64,
    /// How long it rests, in ticks: four thousand times a second is often enough to move on. More would walk through
    /// more memory than recording does, and forget what was a moment ago.
    rest: u64,
    /// Before the call with this ticket calls were left out, and after it none.
    thinned: AtomicU64,
}

/// Of how many calls a history takes the table that leads to their values from what was made before: where it is too large
/// for series without values, and the same for most programs. Others have it from the beginning: it is small, or a
/// twelfth of what the calls take.
const IS_FROM_RESERVE: RangeInclusive<usize> = 129..=MOST_FROM_RESERVE;
const MOST_FROM_RESERVE: usize = 1024;
const VALUES_OF_MOST: usize = MOST_FROM_RESERVE * MAX_VALUES;

pub(crate) static VALUES_READY: Reserve<Box<Slots>> = Reserve::new(
    16,
    size_of::<Slots>() + Slots::<2>::bytes_of_none(VALUES_OF_MOST),
    || Box::new(Slots::new(VALUES_OF_MOST, &CALL_PAGES_READY)),
);

/// Where calls come faster than the [`Meter`] allows, keeping them all would cost more than recording them, and the
/// history would cover a few microseconds.
const LAST_OF_FOLD: usize = 8;
/// Of the places of those calls it rests in the last: two threads that fold the same series hand their lines to each
/// other. A history that holds no more than [`LAST_OF_FOLD`] rests in all of them, and holds the last calls always.
const RESTS_IN: usize = 4;
const REST_BITS: u32 = LAST_OF_FOLD.ilog2() + 1;

/// The last calls, oldest first.
#[derive(Default)]
pub(crate) struct HistoryReading {
    /// Whether every call that ended is there.
    pub(crate) complete: bool,
    /// Whether calls were left out between those that are there.
    pub(crate) thinned: bool,
    pub(crate) calls: Vec<CallReading>,
    /// The numbers that users see, in the units they gave, call by call.
    pub(crate) numbers: Vec<(Number, f64)>,
}

/// One call of the history.
#[derive(Clone, Copy)]
pub(crate) struct CallReading {
    /// When it started, or, if its duration was said, when it ended.
    at: u64,
    took: Took,
    pub(crate) outcome: Outcome,
    /// How many numbers users see.
    pub(crate) numbers: u8,
}

/// How long a call took.
#[derive(Clone, Copy)]
enum Took {
    Ticks(u64),
    /// As it was said.
    Nanoseconds(u64),
}

impl CallHistory {
    pub(crate) fn new(calls: usize) -> Self {
        let ends = Recent::new(calls, &CALL_PAGES_READY);
        let values = OnceBox::new();
        if !IS_FROM_RESERVE.contains(&ends.slots()) {
            let _ = values.set(Box::new(Slots::new(ends.slots() * MAX_VALUES, &CALL_PAGES_READY)));
        }
        Self {
            values,
            ends,
            meter: Meter::new(calls),
            rests_in: AtomicU64::new(0),
            rests_until: AtomicU64::new(0),
            rest: clock::Rate::current().ticks(Duration::from_secs(1)) >> 12,
            thinned: AtomicU64::new(0),
        }
    }

    /// Takes the places of the last of `calls` calls that one fold brings, and gives their tickets: as many as there is
    /// room for, or where calls come too fast, the last few. Of these a fold of `many` records takes the places of those
    /// of the fold before, for a while.
    pub(crate) fn places(&self, calls: usize, many: bool) -> Range<u64> {
        let reserved = |first, n| first..first + n as u64;
        if self.has_room(calls) {
            return reserved(self.reserve(calls), calls);
        }
        let now = clock::ticks();
        if !self.meter.overflows(calls, now) {
            let kept = calls.min(self.ends.kept());
            return reserved(self.reserve(kept), kept);
        }
        // No more than there is room for: the last is written first and must stay.
        let kept = calls.min(LAST_OF_FOLD).min(self.ends.kept());
        let tickets = if !many {
            reserved(self.reserve(kept), kept)
        } else if self.rests(now)
            && let Some(tickets) = self.again(kept)
        {
            tickets
        } else {
            // Relaxed: as in `rests`.
            self.rests_until
                .store(now.saturating_add(self.rest), Ordering::Relaxed);
            reserved(self.rest_in(kept), kept)
        };
        // Relaxed: what two folds at once leave is right of one of them.
        self.thinned.store(tickets.start, Ordering::Relaxed);
        tickets
    }

    fn rests(&self, now: u64) -> bool {
        // Relaxed: a hint; two folds at once move on once more.
        let until = self.rests_until.load(Ordering::Relaxed);
        // Not for ever, where a counter began anew.
        now < until && until - now <= self.rest
    }

    /// Whether it still holds every call after so many more.
    #[inline]
    fn has_room(&self, calls: usize) -> bool {
        self.ends.reserved() + calls as u64 <= self.ends.kept() as u64
    }

    /// Takes the places of the next `n` calls and gives the ticket of the first.
    pub(crate) fn reserve(&self, n: usize) -> u64 {
        self.ends.reserve(n)
    }

    /// As [`reserve`](Self::reserve), of the places in which it rests from now on: the last of them.
    fn rest_in(&self, n: usize) -> u64 {
        let first = self.ends.reserve(n);
        // Relaxed: a hint; any value that was ever stored names places of full folds.
        let most = if self.ends.kept() > LAST_OF_FOLD {
            RESTS_IN
        } else {
            LAST_OF_FOLD
        };
        let held = n.min(most) as u64;
        let rests_in = (first + n as u64 - held) << REST_BITS | held;
        self.rests_in.store(rests_in, Ordering::Relaxed);
        first
    }

    /// Gives the tickets of `n` calls or fewer in whose places to write others; none if calls of another kind of fold
    /// came after them, which stay. Of two threads that do so at once one leaves its own, or neither.
    fn again(&self, n: usize) -> Option<Range<u64>> {
        // Relaxed: as in `rest_in`.
        let rests_in = self.rests_in.load(Ordering::Relaxed);
        let (first, held) = (rests_in >> REST_BITS, rests_in & ((1 << REST_BITS) - 1));
        let end = first + held;
        (held > 0 && self.ends.reserved() == end).then(|| end - held.min(n as u64)..end)
    }

    /// Writes one call, with the value records before its end.
    #[inline(always)]
    pub(crate) fn write(&self, ticket: u64, end: Record, values: &[Record]) {
        self.write_end(ticket, end);
        if !values.is_empty() {
            self.write_values(ticket, end, values);
        }
    }

    #[inline(always)]
    fn write_end(&self, ticket: u64, end: Record) {
        self.ends.write(ticket, end.0);
    }

    #[inline]
    fn write_values(&self, ticket: u64, end: Record, values: &[Record]) {
        let room = self.values.get_or_init(|| VALUES_READY.take());
        let own = ticket_of_values(ticket, end);
        for (nth, value) in values.iter().enumerate() {
            room.write(self.value_slot(ticket, nth), own, value.0);
        }
    }

    const fn value_slot(&self, ticket: u64, at: usize) -> usize {
        at * self.ends.slots() + self.ends.slot(ticket)
    }

    /// Reads the calls that are there; `ended` is how many there should have been in all.
    pub(crate) fn read(&self, ended: u64) -> HistoryReading {
        let mut tickets = self.ends.tickets();
        let from_the_first = tickets.start == 0;
        let held = tickets.clone().count();
        let mut reading = HistoryReading {
            complete: false,
            // Relaxed: as in `places`.
            thinned: tickets.start < self.thinned.load(Ordering::Relaxed),
            calls: Vec::with_capacity(held),
            numbers: Vec::with_capacity(self.values.get().map_or(0, |_| held)),
        };
        while !tickets.is_empty() {
            let read = self.read_page(&tickets, &mut reading);
            tickets.start += read;
        }
        reading.complete = from_the_first && reading.calls.len() as u64 == ended;
        reading
    }

    /// Reads the first of these calls, as far as they lie in one page, and gives how many these were.
    fn read_page(&self, tickets: &Range<u64>, into: &mut HistoryReading) -> u64 {
        let ends = self.ends.page_of(tickets);
        if ends.is_empty() {
            // No page: nothing was written there yet.
            return 1;
        }
        let first = self.values.get();
        let first = first.map_or(&[][..], |room| room.page_from(self.value_slot(tickets.start, 0)));
        for (at, (ticket, end)) in tickets.clone().zip(ends).enumerate() {
            let before = into.numbers.len();
            let end = end.read(ticket).map(Record);
            match end.and_then(|end| self.read_call(ticket, end, first.get(at), &mut into.numbers)) {
                Some(call) => into.calls.push(call),
                None => into.numbers.truncate(before),
            }
        }
        ends.len() as u64
    }

    /// Reads one call, if it is there whole; `first` is where its first value is.
    #[inline(always)]
    fn read_call(
        &self,
        ticket: u64,
        end: Record,
        first: Option<&Slot>,
        numbers: &mut Vec<(Number, f64)>,
    ) -> Option<CallReading> {
        let mut call = CallReading {
            at: end.start_ticks(),
            took: Took::Ticks(end.ticks()),
            outcome: end.outcome()?,
            numbers: 0,
        };
        let own = ticket_of_values(ticket, end);
        for nth in 0..end.values() {
            let words = match nth {
                0 => first?.read(own)?,
                _ => self.values.get()?.read(self.value_slot(ticket, nth), own)?,
            };
            let (what, bits) = Record(words).payload()?;
            match (what.as_number(), what) {
                (Some(field), _) => {
                    numbers.push((field, number(field, bits)));
                    call.numbers += 1;
                }
                (_, Payload::TICKS) => call.took = Took::Ticks(bits),
                (_, Payload::NANOSECONDS) => call.took = Took::Nanoseconds(bits),
                _ => {}
            }
        }
        Some(call)
    }

    pub(crate) fn bytes(&self) -> usize {
        size_of::<Self>()
            + self.ends.bytes()
            + self
                .values
                .get()
                .map_or(0, |values| size_of::<Slots>() + values.bytes())
    }
}

/// What vouches for the values of a call: its place, and its end. While the history rests several calls have one
/// place in turn, and none may be read with another's values.
#[inline(always)]
const fn ticket_of_values(ticket: u64, end: Record) -> u64 {
    ticket.wrapping_add(end.0[0].rotate_left(32) ^ end.0[1])
}

#[inline]
fn number(field: Number, bits: u64) -> f64 {
    match field.kind().is_whole() {
        true => bits as f64,
        false => f64::from_bits(bits),
    }
}

impl HistoryReading {
    /// Of a series that keeps no history and in which so many calls ended.
    pub(crate) fn none(ended: u64) -> Self {
        Self {
            complete: ended == 0,
            ..Self::default()
        }
    }
}

impl CallReading {
    /// How long it took, in nanoseconds.
    #[inline]
    pub(crate) fn nanoseconds(&self, rate: clock::Rate) -> u64 {
        match self.took {
            Took::Ticks(ticks) => rate.nanoseconds(ticks),
            Took::Nanoseconds(nanoseconds) => nanoseconds,
        }
    }

    /// When it started, in nanoseconds since the Unix epoch.
    #[inline]
    pub(crate) fn start(&self, wall: &clock::WallClock) -> i64 {
        let at = wall.nanoseconds(self.at as clock::Moment);
        match self.took {
            Took::Ticks(_) => at,
            Took::Nanoseconds(nanoseconds) => at.saturating_sub_unsigned(nanoseconds),
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    fn end(outcome: Outcome, start: u64) -> Record {
        Record::ended(1, outcome, start, 7, 1)
    }

    /// Two threads that write the same places: between the end of one and its number the other writes both.
    #[test]
    fn numbers_of_another_call_are_no_calls() {
        let history = CallHistory::new(1);
        let number = |bits| Record::value(Number::BatchSize.into(), bits);
        let ticket = history.rest_in(1);
        let first = end(Outcome::Ok, 100);
        history.write_end(ticket, first);
        history.write(
            history.again(1).unwrap().start,
            end(Outcome::Error, 200),
            &[number(2)],
        );
        history.write_values(ticket, first, &[number(1)]);
        let reading = history.read(2);
        assert!(
            reading.numbers.is_empty(),
            "{:?} carries {:?}",
            reading.calls[0].outcome,
            reading.numbers
        );
        history.write(
            history.again(1).unwrap().start,
            end(Outcome::Ok, 300),
            &[number(3)],
        );
        assert_eq!(history.read(3).numbers, [(Number::BatchSize, 3.0)]);
    }

    #[test]
    fn a_rest_leaves_calls_that_came_after_it() {
        let history = CallHistory::new(4);
        assert_eq!(history.again(1), None);
        assert_eq!(history.rest_in(2), 0);
        assert_eq!(history.again(1), Some(1..2));
        assert_eq!(history.again(3), Some(0..2));
        assert_eq!(history.reserve(1), 2);
        assert_eq!(history.again(1), None);
    }

    /// One call is counted, it is no longer there, and one that is not counted yet is.
    #[test]
    fn a_history_without_its_first_call_is_not_complete() {
        let history = CallHistory::new(1);
        for _ in 0..2 {
            let ticket = history.reserve(1);
            history.write(ticket, Record::ended(1, Outcome::Ok, ticket + 1, 7, 0), &[]);
        }
        assert!(!history.read(1).complete);
    }
}
