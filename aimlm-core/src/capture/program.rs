use aimlm_snapshot::ProgramSnapshot;

use crate::sync::fixed::OnceLock;

/// This program.
pub(super) fn program(enabled: bool) -> ProgramSnapshot {
    static PROGRAM: OnceLock<ProgramSnapshot> = OnceLock::new();
    let program = PROGRAM.get_or_init(|| ProgramSnapshot {
        name: std::env::current_exe()
            .ok()
            .and_then(|path| Some(path.file_stem()?.to_string_lossy().into_owned())),
        cores: std::thread::available_parallelism()
            .ok()
            .map(|cores| cores.get() as u64),
        debug: cfg!(debug_assertions),
        enabled: true,
    });
    ProgramSnapshot {
        enabled,
        ..program.clone()
    }
}
