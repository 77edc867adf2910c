use aimlm_vocabulary::Stage;
use serde::Serialize;

use crate::{Detail, EngineSnapshot, ProgramSnapshot, SeriesSnapshot, Source, SubjectBusy};

/// Version of the JSON that snapshots are written as. No member of a version changes its meaning in a later one: it goes
/// away, and another takes its place. So each version of aimlm reads what it knows of a later one's files, and all of an
/// earlier one's.
pub const SCHEMA_VERSION: u32 = 2;

/// Everything one instance knows at one moment.
///
/// It reads back from its JSON: numbers that contradict each other are refused, with the series and the figures; series
/// out of order are put in order, and those of one key merged. What only a later version knows is left out, but for
/// stages, labels and numbers, which keep their names. Files of version 1 are read by [`Snapshot::read`].
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Snapshot {
    /// Version of this structure; see [`SCHEMA_VERSION`]. Of one that a later version wrote, that version: what it
    /// counts may stand in members that this one left out.
    pub schema_version: u32,
    /// When it was taken, in nanoseconds since the Unix epoch.
    pub taken_at_ns: i64,
    /// From when the instance was made or last reset, or from the first start of a recorded call if that was
    /// before, to when this was taken, in nanoseconds; of merged snapshots from the first of these to the last.
    pub window_ns: u64,
    /// Who recorded: one process, or, of merged snapshots, each.
    pub sources: Vec<Source>,
    /// The percentiles of views that are not asked for others: the instance's `analysis_percentiles`; where
    /// there are none, 50, 90, 95 and 99.
    pub percentiles: Vec<f64>,
    /// Every series, ordered by stage, subject and labels.
    pub series: Vec<SeriesSnapshot>,
    /// Busy times of subjects with more than one label set, ordered by stage and subject.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub subjects: Vec<SubjectBusy>,
    /// How the recording itself is doing.
    pub engine: EngineSnapshot,
}

impl Default for Snapshot {
    fn default() -> Self {
        Self {
            schema_version: SCHEMA_VERSION,
            taken_at_ns: 0,
            window_ns: 0,
            sources: Vec::new(),
            percentiles: Vec::new(),
            series: Vec::new(),
            subjects: Vec::new(),
            engine: EngineSnapshot::default(),
        }
    }
}

impl Snapshot {
    /// The series of one stage.
    pub fn stage(&self, stage: Stage) -> impl Iterator<Item = &SeriesSnapshot> {
        // In order: see `series`.
        let from = self.series.partition_point(|series| series.stage < stage);
        let rest = &self.series[from..];
        rest[..rest.partition_point(|series| series.stage == stage)].iter()
    }

    /// The series of one stage and subject; more than one where labels tell them apart, so that each device is seen by
    /// itself.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use aimlm::{Label, Metrics, Stage};
    ///
    /// let metrics = Metrics::default_instance();
    /// for (device, milliseconds) in [("cuda:0", 12), ("cuda:1", 30)] {
    ///     let call = metrics.track_inference("minilm").device(device);
    ///     call.record(Duration::from_millis(milliseconds));
    /// }
    /// let snapshot = metrics.snapshot();
    /// let slowest = snapshot.subject(Stage::Inference, "minilm").max_by_key(|series| series.latency.max());
    /// assert_eq!(slowest.unwrap().label(Label::Device), Some("cuda:1"));
    /// ```
    pub fn subject<'a>(&'a self, stage: Stage, subject: &'a str) -> impl Iterator<Item = &'a SeriesSnapshot> {
        // In order here too, by subject within a stage.
        let from = self
            .series
            .partition_point(|series| (series.stage, series.subject.as_str()) < (stage, subject));
        let rest = self.series[from..].iter();
        rest.take_while(move |series| series.stage == stage && series.subject == subject)
    }

    /// The program that recorded; of several its name is the first one's.
    #[must_use]
    pub fn program(&self) -> ProgramSnapshot {
        ProgramSnapshot::of(&self.sources)
    }

    /// With less detail.
    #[must_use]
    pub fn with_detail(mut self, detail: Detail) -> Self {
        if detail == Detail::Counters {
            self.series.iter_mut().for_each(SeriesSnapshot::keep_counters);
            self.subjects.iter_mut().for_each(SubjectBusy::keep_counters);
        }
        self
    }
}
