use serde::{Deserialize, Serialize};

use super::{CallCounts, Views};
use crate::{SeriesSnapshot, Source};

/// One of the processes that recorded, and its calls in all.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SourceMetrics {
    /// Who it is, without its series.
    #[serde(flatten)]
    pub source: Source,
    /// Its calls of every stage and subject.
    pub counts: CallCounts,
}

impl SourceMetrics {
    fn new(source: &Source, series: &[SeriesSnapshot]) -> Self {
        let mut counts = CallCounts::default();
        series
            .iter()
            .for_each(|series| counts.add(CallCounts::new(series)));
        Self {
            source: source.clone_without_series(),
            counts,
        }
    }
}

impl Views<'_> {
    /// Every process that recorded, in the order of their ranks.
    #[must_use]
    pub fn sources(&self) -> Vec<SourceMetrics> {
        let sources = &self.snapshot.sources;
        let mut all: Vec<_> = sources
            .iter()
            .map(|source| match sources.len() {
                1 => SourceMetrics::new(source, &self.snapshot.series),
                _ => SourceMetrics::new(source, &source.series),
            })
            .collect();
        // Who has none comes last.
        all.sort_by_key(|one| (one.source.rank.is_none(), one.source.rank));
        all
    }
}
