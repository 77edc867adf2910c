use serde::{Deserialize, Serialize};

/// The program that recorded, and how.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ProgramSnapshot {
    /// Name of its file, without folder and ending.
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
    /// Of several programs the name is the first one's.
    pub(crate) fn merge(&mut self, other: &Self) {
        self.name = self.name.take().or_else(|| other.name.clone());
        self.cores = self.cores.max(other.cores);
        self.debug |= other.debug;
        self.enabled |= other.enabled;
    }
}
