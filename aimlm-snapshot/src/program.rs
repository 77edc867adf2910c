use serde::{Deserialize, Serialize};

use crate::Source;

/// The program that recorded, and how: what a report says of all [sources](Source) at its head.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct ProgramSnapshot {
    /// Name of its file, without folder and ending; of several programs the first one's.
    pub name: Option<String>,
    /// Processors that it may use at once.
    pub cores: Option<u64>,
    /// Whether it was built without optimisation, as far as aimlm was: with debug assertions.
    pub debug: bool,
    /// Whether calls were recorded when the snapshot was taken.
    pub enabled: bool,
}

impl Default for ProgramSnapshot {
    fn default() -> Self {
        Self {
            name: None,
            cores: None,
            debug: false,
            enabled: true,
        }
    }
}

impl ProgramSnapshot {
    pub(crate) fn of(sources: &[Source]) -> Self {
        Self {
            name: sources.iter().find_map(|source| source.program.clone()),
            cores: sources.iter().filter_map(|source| source.cores).max(),
            debug: sources.iter().any(|source| source.debug),
            enabled: sources.is_empty() || sources.iter().any(|source| source.enabled),
        }
    }
}
