use serde::{Deserialize, Serialize};

use crate::sync::fixed::OnceLock;

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
    /// This program.
    pub(super) fn capture(enabled: bool) -> Self {
        static PROGRAM: OnceLock<ProgramSnapshot> = OnceLock::new();
        let program = PROGRAM.get_or_init(|| Self {
            name: std::env::current_exe()
                .ok()
                .and_then(|path| Some(path.file_stem()?.to_string_lossy().into_owned())),
            cores: std::thread::available_parallelism()
                .ok()
                .map(|cores| cores.get() as u64),
            debug: cfg!(debug_assertions),
            enabled: true,
        });
        Self {
            enabled,
            ..program.clone()
        }
    }

    /// Of several programs the name is the first one's.
    pub(super) fn merge(&mut self, other: &Self) {
        self.name = self.name.take().or_else(|| other.name.clone());
        self.cores = self.cores.max(other.cores);
        self.debug |= other.debug;
        self.enabled |= other.enabled;
    }
}
