use aimlm_vocabulary::Stage;
use serde::{Deserialize, Deserializer, Serialize, de::Error};

use crate::{EngineSnapshot, ProgramSnapshot, SeriesSnapshot, SubjectBusy, check, nan_as_null};

/// Version of the JSON that snapshots and reports are written as. It rises when a field changes its meaning
/// or goes away; new fields do not raise it.
pub const SCHEMA_VERSION: u32 = 1;

/// Everything one instance knows at one moment.
///
/// It reads back from its JSON: another [`schema_version`](Self::schema_version) and numbers that contradict each other
/// are refused, with the series and the figures; series out of order are put in order, and those of one key merged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    /// Version of this structure; see [`SCHEMA_VERSION`].
    #[serde(deserialize_with = "this_version")]
    pub schema_version: u32,
    /// When it was taken, in seconds since the Unix epoch.
    #[serde(serialize_with = "nan_as_null::serialize", deserialize_with = "taken_at")]
    pub taken_at: f64,
    /// Seconds from when the instance was made or last reset, or from the first start of a recorded call if that was
    /// before, to when this was taken; of merged snapshots from the first of these to the last.
    #[serde(
        serialize_with = "nan_as_null::serialize",
        deserialize_with = "window_seconds"
    )]
    pub window_seconds: f64,
    /// The program that recorded.
    #[serde(default)]
    pub program: ProgramSnapshot,
    /// The percentiles of views that are not asked for others: the instance's `analysis_percentiles`; where
    /// there are none, 50, 90, 95 and 99.
    #[serde(default, deserialize_with = "percentiles")]
    pub percentiles: Vec<f64>,
    /// Every series, ordered by stage, subject and labels.
    #[serde(deserialize_with = "in_order")]
    pub series: Vec<SeriesSnapshot>,
    /// Busy times of subjects with more than one label set, ordered by stage and subject.
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        deserialize_with = "subjects_in_order"
    )]
    pub subjects: Vec<SubjectBusy>,
    /// How the recording itself is doing.
    pub engine: EngineSnapshot,
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

    /// Adds what another process, rank or run recorded, or another window of this one. Counts, sums and distributions
    /// add up exactly; histories and curves are put in order of time. A call in flight from one window to the next
    /// counts once.
    pub fn merge(&mut self, other: &Self) {
        let since = |snapshot: &Self| snapshot.taken_at - snapshot.window_seconds;
        let since = since(self).min(since(other));
        self.taken_at = self.taken_at.max(other.taken_at);
        self.window_seconds = self.taken_at - since;
        self.program.merge(&other.program);
        self.subjects = self.merged_subjects(other);
        for theirs in &other.series {
            match self.series.binary_search_by(|ours| ours.key().cmp(&theirs.key())) {
                Ok(at) => self.series[at].merge(theirs),
                Err(at) => self.series.insert(at, theirs.clone()),
            }
        }
        self.engine.merge(&other.engine);
        self.engine.series = self.series.len() as u64;
        if self.percentiles.is_empty() {
            self.percentiles.clone_from(&other.percentiles);
        }
    }
}

fn this_version<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    match u32::deserialize(deserializer)? {
        SCHEMA_VERSION => Ok(SCHEMA_VERSION),
        other => Err(D::Error::custom(format_args!(
            "schema_version is {other}; this version of aimlm reads {SCHEMA_VERSION}"
        ))),
    }
}

fn taken_at<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    check::time("taken_at", nan_as_null::deserialize(deserializer)?).map_err(D::Error::custom)
}

fn window_seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    check::time("window_seconds", nan_as_null::deserialize(deserializer)?).map_err(D::Error::custom)
}

fn percentiles<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<f64>, D::Error> {
    check::percentiles(Vec::deserialize(deserializer)?).map_err(D::Error::custom)
}

/// [`Snapshot::merge`] and [`Snapshot::stage`] search them by halves.
fn in_order<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<SeriesSnapshot>, D::Error> {
    let mut series = Vec::<SeriesSnapshot>::deserialize(deserializer)?;
    for series in &series {
        check::series(series).map_err(D::Error::custom)?;
    }
    series.sort_by(|a, b| a.key().cmp(&b.key()));
    for same in series.chunk_by_mut(|a, b| a.key() == b.key()) {
        merge_all(same);
    }
    series.dedup_by(|next, kept| next.key() == kept.key());
    Ok(series)
}

/// Those of one key are merged.
fn subjects_in_order<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<SubjectBusy>, D::Error> {
    let mut subjects = Vec::<SubjectBusy>::deserialize(deserializer)?;
    for subject in &subjects {
        check::subject(subject).map_err(D::Error::custom)?;
    }
    subjects.sort_by(|a, b| a.key().cmp(&b.key()));
    subjects.dedup_by(|next, kept| {
        let same = next.key() == kept.key();
        if same {
            kept.merge(next);
        }
        same
    });
    Ok(subjects)
}

/// Merges series of one key into the first. By halves: one after the other, the first would be copied with each.
fn merge_all(same: &mut [SeriesSnapshot]) {
    let mut step = 1;
    while step < same.len() {
        for at in (0..same.len() - step).step_by(2 * step) {
            let (first, second) = same.split_at_mut(at + step);
            first[at].merge(&second[0]);
        }
        step *= 2;
    }
}
