//! The figures as Markdown, each beside its budget.

use crate::rows::{ANNOTATED, Budget, CALLS, PLAIN};

/// What the machine did besides.
#[derive(Clone, Copy)]
pub(crate) enum Machine {
    Quiet,
    /// Every processor that is not measured on is kept busy.
    Shared,
}

pub(crate) fn best(taken: &[f64]) -> f64 {
    taken.iter().copied().fold(f64::INFINITY, f64::min)
}

fn median(mut taken: Vec<f64>) -> f64 {
    taken.sort_by(f64::total_cmp);
    taken[taken.len() / 2]
}

/// Medians of the ratios within each round: both slices of a ratio met the same machine.
fn median_ratio(taken: &[f64], below: &[f64]) -> f64 {
    median(
        taken
            .iter()
            .zip(below)
            .map(|(taken, below)| taken / below)
            .collect(),
    )
}

pub(crate) fn print_head(rounds: usize, machine: Machine) {
    let others = match machine {
        Machine::Quiet => "the collector runs, nothing else of this program",
        Machine::Shared => {
            "**the other processors are kept busy**, the measured thread is pinned, and its processor time counts"
        }
    };
    println!("\nNanoseconds for each call, best and median of {rounds} interleaved slices of {CALLS} calls;");
    println!("{others}.\n");
    println!("| | best | median | best ratio | median ratio | budget | |");
    println!("|---|--:|--:|--:|--:|---|---|");
}

pub(crate) fn print_row(
    name: &str,
    budget: Budget,
    machine: Machine,
    floor: usize,
    taken: &[f64],
    all: &[Vec<f64>],
) {
    let own = best(taken);
    let ratio = own / best(&all[floor]);
    let (allowed, verdict) = match budget {
        Budget::None => ("–".to_owned(), "–"),
        Budget::Ratio(quiet, shared) => {
            let most = if matches!(machine, Machine::Quiet) {
                quiet
            } else {
                shared
            };
            (
                format!("{most:.2} ×"),
                if ratio <= most { "ok" } else { "**over**" },
            )
        }
        Budget::More(most, than) => {
            let more = own - best(&all[than]);
            let of = match than {
                PLAIN => "the call",
                ANNOTATED => "annotated",
                _ => "floor",
            };
            (
                format!("{of} + {most:.0} ns (measured {more:+.2} ns)"),
                if more <= most { "ok" } else { "**over**" },
            )
        }
    };
    println!(
        "| {name} | {own:.2} | {:.2} | {ratio:.2} × | {:.2} × | {allowed} | {verdict} |",
        median(taken.to_vec()),
        median_ratio(taken, &all[floor]),
    );
}
