use aimlm_vocabulary::Stage;
use serde::{Deserialize, Serialize};

use crate::{Detail, EngineSnapshot, ProgramSnapshot, SeriesSnapshot, Source, SubjectBusy, check, source};

/// Version of the JSON that snapshots are written as. No member of a version changes its meaning in a later one: it goes
/// away, and another takes its place. So each version of aimlm reads what it knows of a later one's files, and all of an
/// earlier one's.
pub const SCHEMA_VERSION: u32 = 2;

/// Everything one instance knows at one moment.
///
/// It reads back from its JSON: numbers that contradict each other are refused, with the series and the figures; series
/// out of order are put in order, and those of one key merged. What only a later version knows is left out, but for
/// stages, labels and numbers, which keep their names. Files of version 1 are read by [`Snapshot::read`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Wire")]
#[non_exhaustive]
pub struct Snapshot {
    /// Version of this structure; see [`SCHEMA_VERSION`].
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

    /// Adds what another process, rank or run recorded, or another window of this one. Counts, sums and distributions
    /// add up exactly; histories and curves are put in order of time, and keep the size of the longer one, or 1,000 calls
    /// and 5,000 points if that is more. A call in flight from one window to the next counts once.
    ///
    /// Each process stays known as a [`Source`], with its own [counters](Self::of_source).
    pub fn merge(&mut self, other: &Self) {
        let since = |snapshot: &Self| snapshot.taken_at_ns.saturating_sub_unsigned(snapshot.window_ns);
        let since = since(self).min(since(other));
        self.taken_at_ns = self.taken_at_ns.max(other.taken_at_ns);
        self.window_ns = self.taken_at_ns.abs_diff(since);
        self.sources = self.merged_sources(other);
        self.subjects = self.merged_subjects(other);
        source::add_series(&mut self.series, &other.series);
        self.engine.merge(&other.engine);
        self.engine.series = self.series.len() as u64;
        if self.percentiles.is_empty() {
            self.percentiles.clone_from(&other.percentiles);
        }
    }

    /// With less detail.
    #[must_use]
    pub fn with_detail(mut self, detail: Detail) -> Self {
        if detail == Detail::Counters {
            self.series.iter_mut().for_each(SeriesSnapshot::keep_counters);
            self.subjects.clear();
        }
        self
    }
}

/// What a [`Snapshot`] is when it is read, before its books are checked.
#[derive(Deserialize)]
#[serde(default)]
struct Wire {
    schema_version: u32,
    taken_at_ns: i64,
    window_ns: u64,
    sources: Vec<Source>,
    percentiles: Vec<f64>,
    series: Vec<SeriesSnapshot>,
    subjects: Vec<SubjectBusy>,
    engine: EngineSnapshot,
}

impl Default for Wire {
    fn default() -> Self {
        let Snapshot {
            schema_version,
            taken_at_ns,
            window_ns,
            sources,
            percentiles,
            series,
            subjects,
            engine,
        } = Snapshot::default();
        Self {
            schema_version,
            taken_at_ns,
            window_ns,
            sources,
            percentiles,
            series,
            subjects,
            engine,
        }
    }
}

impl TryFrom<Wire> for Snapshot {
    type Error = String;

    fn try_from(wire: Wire) -> Result<Self, String> {
        let version = wire.schema_version;
        if version < SCHEMA_VERSION {
            return Err(format!(
                "schema_version is {version}, which `Snapshot::read` and `Snapshot::from_run_file` read"
            ));
        }
        // What a later version counts in members of its own does not add up without them.
        if version == SCHEMA_VERSION {
            wire.series.iter().try_for_each(check::series)?;
            let of_sources = wire.sources.iter().flat_map(|source| &source.series);
            of_sources.into_iter().try_for_each(check::series)?;
            wire.subjects.iter().try_for_each(check::subject)?;
        }
        let mut sources = wire.sources;
        for source in &mut sources {
            source.series = in_order(std::mem::take(&mut source.series));
        }
        Ok(Self {
            schema_version: SCHEMA_VERSION,
            taken_at_ns: wire.taken_at_ns,
            window_ns: wire.window_ns,
            sources,
            percentiles: check::percentiles(wire.percentiles)?,
            series: in_order(wire.series),
            subjects: subjects_in_order(wire.subjects),
            engine: wire.engine,
        })
    }
}

/// [`Snapshot::merge`] and [`Snapshot::stage`] search them by halves.
fn in_order(mut series: Vec<SeriesSnapshot>) -> Vec<SeriesSnapshot> {
    series.sort_by(|a, b| a.key().cmp(&b.key()));
    for same in series.chunk_by_mut(|a, b| a.key() == b.key()) {
        merge_all(same);
    }
    series.dedup_by(|next, kept| next.key() == kept.key());
    series
}

/// Those of one key are merged.
fn subjects_in_order(mut subjects: Vec<SubjectBusy>) -> Vec<SubjectBusy> {
    subjects.sort_by(|a, b| a.key().cmp(&b.key()));
    subjects.dedup_by(|next, kept| {
        let same = next.key() == kept.key();
        if same {
            kept.merge(next);
        }
        same
    });
    subjects
}

/// Merges series of one key into the first. By halves: one after the other, the first would be copied with each.
fn merge_all(same: &mut [SeriesSnapshot]) {
    let mut step = 1;
    while step < same.len() {
        for at in (0..same.len() - step).step_by(2 * step) {
            let (first, second) = same.split_at_mut(at + step);
            first[at].merge_bounded(&second[0]);
        }
        step *= 2;
    }
}
