use std::path::Path;

use super::Metrics;
use super::output::{self, Format};
use crate::error::Error;
use crate::report::Report;
use crate::snapshot::Snapshot;

impl Metrics {
    /// Everything recorded so far, as plain data. Every call that returned before is in it, from every thread,
    /// including those that have ended.
    ///
    /// Typed retrieval starts here: [`Snapshot::models`], [`Snapshot::inference`], [`Snapshot::training`],
    /// [`Snapshot::datasets`], [`Snapshot::distributed`], [`Snapshot::operations`], and one of each by name.
    ///
    /// ```
    /// let metrics = aimlm_core::Metrics::default_instance();
    /// metrics.track_dataset_load("digits").size_bytes(57_523).start();
    ///
    /// let snapshot = metrics.snapshot();
    /// let digits = snapshot.dataset("digits").unwrap();
    /// assert_eq!(digits.size_bytes(), Some(57_523.0));
    /// assert!(snapshot.dataset("letters").is_none());
    /// ```
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        Snapshot::capture(self.instance.namespace())
    }

    /// As [`snapshot`](Self::snapshot), and forgets all that it gives: of several such snapshots, and the last
    /// without, each call that ended is in exactly one, whatever threads record meanwhile.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let metrics = aimlm_core::Metrics::default_instance();
    /// metrics.record_operation("tokenize", Duration::from_micros(90));
    /// assert_eq!(metrics.snapshot_and_reset().series[0].outcomes.ok, 1);
    /// assert!(metrics.snapshot().series.is_empty());
    /// ```
    #[must_use = "what is given is forgotten; `reset` forgets without giving"]
    pub fn snapshot_and_reset(&self) -> Snapshot {
        Snapshot::take(self.instance.namespace())
    }

    /// Everything recorded so far, analysed: the typed views of every subject, and what was found.
    #[must_use]
    pub fn comprehensive_report(&self) -> Report {
        Report::of(self.snapshot(), self.config())
    }

    /// Writes the comprehensive report to a file: as Markdown (`.md`, `.markdown`), text (`.txt`, `.text`) or,
    /// under any other name, JSON.
    ///
    /// The file appears whole or not at all; a crash in the middle leaves what was there before. A link stays a
    /// link, and permissions stay as they are; to a pipe or a device the report is written as it comes.
    ///
    /// # Errors
    ///
    /// If the file can not be written.
    pub fn export(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        let path = path.as_ref();
        let text = Format::of(path).render(&self.comprehensive_report());
        output::write(path, &text).map_err(|error| Error::io("write the report to", path, error))
    }
}
