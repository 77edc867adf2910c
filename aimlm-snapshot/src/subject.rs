use std::collections::BTreeMap;

use aimlm_vocabulary::{Number, Stage};
use serde::{Deserialize, Serialize};

use crate::{BusyTime, SeriesSnapshot, unique};

/// When calls of any label set of one subject were in flight, where there is more than one: known better than from the
/// busy times of the label sets, each of which may have lost where its gaps were.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct SubjectBusy {
    /// The stage.
    pub stage: Stage,
    /// The model, data set, task or operation.
    pub subject: String,
    /// When at least one call was in flight, however it ended.
    pub busy: BusyTime,
    /// When at least one call was in flight that said how many items it had, and succeeded.
    pub rated: BusyTime,
    /// When at least one call was in flight that carried this amount, and succeeded.
    #[serde(deserialize_with = "unique::deserialize")]
    pub fields: BTreeMap<Number, BusyTime>,
}

impl Default for SubjectBusy {
    fn default() -> Self {
        let SeriesSnapshot { stage, subject, .. } = SeriesSnapshot::default();
        Self::new(stage, subject)
    }
}

impl SubjectBusy {
    /// Of a stage and a subject that was never busy.
    #[must_use]
    pub fn new(stage: Stage, subject: String) -> Self {
        Self {
            stage,
            subject,
            busy: BusyTime::default(),
            rated: BusyTime::default(),
            fields: BTreeMap::new(),
        }
    }

    /// What tells this subject from every other, in the order of [`Snapshot::subjects`](crate::Snapshot::subjects).
    #[must_use]
    pub fn key(&self) -> (Stage, &str) {
        (self.stage, &self.subject)
    }

    /// As far as series say it.
    pub(crate) fn of<'a>(mut series: impl Iterator<Item = &'a SeriesSnapshot>) -> Option<Self> {
        let mut own = Self::of_one(series.next()?);
        series.for_each(|series| own.merge(&Self::of_one(series)));
        Some(own)
    }

    fn of_one(series: &SeriesSnapshot) -> Self {
        let fields = series.fields.iter().filter(|(field, _)| field.is_amount());
        Self {
            stage: series.stage,
            subject: series.subject.clone(),
            busy: series.busy.clone(),
            rated: series
                .rate
                .as_ref()
                .map(|rate| rate.busy.clone())
                .unwrap_or_default(),
            fields: fields
                .map(|(&field, numbers)| (field, numbers.busy.clone()))
                .collect(),
        }
    }

    /// Adds that of other label sets, of another process or another window.
    pub fn merge(&mut self, other: &Self) {
        self.busy.merge(&other.busy);
        self.rated.merge(&other.rated);
        for (field, busy) in &other.fields {
            self.fields.entry(*field).or_default().merge(busy);
        }
    }

    /// How long, without where: see [`Detail::Counters`](crate::Detail::Counters).
    pub(crate) fn keep_counters(&mut self) {
        self.busy = self.busy.summary();
        self.rated = self.rated.summary();
        for busy in self.fields.values_mut() {
            *busy = busy.summary();
        }
    }

    /// Puts it in place of what was merged of the label sets.
    pub(crate) fn put_into(&self, merged: &mut SeriesSnapshot) {
        merged.busy.clone_from(&self.busy);
        if let Some(rate) = &mut merged.rate {
            rate.busy.clone_from(&self.rated);
        }
        for (field, busy) in &self.fields {
            if let Some(numbers) = merged.fields.get_mut(field) {
                numbers.busy.clone_from(busy);
            }
        }
    }
}
