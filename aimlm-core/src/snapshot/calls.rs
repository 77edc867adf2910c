//! The calls of a history, column by column.

use super::CallRecord;
use crate::aggregate::{Column, Slice};
use crate::event::{Field, Outcome};

/// Calls, one after the other. A call with one number takes 14 bytes, unless it began or took minutes longer
/// than a neighbour or its number needs more than an `f32`.
#[derive(Clone, Default)]
pub(super) struct Calls {
    /// From each start to the next, in steps of an `f64`, so that every start comes back to the bit. The
    /// first is 0.
    steps: Column<i32>,
    first_start: f64,
    last_start: f64,
    /// In nanoseconds.
    durations: Column<u32>,
    ends: Vec<End>,
    /// What all calls carried, call by call.
    fields: Vec<Field>,
    numbers: Column<f32>,
}

/// How a call ended, and how many numbers it carried.
#[derive(Clone, Copy)]
pub(super) struct End(u8);

/// Most numbers that one call carries here; a recorded one carries no more than 15.
pub(super) const MOST_NUMBERS: usize = (u8::MAX >> 2) as usize;

impl End {
    /// Of at most [`MOST_NUMBERS`].
    #[inline]
    pub(super) const fn new(outcome: Outcome, numbers: usize) -> Self {
        Self((numbers as u8) << 2 | outcome as u8)
    }

    #[inline]
    const fn numbers(self) -> usize {
        (self.0 >> 2) as usize
    }

    #[inline]
    const fn outcome(self) -> Outcome {
        match self.0 & 3 {
            0 => Outcome::Ok,
            1 => Outcome::Error,
            2 => Outcome::Panicked,
            _ => Outcome::Cancelled,
        }
    }
}

/// How far the bits of one number are from those of another.
#[inline]
const fn step(from: f64, to: f64) -> i64 {
    to.to_bits().wrapping_sub(from.to_bits()) as i64
}

#[inline]
const fn stepped(from: f64, step: i64) -> f64 {
    f64::from_bits(from.to_bits().wrapping_add(step as u64))
}

impl Calls {
    /// Of starts, durations and ends in the same order, and the numbers of all calls, one call after the other.
    pub(super) fn new(
        starts: &[f64],
        durations: impl ExactSizeIterator<Item = u64> + Clone,
        ends: impl Iterator<Item = End>,
        numbers: &[(Field, f64)],
    ) -> Self {
        let first_start = starts.first().copied().unwrap_or_default();
        Self {
            steps: Column::of((0..starts.len()).map(|at| step(starts[at.saturating_sub(1)], starts[at]))),
            first_start,
            last_start: starts.last().copied().unwrap_or_default(),
            durations: Column::of(durations),
            ends: ends.collect(),
            fields: numbers.iter().map(|&(field, _)| field).collect(),
            numbers: Column::of(numbers.iter().map(|&(_, number)| number)),
        }
    }

    pub(super) fn with_capacity(calls: usize, numbers: usize) -> Self {
        Self {
            steps: Column::with_capacity(calls),
            durations: Column::with_capacity(calls),
            ends: Vec::with_capacity(calls),
            fields: Vec::with_capacity(numbers),
            numbers: Column::with_capacity(numbers),
            ..Self::default()
        }
    }

    /// Adds a call; of more than [`MOST_NUMBERS`] numbers the first.
    #[inline]
    pub(super) fn push(
        &mut self,
        start: f64,
        duration_ns: u64,
        outcome: Outcome,
        numbers: impl Iterator<Item = (Field, f64)>,
    ) {
        if self.ends.is_empty() {
            (self.first_start, self.last_start) = (start, start);
        }
        self.steps.push(step(self.last_start, start));
        self.last_start = start;
        self.durations.push(duration_ns);
        let before = self.fields.len();
        for (field, number) in numbers.take(MOST_NUMBERS) {
            self.fields.push(field);
            self.numbers.push(number);
        }
        self.ends.push(End::new(outcome, self.fields.len() - before));
    }

    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(super) fn numbers(&self) -> usize {
        self.fields.len()
    }

    /// The durations of the calls that succeeded, in nanoseconds.
    pub(super) fn succeeded_ns(&self) -> impl Iterator<Item = u64> {
        let durations = self.durations.slice();
        let succeeded = self
            .ends
            .iter()
            .enumerate()
            .filter(|(_, end)| end.outcome() == Outcome::Ok);
        succeeded.filter_map(move |(at, _)| durations.get(at))
    }

    pub(super) fn iter(&self) -> CallRecords<'_> {
        CallRecords {
            steps: self.steps.slice(),
            durations: self.durations.slice(),
            ends: &self.ends,
            from: 0,
            before: self.first_start,
            last: self.last_start,
            fields: &self.fields,
            numbers: self.numbers.slice(),
        }
    }
}

/// The calls of a [`History`](super::History), oldest first.
#[derive(Clone)]
pub struct CallRecords<'a> {
    steps: Slice<'a, i32>,
    durations: Slice<'a, u32>,
    /// Of the calls up to the last one to come.
    ends: &'a [End],
    /// The number of the next call.
    from: usize,
    /// Start of the call before the next, and of the last one to come.
    before: f64,
    last: f64,
    fields: &'a [Field],
    numbers: Slice<'a, f32>,
}

impl<'a> Iterator for CallRecords<'a> {
    type Item = CallRecord<'a>;

    #[inline]
    fn next(&mut self) -> Option<CallRecord<'a>> {
        let end = *self.ends.get(self.from)?;
        let (fields, numbers);
        (fields, self.fields) = self.fields.split_at(end.numbers());
        (numbers, self.numbers) = self.numbers.split_at(end.numbers());
        self.before = stepped(self.before, self.steps.get(self.from)?);
        let call = CallRecord {
            start: self.before,
            duration_ns: self.durations.get(self.from)?,
            outcome: end.outcome(),
            fields,
            numbers,
        };
        self.from += 1;
        Some(call)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.ends.len() - self.from;
        (left, Some(left))
    }
}

impl DoubleEndedIterator for CallRecords<'_> {
    #[inline]
    fn next_back(&mut self) -> Option<Self::Item> {
        let at = self.ends.len().checked_sub(1).filter(|&at| at >= self.from)?;
        let end = self.ends[at];
        let cut = self.fields.len() - end.numbers();
        let (fields, numbers);
        (self.fields, fields) = self.fields.split_at(cut);
        (self.numbers, numbers) = self.numbers.split_at(cut);
        let call = CallRecord {
            start: self.last,
            duration_ns: self.durations.get(at)?,
            outcome: end.outcome(),
            fields,
            numbers,
        };
        self.last = stepped(self.last, self.steps.get(at)?.wrapping_neg());
        self.ends = &self.ends[..at];
        Some(call)
    }
}

impl ExactSizeIterator for CallRecords<'_> {}
