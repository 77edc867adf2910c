use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::time::Duration;

use aimlm_report::{Report, ReportFormat};
use aimlm_snapshot::{Detail, Snapshot};
use aimlm_vocabulary::Error;

use super::Metrics;
use crate::reporter::{self, RepeatedReport};

impl Metrics {
    /// Everything recorded so far, as plain data. Every call that returned before is in it, from every thread,
    /// including those that have ended.
    ///
    /// Typed retrieval starts here: [`Snapshot::models`], [`Snapshot::inference`], [`Snapshot::training`],
    /// [`Snapshot::datasets`], [`Snapshot::data_loading`], [`Snapshot::distributed`], [`Snapshot::operations`], and one
    /// of each by name.
    ///
    /// ```
    /// let metrics = aimlm::Metrics::default_instance();
    /// metrics.track_dataset_load("digits").size_bytes(57_523).start().ok();
    ///
    /// let snapshot = metrics.snapshot();
    /// let digits = snapshot.dataset("digits").unwrap();
    /// assert_eq!(digits.size_bytes(), Some(57_523.0));
    /// assert!(snapshot.dataset("letters").is_none());
    /// ```
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        self.snapshot_with(Detail::Everything)
    }

    /// As [`snapshot`](Self::snapshot), with as much detail as is needed: for readers that come every second.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use aimlm::Detail;
    ///
    /// let metrics = aimlm::Metrics::default_instance();
    /// metrics.record_inference("minilm", Duration::from_millis(7));
    /// let counters = metrics.snapshot_with(Detail::Counters);
    /// let minilm = counters.inference_of("minilm").unwrap().calls;
    /// assert_eq!((minilm.counts.ok, minilm.latency.max_seconds, minilm.latency.p95_seconds), (1, Some(0.007), None));
    /// ```
    #[must_use]
    pub fn snapshot_with(&self, detail: Detail) -> Snapshot {
        aimlm_core::capture::capture(self.instance.namespace(), detail)
    }

    /// As [`snapshot`](Self::snapshot), and forgets all that it gives: of several such snapshots, and the last
    /// without, each call that ended is in exactly one, whatever threads record meanwhile.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let metrics = aimlm::Metrics::default_instance();
    /// metrics.record_operation("tokenize", Duration::from_micros(90));
    /// assert_eq!(metrics.snapshot_and_reset().series[0].outcomes.ok, 1);
    /// assert!(metrics.snapshot().series.is_empty());
    /// ```
    #[must_use = "what is given is forgotten; `reset` forgets without giving"]
    pub fn snapshot_and_reset(&self) -> Snapshot {
        aimlm_core::capture::take(self.instance.namespace())
    }

    /// Everything recorded so far, analysed: the typed views of every subject, and what was found.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let metrics = aimlm::Metrics::default_instance();
    /// metrics.record_inference("minilm", Duration::from_secs(20));
    /// let report = metrics.report();
    /// assert_eq!(report.metrics.inference["minilm"].calls.counts.ok, 1);
    /// assert!(report.to_markdown().contains("minilm") && !report.findings.is_empty());
    /// ```
    #[must_use]
    pub fn report(&self) -> Report {
        Report::of(self.snapshot(), self.config())
    }

    /// The same as [`report`](Self::report), under the name that it has in the system that aimlm succeeds. It stays.
    #[must_use]
    pub fn comprehensive_report(&self) -> Report {
        self.report()
    }

    /// Writes the report to a file, in the [format](ReportFormat) that its ending names: Markdown as `.md`, JSON as `.json` or
    /// without an ending, all that was recorded as the run file `.aimlm.json`, which [`Snapshot::read`] reads, and more.
    ///
    /// The file appears whole or not at all; a crash in the middle leaves what was there before. A link stays a
    /// link, also one whose target is not there yet, and permissions, owner and group stay as they are as far as the system
    /// allows. Where no other file can take the place of one that is there (its folder can not be written, or something is mounted
    /// there), it is written as it is, and a crash in the middle leaves a part. To a pipe or a device the
    /// report is written as it comes, and so it is to what the program has open: `/dev/stdout`, `/dev/stderr`, `/dev/fd/3`.
    ///
    /// # Errors
    ///
    /// If the name ends otherwise, or the file can not be written.
    pub fn export(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        let path = path.as_ref();
        self.export_as(path, format_of(path)?)
    }

    /// As [`export`](Self::export), in this format, whatever the file is called.
    ///
    /// # Errors
    ///
    /// If the file can not be written.
    pub fn export_as(&self, path: impl AsRef<Path>, format: ReportFormat) -> Result<(), Error> {
        let path = path.as_ref();
        let text = format.render(&self.report());
        reporter::write_by_hand(path, &text).map_err(|error| Error::io(WRITE, path, error))
    }

    /// Exports the report to this file every so often, first after this time and then as long after each, until what this
    /// gives is dropped, and then once more. For programs that are killed, or never end.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let metrics = aimlm::Metrics::default_instance();
    /// let path = std::env::temp_dir().join(format!("report-{}.json", std::process::id()));
    /// let reports = metrics.report_every(&path, Duration::from_secs(30)).unwrap();
    /// metrics.record_operation("tokenize", Duration::from_micros(90));
    /// reports.finish().unwrap();
    /// assert!(std::fs::read_to_string(&path).unwrap().contains("tokenize"));
    /// # std::fs::remove_file(&path).unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// If the name ends in what is no format, the time is less than 10 ms, or no thread can be started.
    pub fn report_every(&self, path: impl Into<PathBuf>, every: Duration) -> Result<RepeatedReport, Error> {
        let path = path.into();
        let format = format_of(&path)?;
        if every < reporter::SHORTEST {
            let reason = format!(
                "the time between two reports is {every:?}; allowed: at least {:?}",
                reporter::SHORTEST
            );
            let reason = io::Error::new(ErrorKind::InvalidInput, reason);
            return Err(Error::io(WRITE, &path, reason));
        }
        // From whatever folder the program changes to.
        let path = std::path::absolute(&path).unwrap_or(path);
        let metrics = self.clone();
        let own = path.clone();
        RepeatedReport::start(path, every, move || metrics.export_as(&own, format))
    }
}

const WRITE: &str = "write the report to";

fn format_of(path: &Path) -> Result<ReportFormat, Error> {
    let refused = |reason| Error::io(WRITE, path, io::Error::new(ErrorKind::InvalidInput, reason));
    ReportFormat::of(path).map_err(refused)
}
