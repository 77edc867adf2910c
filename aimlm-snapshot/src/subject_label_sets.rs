//! Series, and the busy times of those subjects that have more than one label set.

use std::collections::BTreeMap;

use aimlm_vocabulary::{Label, Stage};

use crate::{SeriesSnapshot, Snapshot, SubjectBusy};

/// What a snapshot or one of its sources has, both in order.
#[derive(Clone, Copy)]
pub(crate) struct LabelSets<'a> {
    series: &'a [SeriesSnapshot],
    subjects: &'a [SubjectBusy],
}

/// What tells one subject from another.
type SubjectKey<'a> = (Stage, &'a str);

impl<'a> LabelSets<'a> {
    pub(crate) const fn new(series: &'a [SeriesSnapshot], subjects: &'a [SubjectBusy]) -> Self {
        Self { series, subjects }
    }

    pub(crate) const fn subjects(self) -> &'a [SubjectBusy] {
        self.subjects
    }

    /// The series with this key.
    pub(crate) fn series_of(
        self,
        key: (Stage, &str, &BTreeMap<Label, String>),
    ) -> Option<&'a SeriesSnapshot> {
        let at = self.series.binary_search_by(|series| series.key().cmp(&key));
        at.ok().map(|at| &self.series[at])
    }

    /// The label sets of a subject.
    pub(crate) fn of(self, key: SubjectKey<'a>) -> impl Iterator<Item = &'a SeriesSnapshot> {
        let own = move |series: &SeriesSnapshot| (series.stage, series.subject.as_str()).cmp(&key);
        let from = self.series.partition_point(|series| own(series).is_lt());
        self.series[from..]
            .iter()
            .take_while(move |series| own(series).is_eq())
    }

    /// The busy time that the label sets of a subject share.
    pub(crate) fn shared(self, key: SubjectKey<'_>) -> Option<&'a SubjectBusy> {
        let at = self.subjects.binary_search_by(|known| known.key().cmp(&key));
        at.ok().map(|at| &self.subjects[at])
    }

    /// The busy time of a subject, as far as its label sets say it where they do not share one.
    pub(crate) fn known(self, key: SubjectKey<'a>) -> Option<SubjectBusy> {
        let shared = self.shared(key).cloned();
        shared.or_else(|| SubjectBusy::of(self.of(key)))
    }

    /// Every subject, once.
    fn keys(self) -> Vec<SubjectKey<'a>> {
        let of_series = self
            .series
            .iter()
            .map(|series| (series.stage, series.subject.as_str()));
        let mut keys: Vec<_> = self
            .subjects
            .iter()
            .map(SubjectBusy::key)
            .chain(of_series)
            .collect();
        keys.sort_unstable();
        keys.dedup();
        keys
    }
}

/// Adds what label sets of another snapshot share, before its series are added to these.
pub(crate) fn add_subjects(ours: &mut Vec<SubjectBusy>, series: &[SeriesSnapshot], theirs: LabelSets<'_>) {
    for key in theirs.keys() {
        let at = ours.binary_search_by(|known| known.key().cmp(&key));
        if at.is_err() && theirs.shared(key).is_none() {
            continue;
        }
        let Some(more) = theirs.known(key) else { continue };
        match at {
            Ok(at) => ours[at].merge(&more),
            Err(at) => {
                let own = SubjectBusy::of(LabelSets::new(series, &[]).of(key));
                let both = own.map_or_else(
                    || more.clone(),
                    |mut own| {
                        own.merge(&more);
                        own
                    },
                );
                ours.insert(at, both);
            }
        }
    }
}

impl Snapshot {
    /// The busy time of all label sets of a subject, if these series are all of them and it is known.
    pub(crate) fn subject_of(&self, group: &[&SeriesSnapshot]) -> Option<&SubjectBusy> {
        let first = group.first()?;
        let key = (first.stage, first.subject.as_str());
        let mut all = group.iter().map(|series| (series.stage, series.subject.as_str()));
        let label_sets = self.label_sets();
        let are_all = all.all(|other| other == key) && label_sets.of(key).count() == group.len();
        label_sets.shared(key).filter(|_| are_all)
    }
}
