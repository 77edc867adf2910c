//! A snapshot from its JSON.

use serde::{Deserialize, Deserializer, de::Error};

use crate::merging::merge_all;
use crate::{EngineSnapshot, SCHEMA_VERSION, SeriesSnapshot, Snapshot, Source, SubjectBusy, check};

/// What a [`Snapshot`] is when it is read, before its books are checked.
#[derive(Default, Deserialize)]
#[serde(default)]
struct WrittenSnapshot {
    #[serde(default = "this_version")]
    schema_version: u32,
    taken_at_ns: i64,
    window_ns: u64,
    sources: Vec<Source>,
    percentiles: Vec<f64>,
    series: Vec<SeriesSnapshot>,
    subjects: Vec<SubjectBusy>,
    engine: EngineSnapshot,
}

const fn this_version() -> u32 {
    SCHEMA_VERSION
}

impl<'de> Deserialize<'de> for Snapshot {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        WrittenSnapshot::deserialize(deserializer)?
            .checked()
            .map_err(D::Error::custom)
    }
}

impl WrittenSnapshot {
    fn checked(self) -> Result<Snapshot, String> {
        let version = self.schema_version;
        if version < SCHEMA_VERSION {
            return Err(format!(
                "schema_version is {version}, which `Snapshot::read` and `Snapshot::from_run_file` read"
            ));
        }
        // What a later version counts in members of its own does not add up without them.
        if version == SCHEMA_VERSION {
            self.series.iter().try_for_each(check::series)?;
            let of_sources = self.sources.iter().flat_map(|source| &source.series);
            of_sources.into_iter().try_for_each(check::series)?;
            self.subjects.iter().try_for_each(check::subject)?;
            let of_sources = self.sources.iter().flat_map(|source| &source.subjects);
            of_sources.into_iter().try_for_each(check::subject)?;
        }
        let mut sources = self.sources;
        for source in &mut sources {
            source.series = in_order(std::mem::take(&mut source.series));
            source.subjects = subjects_in_order(std::mem::take(&mut source.subjects));
        }
        Ok(Snapshot {
            // Written again it is still such a file: its books need members that only the later version knows.
            schema_version: version,
            taken_at_ns: self.taken_at_ns,
            window_ns: self.window_ns,
            sources,
            percentiles: check::percentiles(self.percentiles)?,
            series: in_order(self.series),
            subjects: subjects_in_order(self.subjects),
            engine: self.engine,
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
