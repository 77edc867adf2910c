use super::slots::{Recent, Slots};
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
pub(crate) struct HistoryReading {
    /// Whether every call that ended is there.
    pub(crate) complete: bool,
    pub(crate) calls: Vec<CallReading>,
}

/// One call of the history.
pub(crate) struct CallReading {
    pub(crate) start: u64,
    pub(crate) outcome: Outcome,
    ticks: u64,
    values: Vec<(Field, u64)>,
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
        if self.ends.reserved() + calls as u64 <= self.ends.kept() as u64 {
            calls
        } else {
            // No more than there is room for: the last is written first and must stay.
            calls.min(LAST_OF_FOLD).min(self.ends.kept())
        }
    }

    /// Takes the places of the next `n` calls and gives the ticket of the first.
    pub(super) fn reserve(&self, n: usize) -> u64 {
        self.ends.reserve(n)
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
        let calls: Vec<_> = self
            .ends
            .read()
            .filter_map(|(ticket, words)| self.call(ticket, Record(words)))
            .collect();
        HistoryReading {
            complete: calls.len() as u64 == ended,
            calls,
        }
    }

    fn call(&self, ticket: u64, end: Record) -> Option<CallReading> {
        let outcome = end.outcome()?;
        let value = |at| Record(self.values.get()?.read(self.value_slot(ticket, at), ticket)?).field();
        let values: Vec<_> = (0..end.values()).map(value).collect::<Option<_>>()?;
        let long = values.iter().find(|(field, _)| *field == Field::LongDuration);
        Some(CallReading {
            start: end.start_ticks(),
            outcome,
            ticks: long.map_or(end.ticks(), |&(_, ticks)| ticks),
            values,
        })
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

impl CallReading {
    /// The numbers that users see, in the units they gave.
    pub(crate) fn into_numbers(self) -> Vec<(Field, f64)> {
        let number = |(field, bits): (Field, u64)| match field.kind() {
            FieldKind::Count => (field, bits as f64),
            FieldKind::Real => (field, f64::from_bits(bits)),
        };
        // The same memory: the numbers are as large as their bits.
        let public = self.values.into_iter().filter(|(field, _)| field.is_public());
        public.map(number).collect()
    }

    /// How long it took, in nanoseconds.
    pub(crate) fn nanoseconds(&self, rate: clock::Rate) -> u64 {
        rate.nanoseconds(self.ticks)
    }
}
