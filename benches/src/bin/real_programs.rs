//! Whole programs with the attributes and without, in turn: `benches/real_programs/run.sh` builds them and calls this.
//!
//! `real_programs ROUNDS FOLDER_WITH FOLDER_WITHOUT NAME…` prints Markdown: medians of wall-clock and of processor time
//! (user and system, of all threads), the ratios of these medians, and their 95 % intervals by the bootstrap (B. Efron,
//! *Bootstrap methods: another look at the jackknife*, 1979): rounds drawn anew with both programs of a round together,
//! so that what the machine did to a round stays in one piece.

use std::path::Path;
use std::process::ExitCode;

const RESAMPLES: usize = 4_000;

/// Milliseconds of one run of a program.
#[derive(Clone, Copy, Default)]
struct Run {
    wall: f64,
    processor: f64,
}

#[cfg(unix)]
fn run(program: &Path) -> Result<Run, String> {
    use std::process::{Command, Stdio};
    use std::time::Instant;

    use nix::sys::resource::{UsageWho, getrusage};
    use nix::sys::time::TimeValLike;

    let spent = || {
        let usage = getrusage(UsageWho::RUSAGE_CHILDREN).map_err(|error| error.to_string())?;
        let spent = usage.user_time() + usage.system_time();
        Ok::<_, String>(spent.num_microseconds() as f64 / 1e3)
    };
    let (before, begun) = (spent()?, Instant::now());
    let status = Command::new(program)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    let wall = begun.elapsed().as_secs_f64() * 1e3;
    match status {
        Ok(status) if status.success() => Ok(Run {
            wall,
            processor: spent()? - before,
        }),
        Ok(status) => Err(format!("{}: {status}", program.display())),
        Err(error) => Err(format!("{}: {error}", program.display())),
    }
}

#[cfg(not(unix))]
fn run(_: &Path) -> Result<Run, String> {
    Err("the processor time of a program is read on Unix alone".to_owned())
}

/// One round: with the attributes, and without.
type Round = [Run; 2];

fn rounds(count: usize, with: &Path, without: &Path) -> Result<Vec<Round>, String> {
    // Into the caches.
    run(with)?;
    run(without)?;
    let both = |round: usize| {
        // Each is first in every other round.
        let (first, second) = if round.is_multiple_of(2) {
            (with, without)
        } else {
            (without, with)
        };
        let mut both = [run(first)?, run(second)?];
        if !round.is_multiple_of(2) {
            both.reverse();
        }
        Ok(both)
    };
    (0..count).map(both).collect()
}

fn median(mut of: Vec<f64>) -> f64 {
    of.sort_by(f64::total_cmp);
    of[of.len() / 2]
}

/// Medians with the attributes and without.
fn medians(rounds: impl Iterator<Item = Round> + Clone, of: fn(Run) -> f64) -> [f64; 2] {
    [0, 1].map(|which| median(rounds.clone().map(|round| of(round[which])).collect()))
}

fn ratio([with, without]: [f64; 2]) -> f64 {
    with / without
}

/// Where the ratio of the medians is in 95 of 100 samples of as many rounds.
fn interval(rounds: &[Round], of: fn(Run) -> f64) -> [f64; 2] {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut draw = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 32) as usize % rounds.len()
    };
    let mut ratios: Vec<f64> = (0..RESAMPLES)
        .map(|_| {
            let drawn: Vec<Round> = (0..rounds.len()).map(|_| rounds[draw()]).collect();
            ratio(medians(drawn.iter().copied(), of))
        })
        .collect();
    ratios.sort_by(f64::total_cmp);
    [RESAMPLES / 40, RESAMPLES - 1 - RESAMPLES / 40].map(|at| ratios[at])
}

fn print_row(name: &str, rounds: &[Round]) {
    print!("| {name} |");
    let mut medians_of = Vec::new();
    for of in [|run: Run| run.wall, |run: Run| run.processor] {
        let both = medians(rounds.iter().copied(), of);
        let [from, to] = interval(rounds, of);
        let [with, without] = both;
        print!(
            " {without:.2} | {with:.2} | {:.4} ({from:.4} to {to:.4}) |",
            ratio(both)
        );
        medians_of.push(without);
    }
    let rests = medians_of[1] < medians_of[0] / 2.0;
    println!(
        " {} |",
        if rests {
            "it rests most of its time: see processor time"
        } else {
            ""
        }
    );
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [count, with, without, names @ ..] = arguments.as_slice() else {
        eprintln!("real_programs ROUNDS FOLDER_WITH FOLDER_WITHOUT NAME…");
        return ExitCode::FAILURE;
    };
    let Ok(count @ 1..) = count.parse::<usize>() else {
        eprintln!("{count} is no number of rounds");
        return ExitCode::FAILURE;
    };
    println!("{count} rounds in turn; ms, medians; 95 % intervals of the ratio.\n");
    println!("| program | wall without | with | ratio | processor without | with | ratio | |");
    println!("|---|--:|--:|--:|--:|--:|--:|---|");
    for name in names {
        match rounds(count, &Path::new(with).join(name), &Path::new(without).join(name)) {
            Ok(rounds) => print_row(name, &rounds),
            Err(why) => {
                eprintln!("{why}");
                return ExitCode::FAILURE;
            }
        }
    }
    ExitCode::SUCCESS
}

#[cfg(test)]
mod tests {
    use super::{Round, Run, interval, medians, ratio};

    fn round(with: f64, without: f64) -> Round {
        [with, without].map(|wall| Run {
            wall,
            ..Run::default()
        })
    }

    #[test]
    fn an_interval_has_what_the_rounds_tell() {
        let wall = |run: Run| run.wall;
        // What the machine does to a round is in both of it.
        let steady: Vec<_> = (1..=21)
            .map(|round_of| round(3.0 * f64::from(round_of), 2.0 * f64::from(round_of)))
            .collect();
        assert_eq!(ratio(medians(steady.iter().copied(), wall)), 1.5);
        assert_eq!(interval(&steady, wall), [1.5, 1.5]);

        let spread: Vec<_> = (0..21)
            .map(|round_of| round(100.0 + f64::from(round_of), 100.0))
            .collect();
        let [from, to] = interval(&spread, wall);
        assert!(1.0 < from && from < 1.1 && 1.1 < to && to < 1.2, "{from} to {to}");
    }
}
