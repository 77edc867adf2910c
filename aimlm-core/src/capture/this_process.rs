use aimlm_snapshot::{Snapshot, Source};

use crate::clock;
use crate::series::Namespace;
use crate::sync::fixed::OnceLock;

/// This process, as it recorded a snapshot.
pub(super) fn source(namespace: &Namespace, snapshot: &Snapshot) -> Source {
    static PROGRAM: OnceLock<Source> = OnceLock::new();
    let mut source = PROGRAM.get_or_init(program).clone();
    source.pid = Some(std::process::id());
    source.started_at_ns = Some(clock::beginning()).filter(|&beginning| beginning > 0);
    (source.taken_at_ns, source.window_ns) = (snapshot.taken_at_ns, snapshot.window_ns);
    source.enabled = namespace.is_enabled();
    namespace.description().of(&mut source);
    source
}

/// What stays the same as long as the program runs, in forked children too.
fn program() -> Source {
    let mut source = Source::default();
    source.program = std::env::current_exe()
        .ok()
        .and_then(|path| Some(path.file_stem()?.to_string_lossy().into_owned()));
    source.host = host();
    source.version = Some(env!("CARGO_PKG_VERSION").to_owned());
    let cores = std::thread::available_parallelism().ok();
    source.cores = cores.map(|cores| cores.get() as u64);
    source.debug = cfg!(debug_assertions);
    [source.rank, source.world_size, source.local_rank] = places();
    source
}

#[cfg(feature = "sysinfo")]
fn host() -> Option<String> {
    sysinfo::System::host_name()
}

#[cfg(not(feature = "sysinfo"))]
fn host() -> Option<String> {
    std::env::var("HOSTNAME").ok().filter(|name| !name.is_empty())
}

/// How launchers of jobs tell a process its rank, how many there are, and its rank on its machine: torchrun, SLURM, Open
/// MPI, MPICH.
const LAUNCHERS: [[&str; 3]; 4] = [
    ["RANK", "WORLD_SIZE", "LOCAL_RANK"],
    ["SLURM_PROCID", "SLURM_NTASKS", "SLURM_LOCALID"],
    [
        "OMPI_COMM_WORLD_RANK",
        "OMPI_COMM_WORLD_SIZE",
        "OMPI_COMM_WORLD_LOCAL_RANK",
    ],
    ["PMI_RANK", "PMI_SIZE", "MPI_LOCALRANKID"],
];

/// Of the first launcher that told both rank and how many there are, if the rank is one of them; else of the first that told
/// both, for a finding says then what is wrong with them.
fn places() -> [Option<u64>; 3] {
    let told = |variables: &[&str; 3]| variables.map(|name| std::env::var(name).ok()?.trim().parse().ok());
    job(LAUNCHERS.map(|launcher| told(&launcher)))
}

fn job(told: [[Option<u64>; 3]; 4]) -> [Option<u64>; 3] {
    let is_whole = |[rank, size, _]: &[Option<u64>; 3]| rank.is_some() && size.is_some();
    let is_right = |[rank, size, _]: &[Option<u64>; 3]| rank < size;
    let mut whole = told.into_iter().filter(is_whole);
    let first = whole.clone().next().unwrap_or_default();
    whole.find(is_right).unwrap_or(first)
}

#[cfg(test)]
mod tests {
    use super::job;

    #[test]
    fn a_rank_that_the_job_has_not_is_told_unless_another_launcher_knows_better() {
        let none = [None; 3];
        let outside = [Some(4), Some(4), None];
        let right = [Some(1), Some(2), Some(0)];
        assert_eq!(job([none, [Some(1), None, None], none, none]), none);
        assert_eq!(job([none, outside, none, none]), outside);
        assert_eq!(job([outside, none, right, none]), right);
        assert_eq!(job([right, outside, none, none]), right);
    }
}
