//! aimlm beside its peers, in one run: `cargo run --release -p aimlm-benches --features peers --bin peers`.
//!
//! Every measurement is a process of its own, so that no peer's background thread or memory is another's
//! burden, and takes turns with the floor, two counter reads and the call. The processes of all peers take
//! turns for several rounds. There are three tables: what a call costs on a quiet machine, the same while every other
//! processor is kept busy, and how long single calls take (`-- --rounds 5 --only quiet,shared,tail`). They and a plot of
//! the first go to `target/aimlm/bench/`.

#[path = "../../neighbours.rs"]
mod neighbours;
mod ours;
mod plot;
mod rounds;
mod scenario;
mod spans;
mod table;
mod tail;
mod timed;
mod work;

use rounds::{Plan, Rounds};
use scenario::{Measured, SCENARIOS, Scenario};
use tail::Tail;
use work::Peer;

/// What is known of a peer before anything runs.
pub(crate) struct Entry {
    pub(crate) name: &'static str,
    pub(crate) how: &'static str,
    measure: fn(Scenario, bool) -> Option<Measured>,
}

const fn entry<P: Peer>() -> Entry {
    Entry {
        name: P::NAME,
        how: P::HOW,
        measure: scenario::measure::<P>,
    }
}

pub(crate) const PEERS: [Entry; 10] = [
    entry::<ours::Aimlm>(),
    entry::<spans::Hotpath>(),
    entry::<spans::Fastrace>(),
    entry::<spans::Tracing>(),
    entry::<timed::Timed<timed::Metrics>>(),
    entry::<timed::Timed<timed::Prometheus>>(),
    entry::<spans::Autometrics>(),
    entry::<timed::Timed<timed::OpenTelemetry>>(),
    entry::<timed::Timed<timed::MutexHdr>>(),
    entry::<ours::Floor>(),
];

/// Whose single calls are timed.
pub(crate) struct TailEntry {
    pub(crate) name: &'static str,
    measure: fn() -> Tail,
}

const fn tail_entry<P: Peer>() -> TailEntry {
    TailEntry {
        name: P::NAME,
        measure: tail::measure::<P>,
    }
}

pub(crate) const TAILS: [TailEntry; 12] = [
    tail_entry::<ours::Aimlm>(),
    TailEntry {
        name: "**aimlm**, four reals",
        measure: tail::measure_reals,
    },
    TailEntry {
        name: "**aimlm**, while snapshots of 2,000 series are taken without pause",
        measure: tail::measure_beside_snapshots,
    },
    tail_entry::<spans::Hotpath>(),
    tail_entry::<spans::Fastrace>(),
    tail_entry::<spans::Tracing>(),
    tail_entry::<timed::Timed<timed::Metrics>>(),
    tail_entry::<timed::Timed<timed::Prometheus>>(),
    tail_entry::<spans::Autometrics>(),
    tail_entry::<timed::Timed<timed::OpenTelemetry>>(),
    tail_entry::<timed::Timed<timed::MutexHdr>>(),
    tail_entry::<ours::Floor>(),
];

/// What such a process does.
fn measure(arguments: &[&str]) -> Option<String> {
    let number = |at: usize| arguments.get(at)?.parse::<usize>().ok();
    let measured = match arguments.first()? {
        &"--tail" => (TAILS[number(1)?].measure)().to_string(),
        _ => {
            let is_pinned = arguments.get(3) == Some(&"shared");
            (PEERS[number(1)?].measure)(SCENARIOS[number(2)?].what, is_pinned)?.to_string()
        }
    };
    println!("measured {measured}");
    Some(measured)
}

fn main() -> std::io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    if let Some(&("--measure" | "--tail")) = arguments.first() {
        measure(&arguments);
        return Ok(());
    }
    let plan = Plan::of(&arguments).map_err(std::io::Error::other)?;
    let rounds = Rounds::measured(&plan);
    let mut parts = Vec::new();
    if plan.has("quiet") {
        parts.push(table::quiet(&rounds.quiet));
    }
    if plan.has("shared") {
        parts.push(table::shared(&rounds.shared, &rounds.notes));
    }
    if plan.has("tail") {
        parts.push(table::tails(&rounds.tails));
    }
    parts.push(table::how());
    let markdown = parts.join("\n");
    let folder = std::path::Path::new("target/aimlm/bench");
    std::fs::create_dir_all(folder)?;
    std::fs::write(folder.join("peers.md"), &markdown)?;
    println!("{markdown}\nWritten to {}.", folder.join("peers.md").display());
    if plan.has("quiet") {
        std::fs::write(folder.join("peers.svg"), plot::svg(&rounds.quiet))?;
    }
    Ok(())
}
