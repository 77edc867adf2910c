use std::sync::Arc;

use aimlm_snapshot::SubjectBusy;

use super::{Clock, SeriesReading};
use crate::busy::{Amounts, BusySpans, BusyTotals};
use crate::cell::CellReading;
use crate::event::Number;
use crate::series::{Series, SeriesKey};

impl Clock {
    /// The busy times of subjects with more than one label set, and how many bytes hold them. Puts the readings in the
    /// order of subjects.
    pub(super) fn subjects(&self, readings: &mut [SeriesReading<'_>]) -> (Vec<SubjectBusy>, usize) {
        readings.sort_unstable_by(|(a, ..), (b, ..)| a.key.subject().cmp(&b.key.subject()));
        let label_sets = readings.chunk_by(|(a, ..), (b, ..)| a.key.subject() == b.key.subject());
        let bytes = label_sets.clone().map(shared_bytes).sum();
        (label_sets.filter_map(|sets| self.subject(sets)).collect(), bytes)
    }

    /// None of a subject with one label set.
    fn subject(&self, label_sets: &[SeriesReading<'_>]) -> Option<SubjectBusy> {
        let recorded = label_sets
            .iter()
            .filter(|(.., reading)| !reading.window.busy.all().is_empty());
        let (lead, totals) = lead_of(label_sets).filter(|_| recorded.clone().count() > 1)?;
        let mut whole = self.subject_busy(&lead.key, &totals.read());
        // What was made while windows were replaced may not have joined.
        let is_apart = |reading: &CellReading| {
            let shared = reading.window.shared.as_ref();
            !shared.is_some_and(|(shared, _)| Arc::ptr_eq(shared, totals))
        };
        for (series, _, reading) in recorded.filter(|(.., reading)| is_apart(reading)) {
            whole.merge(&self.subject_busy(&series.key, &reading.window.busy));
        }
        Some(whole)
    }

    fn subject_busy(&self, key: &SeriesKey, busy: &BusySpans) -> SubjectBusy {
        let amounts = Number::ALL.iter().filter(|field| field.is_amount());
        let amounts = amounts.map(|&field| (field, self.busy(busy.of(Amounts::of(field)))));
        let mut subject = SubjectBusy::new(key.stage, key.subject.to_string());
        subject.busy = self.busy(busy.all());
        subject.rated = self.busy(busy.of(Amounts::ITEMS));
        subject.fields = amounts.filter(|(_, busy)| !busy.spans().is_empty()).collect();
        subject
    }
}

/// The series that leads the busy time of all these label sets, and that.
fn lead_of<'a>(label_sets: &'a [SeriesReading<'_>]) -> Option<(&'a Series, &'a Arc<BusyTotals>)> {
    label_sets.iter().find_map(|(series, _, reading)| {
        let (totals, leads) = reading.window.shared.as_ref()?;
        leads.then_some((*series, totals))
    })
}

fn shared_bytes(label_sets: &[SeriesReading<'_>]) -> usize {
    lead_of(label_sets).map_or(0, |(_, totals)| {
        // With the line of the two counts before it.
        align_of_val(&**totals) + size_of_val(&**totals) + totals.bytes()
    })
}
