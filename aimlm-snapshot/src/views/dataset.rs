use std::collections::{BTreeMap, BTreeSet};

use aimlm_vocabulary::{Label, Number, Stage};
use serde::{Deserialize, Serialize};

use super::grouping::by_label;
use super::{CallMetrics, Views};

/// The name of an operation that nobody named.
const UNSPECIFIED: &str = "unspecified";

/// How a data set was loaded and transformed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DatasetMetrics {
    /// The data set.
    pub dataset_id: String,
    /// Reading it from its source.
    pub load: Option<CallMetrics>,
    /// Transforming it, by operation; `unspecified` where none was named.
    pub preprocessing: BTreeMap<String, CallMetrics>,
}

/// Batches and shards of one kind of data.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DataLoadingMetrics {
    /// The kind of data.
    pub data_type: String,
    /// Every fetch.
    pub calls: CallMetrics,
}

impl DatasetMetrics {
    /// The format or formats that it was loaded from.
    #[must_use]
    pub fn format(&self) -> Option<String> {
        self.load.as_ref()?.label(Label::Format)
    }

    /// Size of the data set as last loaded, in bytes; the largest known where the last is not.
    #[must_use]
    pub fn size_bytes(&self) -> Option<f64> {
        let size = self.load.as_ref()?.number(Number::SizeBytes)?;
        size.last.or(size.max)
    }
}

impl Views<'_> {
    /// Every data set that was loaded or transformed.
    #[must_use]
    pub fn datasets(&self) -> BTreeMap<String, DatasetMetrics> {
        let ids: BTreeSet<&str> = [Stage::DatasetLoad, Stage::DatasetPreprocessing]
            .iter()
            .flat_map(|&stage| self.snapshot.stage(stage))
            .map(|series| series.subject.as_str())
            .collect();
        ids.iter()
            .filter_map(|id| Some(((*id).to_owned(), self.dataset(id)?)))
            .collect()
    }

    /// One data set; none if it was neither loaded nor transformed.
    #[must_use]
    pub fn dataset(&self, dataset_id: &str) -> Option<DatasetMetrics> {
        let load = self.calls(Stage::DatasetLoad, dataset_id);
        let series: Vec<_> = self
            .snapshot
            .subject(Stage::DatasetPreprocessing, dataset_id)
            .collect();
        if load.is_none() && series.is_empty() {
            return None;
        }
        let mut operations = by_label(&series, Label::Operation);
        if let Some(unnamed) = operations.remove(&None) {
            operations.entry(Some(UNSPECIFIED)).or_default().extend(unnamed);
        }
        Some(DatasetMetrics {
            dataset_id: dataset_id.to_owned(),
            load,
            preprocessing: self.by_text(&operations),
        })
    }

    /// Batches and shards fetched, by kind of data.
    #[must_use]
    pub fn data_loading(&self) -> BTreeMap<String, DataLoadingMetrics> {
        self.each(Stage::DataLoading, |data_type, calls| DataLoadingMetrics {
            data_type,
            calls,
        })
    }

    /// Batches and shards of one kind of data; none if there were none.
    #[must_use]
    pub fn data_loading_of(&self, data_type: &str) -> Option<DataLoadingMetrics> {
        Some(DataLoadingMetrics {
            data_type: data_type.to_owned(),
            calls: self.calls(Stage::DataLoading, data_type)?,
        })
    }

    pub(super) fn by_text(
        &self,
        groups: &BTreeMap<Option<&str>, super::grouping::Group<'_>>,
    ) -> BTreeMap<String, CallMetrics> {
        groups
            .iter()
            .filter_map(|(text, group)| {
                let calls = CallMetrics::new(group, self)?;
                Some((text.unwrap_or_default().to_owned(), calls))
            })
            .collect()
    }
}
