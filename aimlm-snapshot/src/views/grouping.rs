use std::borrow::Cow;
use std::collections::BTreeMap;

use aimlm_vocabulary::{Label, Stage};

use super::Views;
use crate::SeriesSnapshot;

/// Series that one view shows together.
pub(super) type Group<'a> = Vec<&'a SeriesSnapshot>;

impl<'a> Views<'a> {
    /// The series of a stage by subject, of one subject if `only` names it.
    pub(super) fn by_subject(&self, stage: Stage, only: Option<&str>) -> BTreeMap<&'a str, Group<'a>> {
        let mut groups: BTreeMap<&str, Group<'_>> = BTreeMap::new();
        let series = self.snapshot.stage(stage);
        for series in series.filter(|series| only.is_none_or(|only| series.subject == only)) {
            groups.entry(&series.subject).or_default().push(series);
        }
        groups
    }
}

/// The series of a group by the text of a label; those without it under `None`.
pub(super) fn by_label<'a>(
    group: &[&'a SeriesSnapshot],
    label: Label,
) -> BTreeMap<Option<&'a str>, Group<'a>> {
    let mut groups: BTreeMap<Option<&str>, Group<'_>> = BTreeMap::new();
    for &series in group {
        groups.entry(series.label(label)).or_default().push(series);
    }
    groups
}

/// One series out of many; none out of none. Copies only what there is to merge.
pub(super) fn merged<'a>(group: &[&'a SeriesSnapshot]) -> Option<Cow<'a, SeriesSnapshot>> {
    let (first, rest) = group.split_first()?;
    let mut whole = Cow::Borrowed(*first);
    for series in rest {
        whole.to_mut().merge(series);
    }
    Some(whole)
}
