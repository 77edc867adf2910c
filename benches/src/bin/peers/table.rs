//! The figures as Markdown.

use std::fmt::Write;

use crate::scenario::{Measured, SCENARIOS, Scenario};
use crate::tail::{PERCENTILES, Tail};
use crate::{PEERS, TAILS};

/// Measurements by peer, scenario and round.
pub(crate) type All = [Vec<Vec<Measured>>];

fn median(mut of: Vec<f64>) -> Option<f64> {
    of.sort_by(f64::total_cmp);
    of.get(of.len() / 2).copied()
}

/// Median over the rounds of the ratio to the floor.
pub(crate) fn ratio(rounds: &[Measured]) -> Option<f64> {
    median(rounds.iter().map(|round| round.own / round.floor).collect())
}

fn nanoseconds(rounds: &[Measured]) -> Option<f64> {
    median(rounds.iter().map(|round| round.own).collect())
}

/// Share of the calls that the peer does not know of.
fn lost(rounds: &[Measured]) -> Option<f64> {
    let lost = |round: &Measured| Some(1.0 - round.counted? as f64 / round.calls as f64);
    rounds
        .iter()
        .filter(|round| round.calls > 0)
        .filter_map(lost)
        .reduce(f64::max)
}

fn lost_cell(rounds: &[Measured]) -> String {
    match lost(rounds) {
        Some(0.0) => "none".to_owned(),
        Some(share) => format!("{:.2} %", share * 100.0),
        None => "–".to_owned(),
    }
}

pub(crate) fn is_ratio(scenario: Scenario) -> bool {
    !matches!(scenario, Scenario::Memory)
}

/// The best round over the best of the floor: what a call costs while nobody else disturbs the machine.
fn best(rounds: &[Measured]) -> Option<f64> {
    let least = |of: fn(&Measured) -> f64| rounds.iter().map(of).reduce(f64::min);
    Some(least(|round| round.own)? / least(|round| round.floor)?)
}

/// A row for each peer, a column for each scenario.
fn grid(all: &All, text: &mut String, cell: impl Fn(&[Measured]) -> Option<String>) {
    let ratios = SCENARIOS
        .iter()
        .enumerate()
        .filter(|(_, entry)| is_ratio(entry.what));
    text.push('|');
    for (_, scenario) in ratios.clone() {
        let _ = write!(text, " | {}", scenario.name);
    }
    let _ = writeln!(text, " |\n|---{}|", "|--:".repeat(ratios.clone().count()));
    for (peer, measured) in PEERS.iter().zip(all) {
        let _ = write!(text, "| {}", peer.name);
        for (number, _) in ratios.clone() {
            let _ = write!(text, " | {}", cell(&measured[number]).as_deref().unwrap_or("–"));
        }
        text.push_str(" |\n");
    }
}

fn ratios(all: &All, text: &mut String) {
    grid(all, text, |rounds| {
        let (ratio, ns) = ratio(rounds).zip(nanoseconds(rounds))?;
        Some(format!("{ratio:.2} ({ns:.0})"))
    });
    text.push_str("\nThe best round over the best of the floor, where others disturb the machine:\n\n");
    grid(all, text, |rounds| Some(format!("{:.2}", best(rounds)?)));
}

pub(crate) fn quiet(all: &All) -> String {
    let mut text = String::from(
        "**Quiet**: ratio to two counter reads and the call, in brackets nanoseconds a call; medians over the rounds.\n\n",
    );
    ratios(all, &mut text);
    text.push_str("\nCold caches: what the call adds after 4 MiB of other memory was written.\n\n");
    totals(all, &mut text);
    text
}

/// `notes` say what the machine makes of it, and what it does not let be measured.
pub(crate) fn shared(all: &All, notes: &[String]) -> String {
    let mut text = String::from(
        "**Shared**: the same while every processor that is not measured on is kept busy, and the measured threads are \
         pinned to the others. Of one thread it is the processor time that counts, so that waiting for its turn beside other \
         programs is in no call.\n\n",
    );
    for note in notes {
        let _ = writeln!(text, "{note}\n");
    }
    if all.iter().flatten().any(|rounds| !rounds.is_empty()) {
        ratios(all, &mut text);
    }
    text
}

/// Over the rounds, how long a call takes at a percentile, and how much longer than the floor's there.
fn beyond_floor(rounds: &[Tail], at: usize) -> Option<(f64, f64)> {
    let own = rounds.iter().map(|tail| tail.own[at]);
    let floor = rounds.iter().map(|tail| tail.floor[at]);
    if PERCENTILES[at] == 100.0 {
        let longest = own.reduce(f64::max)?;
        return Some((longest, longest - floor.reduce(f64::max)?));
    }
    let more = own.clone().zip(floor).map(|(own, floor)| own - floor);
    Some((median(own.collect())?, median(more.collect())?))
}

/// Rounds of each entry of [`TAILS`].
pub(crate) fn tails(all: &[Vec<Tail>]) -> String {
    let mut text = String::from(
        "**Tail**: nanoseconds of single calls, and in brackets how many more than the floor's at the same \
         percentile, timed in turn in the same process; medians over the rounds, of the longest call the longest. \
         What a request of a hundred calls begins and ends with is in no call.\n\n| | ",
    );
    for percentile in &PERCENTILES[..PERCENTILES.len() - 1] {
        let _ = write!(text, "p{percentile} | ");
    }
    let columns = "|--:".repeat(PERCENTILES.len() + 1);
    let _ = writeln!(text, "longest | snapshots |\n|---{columns}|");
    for (entry, rounds) in TAILS.iter().zip(all) {
        let _ = write!(text, "| {} |", entry.name);
        for at in 0..PERCENTILES.len() {
            let cell = beyond_floor(rounds, at).map(|(own, more)| format!("{own:.0} ({more:+.0})"));
            let _ = write!(text, " {} |", cell.as_deref().unwrap_or("–"));
        }
        let snapshots: u64 = rounds.iter().map(|tail| tail.snapshots).sum();
        let _ = match snapshots {
            0 => writeln!(text, " – |"),
            some => writeln!(text, " {some} |"),
        };
    }
    text
}

pub(crate) fn how() -> String {
    let mut text = String::from("How each is set up:\n\n");
    for peer in &PEERS {
        let _ = writeln!(text, "- {}: {}.", peer.name, peer.how);
    }
    text
}

fn totals(all: &All, text: &mut String) {
    let at = |wanted: &str| SCENARIOS.iter().position(|scenario| scenario.name == wanted);
    let (Some(memory), Some(crowd)) = (at("50 M calls, nobody reads"), at("16 threads")) else {
        return;
    };
    text.push_str("| nobody reads | calls made | memory grew by | lost | lost with 16 threads |\n");
    text.push_str("|---|--:|--:|--:|--:|\n");
    for (peer, measured) in PEERS.iter().zip(all) {
        let Some(once) = measured[memory].first() else {
            continue;
        };
        let _ = writeln!(
            text,
            "| {} | {:.1} M | {:.1} MiB | {} | {} |",
            peer.name,
            once.calls as f64 / 1e6,
            once.grown,
            lost_cell(&measured[memory]),
            lost_cell(&measured[crowd]),
        );
    }
    text.push_str("\nCalls stop at 50 M, 12 s or 4 GiB.\n");
}
