//! The calls of a history, column by column.

use aimlm_vocabulary::{Number, Outcome};

use super::CallRecord;
use crate::column::{Column, Slice};

/// Calls, one after the other. A call with one number takes 14 bytes, unless it began more than 2 s
/// after its neighbour, took more than 4 s, or its number needs more than an `f32`.
#[derive(Clone, Default)]
pub struct Calls {
    /// From each start to the next, in nanoseconds. The first is 0.
    steps: Column<i32>,
    first_start: i64,
    last_start: i64,
    /// In nanoseconds.
    durations: Column<u32>,
    ends: Vec<End>,
    /// What all calls carried, call by call.
    fields: Vec<Number>,
    numbers: Column<f32>,
}

/// How a call ended, and how many numbers it carried.
#[derive(Clone, Copy)]
pub struct End(u8);

/// Most numbers that one call carries here; a recorded one carries no more than 15.
pub(crate) const MOST_NUMBERS: usize = (u8::MAX >> 2) as usize;

impl End {
    /// Of at most 63 numbers.
    #[inline]
    pub const fn new(outcome: Outcome, numbers: usize) -> Self {
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

impl Calls {
    /// Of starts, durations and ends in the same order, and the numbers of all calls, one call after the other.
    pub fn new(
        starts: &[i64],
        durations: impl ExactSizeIterator<Item = u64> + Clone,
        ends: impl Iterator<Item = End>,
        numbers: &[(Number, f64)],
    ) -> Self {
        let first_start = starts.first().copied().unwrap_or_default();
        Self {
            steps: Column::of(
                (0..starts.len()).map(|at| starts[at].wrapping_sub(starts[at.saturating_sub(1)])),
            ),
            first_start,
            last_start: starts.last().copied().unwrap_or_default(),
            durations: Column::of(durations),
            ends: ends.collect(),
            fields: numbers.iter().map(|&(field, _)| field).collect(),
            numbers: Column::of(numbers.iter().map(|&(_, number)| number)),
        }
    }

    pub(crate) fn with_capacity(calls: usize, numbers: usize) -> Self {
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
    pub(crate) fn push(
        &mut self,
        start_ns: i64,
        duration_ns: u64,
        outcome: Outcome,
        numbers: impl Iterator<Item = (Number, f64)>,
    ) {
        if self.ends.is_empty() {
            (self.first_start, self.last_start) = (start_ns, start_ns);
        }
        self.steps.push(start_ns.wrapping_sub(self.last_start));
        self.last_start = start_ns;
        self.durations.push(duration_ns);
        let before = self.fields.len();
        for (field, number) in numbers.take(MOST_NUMBERS) {
            self.fields.push(field);
            self.numbers.push(number);
        }
        self.ends.push(End::new(outcome, self.fields.len() - before));
    }

    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(crate) fn numbers(&self) -> usize {
        self.fields.len()
    }

    /// The durations of the calls that succeeded, in nanoseconds.
    pub(crate) fn succeeded_ns(&self) -> impl Iterator<Item = u64> {
        let durations = self.durations.slice();
        let succeeded = self
            .ends
            .iter()
            .enumerate()
            .filter(|(_, end)| end.outcome() == Outcome::Ok);
        succeeded.filter_map(move |(at, _)| durations.get(at))
    }

    pub(crate) fn iter(&self) -> CallRecords<'_> {
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
    before: i64,
    last: i64,
    fields: &'a [Number],
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
        self.before = self.before.wrapping_add(self.steps.get(self.from)?);
        let call = CallRecord {
            start_ns: self.before,
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
            start_ns: self.last,
            duration_ns: self.durations.get(at)?,
            outcome: end.outcome(),
            fields,
            numbers,
        };
        self.last = self.last.wrapping_sub(self.steps.get(at)?);
        self.ends = &self.ends[..at];
        Some(call)
    }
}

impl ExactSizeIterator for CallRecords<'_> {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::History;

    type Call = (i64, u64, Outcome, Vec<(Number, f64)>);

    const OUTCOMES: [Outcome; 4] = [Outcome::Ok, Outcome::Error, Outcome::Panicked, Outcome::Cancelled];

    /// Calls close together and far apart, short and long, with numbers of any size.
    fn calls() -> impl Strategy<Value = Vec<Call>> {
        let start = prop_oneof![
            1_795_000_000_000_000_000..1_795_000_100_000_000_000_i64,
            any::<i64>()
        ];
        let duration = prop_oneof![0..4_000_000_000_u64, any::<u64>()];
        let number = prop_oneof![(0..100_u32).prop_map(f64::from), prop::num::f64::NORMAL];
        let value = (prop::sample::select(Number::ALL), number);
        let values = prop::collection::vec(value, 0..4);
        prop::collection::vec(
            (start, duration, prop::sample::select(&OUTCOMES[..]), values),
            0..20,
        )
    }

    fn history(calls: &[Call]) -> History {
        let mut history = History::default();
        for (start, ns, outcome, values) in calls {
            history.push(*start, *ns, *outcome, values);
        }
        history
    }

    fn read<'a>(records: impl Iterator<Item = CallRecord<'a>>) -> Vec<Call> {
        records
            .map(|call| {
                (
                    call.start_ns,
                    call.duration_ns,
                    call.outcome,
                    call.values().collect(),
                )
            })
            .collect()
    }

    proptest! {
        #[test]
        fn every_call_comes_back_from_either_end(calls in calls(), from_the_front in 0_usize..20) {
            let history = history(&calls);
            prop_assert_eq!(history.len(), calls.len());
            prop_assert_eq!(&read(history.calls()), &calls);
            let mut rest = history.calls();
            let mut all = read(rest.by_ref().take(from_the_front));
            prop_assert_eq!(rest.len(), calls.len() - all.len());
            let mut back = read(rest.rev());
            back.reverse();
            all.append(&mut back);
            prop_assert_eq!(&all, &calls);
            let succeeded: Vec<u64> = history.succeeded().map(|call| call.duration_ns).collect();
            prop_assert_eq!(history.succeeded_ns().collect::<Vec<_>>(), succeeded);
        }

        #[test]
        fn columns_built_at_once_are_those_built_call_by_call(calls in calls()) {
            let starts: Vec<i64> = calls.iter().map(|call| call.0).collect();
            let durations = calls.iter().map(|call| call.1);
            let ends = calls.iter().map(|call| End::new(call.2, call.3.len()));
            let numbers: Vec<_> = calls.iter().flat_map(|call| call.3.iter().copied()).collect();
            let columns = Calls::new(&starts, durations, ends, &numbers);
            prop_assert_eq!(&read(columns.iter()), &calls);
            prop_assert_eq!(History::new(false, false, columns), history(&calls));
        }

        #[test]
        fn merging_keeps_every_call_in_order(ours in calls(), theirs in calls()) {
            let mut merged = history(&ours);
            merged.merge(&history(&theirs));
            let mut all = [ours, theirs].concat();
            all.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.cmp(&b.1)));
            prop_assert_eq!(read(merged.calls()), all);
        }

        #[test]
        fn the_written_form_reads_back(calls in calls()) {
            let ours = history(&calls);
            let text = serde_json::to_string(&ours).unwrap();
            prop_assert_eq!(serde_json::from_str::<History>(&text).unwrap(), ours);
        }
    }

    #[test]
    fn the_written_form_is_a_list_of_calls() {
        let calls = [
            (1_500, 7, Outcome::Ok, vec![]),
            (
                2_500,
                5_000_000_000,
                Outcome::Error,
                vec![(Number::Loss, f64::NAN), (Number::Epoch, 3.0)],
            ),
        ];
        let text = r#"{"complete":false,"calls":[{"start_ns":1500,"duration_ns":7,"outcome":"ok"},{"start_ns":2500,"duration_ns":5000000000,"outcome":"error","values":[["loss",null],["epoch",3.0]]}]}"#;
        assert_eq!(serde_json::to_string(&history(&calls)).unwrap(), text);
    }

    #[test]
    fn more_numbers_than_a_call_can_carry_are_refused() {
        let text = |n| {
            let values = vec![r#"["loss",1.5]"#; n].join(",");
            format!(
                r#"{{"complete":true,"calls":[{{"start_ns":1,"duration_ns":1,"outcome":"ok","values":[{values}]}}]}}"#
            )
        };
        let whole: History = serde_json::from_str(&text(MOST_NUMBERS)).unwrap();
        assert_eq!(whole.calls().next().unwrap().values().len(), MOST_NUMBERS);
        let error = serde_json::from_str::<History>(&text(MOST_NUMBERS + 1)).unwrap_err();
        assert!(error.to_string().contains("carries 64 values"), "{error}");
    }
}
