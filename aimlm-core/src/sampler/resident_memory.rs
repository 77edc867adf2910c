/// Reads the resident memory of this process.
#[cfg(feature = "sysinfo")]
pub(crate) struct ResidentMemory {
    system: sysinfo::System,
    pid: Option<sysinfo::Pid>,
}

#[cfg(feature = "sysinfo")]
impl ResidentMemory {
    pub(crate) fn new() -> Self {
        Self {
            system: sysinfo::System::new(),
            pid: sysinfo::get_current_pid().ok(),
        }
    }

    /// In bytes; none where the system does not say.
    pub(crate) fn sample(&mut self) -> Option<u64> {
        use sysinfo::{ProcessRefreshKind, ProcessesToUpdate};

        let pid = self.pid?;
        let what = ProcessRefreshKind::nothing().with_memory();
        self.system
            .refresh_processes_specifics(ProcessesToUpdate::Some(&[pid]), false, what);
        self.system
            .process(pid)
            .map(sysinfo::Process::memory)
            .filter(|&bytes| bytes > 0)
    }
}

/// Stands in where the feature `sysinfo` is off.
#[cfg(not(feature = "sysinfo"))]
pub(crate) struct ResidentMemory;

#[cfg(not(feature = "sysinfo"))]
impl ResidentMemory {
    pub(crate) const fn new() -> Self {
        Self
    }

    pub(crate) const fn sample(&mut self) -> Option<u64> {
        None
    }
}

#[cfg(all(test, feature = "sysinfo"))]
mod tests {
    use super::*;

    #[test]
    fn a_process_has_memory() {
        let bytes = ResidentMemory::new().sample().unwrap();
        assert!(bytes > 100_000, "{bytes}");
    }
}
