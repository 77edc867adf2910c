use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Detail, SeriesSnapshot, Snapshot};

/// Processes that merged snapshots keep apart; what more there are is in the sums alone.
const MOST: usize = 1 << 14;

/// One process that recorded, and how: what merged snapshots keep of each.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Source {
    /// Name of the program's file, without folder and ending.
    pub program: Option<String>,
    /// Name of the machine.
    pub host: Option<String>,
    /// Number of the process.
    pub pid: Option<u32>,
    /// Which of the job's processes this is, from 0.
    pub rank: Option<u64>,
    /// How many processes the job has.
    pub world_size: Option<u64>,
    /// Which of the job's processes on its machine this is, from 0.
    pub local_rank: Option<u64>,
    /// When the process began to record, in nanoseconds since the Unix epoch.
    pub started_at_ns: Option<i64>,
    /// When it was read last, in nanoseconds since the Unix epoch.
    pub taken_at_ns: i64,
    /// For how long it recorded until then, in nanoseconds, as [`Snapshot::window_ns`].
    pub window_ns: u64,
    /// Version of aimlm that recorded.
    pub version: Option<String>,
    /// Revision of the program's source, where it was told.
    pub git_revision: Option<String>,
    /// Parameters of the run, where they were told: learning rate, data set, seed.
    #[serde(deserialize_with = "crate::unique::deserialize")]
    pub parameters: BTreeMap<String, String>,
    /// Processors that it may use at once.
    pub cores: Option<u64>,
    /// Whether it was built without optimisation, as far as aimlm was: with debug assertions.
    pub debug: bool,
    /// Whether calls were recorded when it was read.
    pub enabled: bool,
    /// What it recorded, as [counters](crate::Detail::Counters), ordered as the snapshot's are; empty where the snapshot
    /// has this source alone.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub series: Vec<SeriesSnapshot>,
}

impl Default for Source {
    fn default() -> Self {
        Self {
            program: None,
            host: None,
            pid: None,
            rank: None,
            world_size: None,
            local_rank: None,
            started_at_ns: None,
            taken_at_ns: 0,
            window_ns: 0,
            version: None,
            git_revision: None,
            parameters: BTreeMap::new(),
            cores: None,
            debug: false,
            enabled: true,
            series: Vec::new(),
        }
    }
}

impl Source {
    /// What tells one process from another; two windows of one process are one source. Where neither says who it is,
    /// they can not be told apart.
    #[allow(clippy::type_complexity)]
    pub(crate) fn key(&self) -> (Option<u64>, Option<&str>, Option<u32>, Option<i64>, Option<&str>) {
        (
            self.rank,
            self.host.as_deref(),
            self.pid,
            self.started_at_ns,
            self.program.as_deref(),
        )
    }

    /// Adds another window of the same process.
    pub(crate) fn merge(&mut self, other: &Self) {
        let mut series = std::mem::take(&mut self.series);
        add_series(&mut series, &other.series);
        let is_newer = other.taken_at_ns > self.taken_at_ns;
        let (late, early) = if is_newer {
            (other, &*self)
        } else {
            (&*self, other)
        };
        let since = |source: &Self| source.taken_at_ns.saturating_sub_unsigned(source.window_ns);
        let mut parameters = early.parameters.clone();
        parameters.extend(late.parameters.clone());
        *self = Self {
            window_ns: late.taken_at_ns.abs_diff(since(early).min(since(late))),
            world_size: late.world_size.or(early.world_size),
            local_rank: late.local_rank.or(early.local_rank),
            version: late.version.clone().or_else(|| early.version.clone()),
            git_revision: late.git_revision.clone().or_else(|| early.git_revision.clone()),
            parameters,
            cores: late.cores.or(early.cores),
            debug: late.debug || early.debug,
            series,
            ..late.clone_without_series()
        };
    }

    fn clone_without_series(&self) -> Self {
        Self {
            program: self.program.clone(),
            host: self.host.clone(),
            version: self.version.clone(),
            git_revision: self.git_revision.clone(),
            parameters: self.parameters.clone(),
            series: Vec::new(),
            ..*self
        }
    }
}

/// Adds series to others, both in order.
pub(crate) fn add_series(ours: &mut Vec<SeriesSnapshot>, theirs: &[SeriesSnapshot]) {
    for theirs in theirs {
        match ours.binary_search_by(|ours| ours.key().cmp(&theirs.key())) {
            Ok(at) => ours[at].merge_bounded(theirs),
            Err(at) => ours.insert(at, theirs.clone()),
        }
    }
}

impl Snapshot {
    /// What one of the [`sources`](Self::sources) recorded; of several its [counters](Detail::Counters). None if there is
    /// no such source.
    ///
    /// ```
    /// # fn show(snapshot: &aimlm::Snapshot) {
    /// for (at, source) in snapshot.sources.iter().enumerate() {
    ///     let own = snapshot.of_source(at).unwrap();
    ///     for (model, training) in own.training() {
    ///         println!("rank {:?} of {model}: {} steps", source.rank, training.steps.unwrap().counts.ok);
    ///     }
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn of_source(&self, at: usize) -> Option<Self> {
        let source = self.sources.get(at)?;
        if self.sources.len() == 1 {
            return Some(self.clone());
        }
        let mut own = Self {
            taken_at_ns: source.taken_at_ns,
            window_ns: source.window_ns,
            sources: vec![source.clone_without_series()],
            percentiles: self.percentiles.clone(),
            series: source.series.clone(),
            ..Self::default()
        };
        own.engine.series = own.series.len() as u64;
        Some(own)
    }

    /// The sources of this and another, before their series are merged.
    pub(crate) fn merged_sources(&self, other: &Self) -> Vec<Source> {
        let mut sources = self.own_sources();
        for theirs in other.own_sources() {
            match sources.binary_search_by(|ours| ours.key().cmp(&theirs.key())) {
                Ok(at) => sources[at].merge(&theirs),
                Err(at) => sources.insert(at, theirs),
            }
        }
        sources.truncate(MOST);
        if let [only] = sources.as_mut_slice() {
            only.series.clear();
        }
        sources
    }

    /// In order, each with its series.
    fn own_sources(&self) -> Vec<Source> {
        let mut sources = self.sources.clone();
        if sources.is_empty() && !self.series.is_empty() {
            // Nobody said who it was.
            sources.push(Source {
                taken_at_ns: self.taken_at_ns,
                window_ns: self.window_ns,
                ..Source::default()
            });
        }
        if let [only] = sources.as_mut_slice() {
            only.series = self.clone().with_detail(Detail::Counters).series;
        }
        sources.sort_by(|a, b| a.key().cmp(&b.key()));
        sources
    }
}
