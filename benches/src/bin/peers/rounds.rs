//! The rounds in which the processes of all peers take turns.

use std::process::Command;

use crate::neighbours::{Neighbours, slowdown};
use crate::scenario::{Measured, SCENARIOS};
use crate::tail::Tail;
use crate::{PEERS, TAILS};

/// What to measure: `--rounds 5 --only quiet,shared,tail`.
pub(crate) struct Plan {
    rounds: usize,
    tables: Vec<&'static str>,
}

const TABLES: [&str; 3] = ["quiet", "shared", "tail"];

impl Plan {
    pub(crate) fn of(arguments: &[&str]) -> Result<Self, String> {
        let mut plan = Self {
            rounds: 5,
            tables: TABLES.to_vec(),
        };
        let mut arguments = arguments.iter().copied();
        while let Some(name) = arguments.next() {
            let value = arguments.next().unwrap_or_default();
            let wrong = || {
                format!(
                    "{name} {value}: it is `--rounds 5` or `--only {}`",
                    TABLES.join(",")
                )
            };
            match name {
                "--rounds" => plan.rounds = value.parse().map_err(|_| wrong())?,
                "--only" => {
                    let known = |table| TABLES.into_iter().find(|known| *known == table).ok_or_else(wrong);
                    plan.tables = value.split(',').map(known).collect::<Result<_, _>>()?;
                }
                _ => return Err(wrong()),
            }
        }
        Ok(plan)
    }

    pub(crate) fn has(&self, table: &str) -> bool {
        self.tables.contains(&table)
    }
}

/// By peer, scenario and round: one table quiet, one shared, and why what is not in the latter is not.
pub(crate) struct Rounds {
    pub(crate) quiet: Vec<Vec<Vec<Measured>>>,
    pub(crate) shared: Vec<Vec<Vec<Measured>>>,
    pub(crate) tails: Vec<Vec<Tail>>,
    pub(crate) notes: Vec<String>,
}

impl Rounds {
    fn new() -> Self {
        let none = vec![vec![Vec::new(); SCENARIOS.len()]; PEERS.len()];
        Self {
            quiet: none.clone(),
            shared: none,
            tails: vec![Vec::new(); TAILS.len()],
            notes: Vec::new(),
        }
    }

    pub(crate) fn measured(plan: &Plan) -> Self {
        let mut rounds = Self::new();
        if plan.has("shared") {
            rounds.note(match slowdown() {
                Ok(times) => {
                    format!("Beside such neighbours arithmetic alone takes {times:.2} times as long here.")
                }
                Err(why) => format!("Nothing is shared here: {why}."),
            });
        }
        for round in 0..plan.rounds {
            for (number, scenario) in SCENARIOS.iter().enumerate() {
                if round > 0 && scenario.once || !plan.has("quiet") && !plan.has("shared") {
                    continue;
                }
                eprintln!("round {} of {}: {}", round + 1, plan.rounds, scenario.name);
                if plan.has("quiet") {
                    rounds.measure_quiet(number);
                }
                if plan.has("shared") {
                    rounds.measure_shared(number);
                }
            }
            if plan.has("tail") {
                eprintln!("round {} of {}: single calls", round + 1, plan.rounds);
                rounds.measure_tails();
            }
        }
        rounds
    }

    fn note(&mut self, note: String) {
        if !self.notes.contains(&note) {
            eprintln!("{note}");
            self.notes.push(note);
        }
    }

    fn measure_quiet(&mut self, number: usize) {
        for (peer, entry) in PEERS.iter().enumerate() {
            let line = apart(entry.name, &["--measure", &peer.to_string(), &number.to_string()]);
            self.quiet[peer][number].extend(line.as_deref().and_then(Measured::parse));
        }
    }

    fn measure_shared(&mut self, number: usize) {
        let Some(processors) = SCENARIOS[number].what.processors() else {
            return;
        };
        let _busy = match Neighbours::sparing(processors) {
            Ok(busy) => busy,
            Err(why) => return self.note(format!("On {processors} at once: {why}.")),
        };
        for (peer, entry) in PEERS.iter().enumerate() {
            let arguments = ["--measure", &peer.to_string(), &number.to_string(), "shared"];
            let line = apart(entry.name, &arguments);
            self.shared[peer][number].extend(line.as_deref().and_then(Measured::parse));
        }
    }

    fn measure_tails(&mut self) {
        for (number, entry) in TAILS.iter().enumerate() {
            let line = apart(entry.name, &["--tail", &number.to_string()]);
            self.tails[number].extend(line.as_deref().and_then(Tail::parse));
        }
    }
}

/// Runs this program anew with these arguments; gives what it printed after the word `measured`.
fn apart(name: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(std::env::current_exe().ok()?)
        .args(arguments)
        .output()
        .ok()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let measured = text.lines().find_map(|line| line.strip_prefix("measured "));
    // A peer that has no way to do it says nothing at all.
    if measured.is_none() && !(output.status.success() && output.stderr.is_empty()) {
        eprintln!("{name} failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    measured.map(str::to_owned)
}
