use aimlm_format::{count, quoted};
use aimlm_snapshot::Source;

use crate::case::Case;
use crate::rule::{Matter, WeighedFinding, rule};
use crate::{Finding, FindingKind, Severity, Target};

rule! {
    /// A process says a rank that its job has not: ranks go from 0 to one less than the world size. What is shown by rank may
    /// be of another one then.
    RankOutside "rank_outside" {
        matter: Matter::Recording,
        thresholds: [],
        evidence: &[],
        check: check,
        example: {
            let mut snapshot = snapshot([]);
            (snapshot.sources[0].rank, snapshot.sources[0].world_size) = (Some(8), Some(8));
            snapshot
        },
    }
}

fn check(case: &Case<'_>) -> Vec<WeighedFinding> {
    let sources = case.overview.sources.iter();
    let said: Vec<String> = sources.filter_map(|one| outside(&one.source)).collect();
    if said.is_empty() {
        return Vec::new();
    }
    let whose = match said.len() {
        1 => "The rank of a process is".to_owned(),
        n => format!("The ranks of {} processes are", count(n as u64)),
    };
    let message = format!("{whose} none of the job: ranks go from 0 to one less than the world size.");
    let mut finding = Finding::new(
        FindingKind::RankOutside,
        Severity::Medium,
        Target::default(),
        message,
    )
    .advising("Look at what the launcher sets (“RANK” and “WORLD_SIZE”, or SLURM's, Open MPI's, MPICH's), or at the order of the arguments of “rank(rank, world_size)”.");
    finding.details = said;
    vec![finding.weighing(0.0)]
}

/// A rank and a world size that contradict each other, in words.
fn outside(source: &Source) -> Option<String> {
    let (rank, size) = (source.rank?, source.world_size?);
    let pid = source
        .pid
        .map_or_else(String::new, |pid| format!(", process {pid}"));
    let host = source
        .host
        .as_deref()
        .map_or_else(String::new, |host| format!(" on {}", quoted(host)));
    (rank >= size).then(|| format!("Rank {rank} of {size}{pid}{host}."))
}
