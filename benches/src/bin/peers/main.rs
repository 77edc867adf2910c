//! aimlm beside its peers, in one run: `cargo run --release -p aimlm-benches --features peers --bin peers`.
//!
//! Every measurement is a process of its own, so that no peer's background thread or memory is another's
//! burden, and takes turns with the floor, two counter reads and the call. The processes of all peers take
//! turns for several rounds (`-- --rounds 5`). The table and a plot go to `target/aimlm/bench/`.

mod ours;
mod plot;
mod scenario;
mod spans;
mod table;
mod timed;
mod work;

use std::process::Command;

use scenario::{Measured, SCENARIOS, Scenario};
use work::Peer;

/// What is known of a peer before anything runs.
pub(crate) struct Entry {
    pub(crate) name: &'static str,
    pub(crate) how: &'static str,
    measure: fn(Scenario) -> Option<Measured>,
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

/// Measures one peer in one scenario in a process of its own; `None` where the peer has no way to do it.
fn measure_apart(peer: usize, scenario: usize) -> Option<Measured> {
    let output = Command::new(std::env::current_exe().ok()?)
        .args(["--measure", &peer.to_string(), &scenario.to_string()])
        .output()
        .ok()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let measured = text
        .lines()
        .find_map(|line| Measured::parse(line.strip_prefix("measured ")?));
    if !output.status.success() {
        eprintln!(
            "{} failed: {}",
            PEERS[peer].name,
            String::from_utf8_lossy(&output.stderr)
        );
    }
    measured
}

fn measure_all(rounds: usize) -> Vec<Vec<Vec<Measured>>> {
    let mut all = vec![vec![Vec::new(); SCENARIOS.len()]; PEERS.len()];
    for round in 0..rounds {
        for (number, scenario) in SCENARIOS.iter().enumerate() {
            if round > 0 && scenario.once {
                continue;
            }
            eprintln!("round {} of {rounds}: {}", round + 1, scenario.name);
            for (peer, all) in all.iter_mut().enumerate() {
                all[number].extend(measure_apart(peer, number));
            }
        }
    }
    all
}

fn main() -> std::io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize| arguments.get(at).and_then(|number| number.parse::<usize>().ok());
    if arguments.first().is_some_and(|first| first == "--measure") {
        if let (Some(peer), Some(scenario)) = (number(1), number(2))
            && let Some(measured) = (PEERS[peer].measure)(SCENARIOS[scenario].what)
        {
            println!("measured {measured}");
        }
        return Ok(());
    }
    let all = measure_all(number(1).unwrap_or(5));
    let folder = std::path::Path::new("target/aimlm/bench");
    std::fs::create_dir_all(folder)?;
    let markdown = table::markdown(&all);
    std::fs::write(folder.join("peers.md"), &markdown)?;
    std::fs::write(folder.join("peers.svg"), plot::svg(&all))?;
    println!(
        "{markdown}\nWritten to {} and peers.svg beside it.",
        folder.join("peers.md").display()
    );
    Ok(())
}
