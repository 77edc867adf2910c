use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{SeriesSnapshot, SubjectBusy};

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
    /// For how long it recorded until then, in nanoseconds, as [`Snapshot::window_ns`](crate::Snapshot::window_ns).
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
    /// Busy times of subjects with more than one label set, as counters and ordered as the snapshot's; empty where the
    /// snapshot has this source alone.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub subjects: Vec<SubjectBusy>,
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
            subjects: Vec::new(),
        }
    }
}

impl Source {
    /// What tells one process from another; two windows of one process are one source. Where neither says who it is,
    /// they can not be told apart.
    #[allow(clippy::type_complexity)]
    pub(crate) fn key(&self) -> (Option<u64>, Option<&str>, Option<u32>, Option<i64>, Option<&str>) {
        (
            // A process may say its rank after it was read the first time.
            self.rank.filter(|_| self.pid.is_none()),
            self.host.as_deref(),
            self.pid,
            self.started_at_ns,
            self.program.as_deref(),
        )
    }

    /// All but what it recorded.
    pub(crate) fn clone_without_series(&self) -> Self {
        Self {
            program: self.program.clone(),
            host: self.host.clone(),
            version: self.version.clone(),
            git_revision: self.git_revision.clone(),
            parameters: self.parameters.clone(),
            series: Vec::new(),
            subjects: Vec::new(),
            ..*self
        }
    }
}
