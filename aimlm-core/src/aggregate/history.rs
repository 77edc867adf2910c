use std::ops::Range;

use super::slots::{Recent, Slot, Slots};
use crate::clock;
use crate::event::{Field, FieldKind, MAX_VALUES, Outcome, Record};
use crate::sync::OnceBox;

/// The last calls of a series, one by one.
pub(super) struct History {
    ends: Recent,
    /// Room for every value that the calls can carry. The first values of all calls come first, then all
    /// second values, and so on, so that values nobody records take no page.
    values: OnceBox<Slots>,
}

/// Where calls come so fast that one fold brings hundreds, keeping them all would cost more than recording
/// them, and the history would cover a few microseconds.
const LAST_OF_FOLD: usize = 16;

/// The last calls, oldest first.
#[derive(Default)]
pub(crate) struct HistoryReading {
    /// Whether every call that ended is there.
    pub(crate) complete: bool,
    pub(crate) calls: Vec<CallReading>,
    /// The numbers that users see, in the units they gave, call by call.
    pub(crate) numbers: Vec<(Field, f64)>,
}

/// One call of the history.
#[derive(Clone, Copy)]
pub(crate) struct CallReading {
    pub(crate) start: u64,
    ticks: u64,
    pub(crate) outcome: Outcome,
    /// How many numbers users see.
    pub(crate) numbers: u8,
}

impl History {
    pub(super) fn new(calls: usize) -> Self {
        Self {
            ends: Recent::new(calls),
            values: OnceBox::new(),
        }
    }

    /// How many of the calls of one fold to keep, the last of them: all while every call is kept, and after
    /// that no more than [`LAST_OF_FOLD`].
    #[inline]
    pub(super) fn keep(&self, calls: usize) -> usize {
        if self.has_room(calls) {
            calls
        } else {
            // No more than there is room for: the last is written first and must stay.
            calls.min(LAST_OF_FOLD).min(self.ends.kept())
        }
    }

    /// Whether it still holds every call after so many more.
    #[inline]
    pub(super) fn has_room(&self, calls: usize) -> bool {
        self.ends.reserved() + calls as u64 <= self.ends.kept() as u64
    }

    /// Takes the places of the next `n` calls and gives the ticket of the first.
    pub(super) fn reserve(&self, n: usize) -> u64 {
        self.ends.reserve(n)
    }

    /// Gives the ticket of the first of the last `n` calls, to write others in their places. Of two threads that do so
    /// at once one leaves its own, or neither.
    pub(super) fn again(&self, n: usize) -> u64 {
        match self.ends.reserved().checked_sub(n as u64) {
            Some(first) => first,
            None => self.reserve(n),
        }
    }

    /// Writes one call; `value` gives the value records before its end.
    #[inline(always)]
    pub(super) fn write(&self, ticket: u64, end: Record, value: impl Fn(usize) -> Record) {
        self.ends.write(ticket, end.0);
        if end.values() > 0 {
            let room = self
                .values
                .get_or_init(|| Box::new(Slots::new(self.ends.slots() * MAX_VALUES)));
            for nth in 0..end.values() {
                room.write(self.value_slot(ticket, nth), ticket, value(nth).0);
            }
        }
    }

    const fn value_slot(&self, ticket: u64, at: usize) -> usize {
        at * self.ends.slots() + self.ends.slot(ticket)
    }

    /// Reads the calls that are there; `ended` is how many there should have been in all.
    pub(super) fn read(&self, ended: u64) -> HistoryReading {
        let mut tickets = self.ends.tickets();
        let held = tickets.clone().count();
        let mut reading = HistoryReading {
            complete: false,
            calls: Vec::with_capacity(held),
            numbers: Vec::with_capacity(self.values.get().map_or(0, |_| held)),
        };
        while !tickets.is_empty() {
            let read = self.read_page(&tickets, &mut reading);
            tickets.start += read;
        }
        reading.complete = reading.calls.len() as u64 == ended;
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
        numbers: &mut Vec<(Field, f64)>,
    ) -> Option<CallReading> {
        let mut call = CallReading {
            start: end.start_ticks(),
            ticks: end.ticks(),
            outcome: end.outcome()?,
            numbers: 0,
        };
        for nth in 0..end.values() {
            let words = match nth {
                0 => first?.read(ticket)?,
                _ => self.values.get()?.read(self.value_slot(ticket, nth), ticket)?,
            };
            let (field, bits) = Record(words).field()?;
            if field == Field::LongDuration {
                call.ticks = bits;
            } else if field.is_public() {
                numbers.push((field, number(field, bits)));
                call.numbers += 1;
            }
        }
        Some(call)
    }

    pub(super) fn bytes(&self) -> usize {
        size_of::<Self>()
            + self.ends.bytes()
            + self
                .values
                .get()
                .map_or(0, |values| size_of::<Slots>() + values.bytes())
    }
}

#[inline]
fn number(field: Field, bits: u64) -> f64 {
    match field.kind() {
        FieldKind::Count => bits as f64,
        FieldKind::Real => f64::from_bits(bits),
    }
}

impl HistoryReading {
    /// Of a series that keeps no history and in which so many calls ended.
    pub(super) fn none(ended: u64) -> Self {
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
        rate.nanoseconds(self.ticks)
    }
}
