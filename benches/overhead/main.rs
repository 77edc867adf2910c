//! What one call costs: the ratio to two counter reads and the call, for every way to record one.
//!
//! `cargo bench --bench overhead`; a number after `--` sets how many rounds. The ways take turns in short
//! slices, so that whatever else the machine does meets all of them alike. The best slice is what the code
//! costs; the median is what this machine made of it. It prints Markdown and never fails on a time.
//!
//! With `-- shared` a second table follows: the same while every processor that is not measured on is kept busy.

mod functions;
#[path = "../src/neighbours.rs"]
mod neighbours;
mod rows;
mod table;

use std::sync::{Barrier, Mutex};

use functions::{annotated, floor, plain_ten_polls, ten_polls};
use neighbours::{Neighbours, pin_to_first, slowdown};
use rows::{Budget, COUNTER, FLOOR, PLAIN, PLAIN_ITEM, PLAIN_TEN_POLLS, Row, rows, time};
use table::{Machine, best, print_head, print_row};

/// One slice on two threads at once, in turn the floor and the annotated function; gives the mean of both
/// threads for each.
fn two_threads(rounds: usize) -> [Vec<f64>; 2] {
    let (barrier, taken) = (Barrier::new(2), Mutex::new(vec![[0.0; 2]; rounds]));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let clock = quanta::Clock::new();
                for round in 0..rounds {
                    barrier.wait();
                    let below = time(|x| floor(&clock, x));
                    barrier.wait();
                    let ours = time(annotated);
                    let mut taken = taken.lock().unwrap();
                    taken[round][0] += below / 2.0;
                    taken[round][1] += ours / 2.0;
                }
            });
        }
    });
    let taken = taken.into_inner().unwrap();
    [0, 1].map(|which| taken.iter().map(|pair| pair[which]).collect())
}

fn measure(rows: &mut [Row], rounds: usize) -> Vec<Vec<f64>> {
    let mut taken = vec![Vec::with_capacity(rounds); rows.len()];
    for _ in 0..rounds {
        for (row, taken) in rows.iter_mut().zip(&mut taken) {
            taken.push((row.slice)());
        }
    }
    taken
}

/// Pins what is measured to so many processors and keeps the others busy.
fn share(processors: usize) -> Result<Neighbours, String> {
    let neighbours = Neighbours::sparing(processors)?;
    pin_to_first(processors)?;
    Ok(neighbours)
}

fn print_one_thread(rows: &mut [Row], rounds: usize, machine: Machine) -> Vec<Vec<f64>> {
    let taken = measure(rows, rounds);
    print_head(rounds, machine);
    for (row, own) in rows.iter().zip(&taken) {
        print_row(row.name, row.budget, machine, row.floor, own, &taken);
    }
    taken
}

fn print_two_threads(rounds: usize, machine: Machine) {
    let pair = two_threads(rounds);
    let both = "**the same on two threads at once**";
    print_row(both, Budget::None, machine, 0, &pair[0], &pair);
    let ours = "annotated function on two threads, one series";
    print_row(ours, Budget::Ratio(1.15, 1.3), machine, 0, &pair[1], &pair);
}

/// What is no ratio.
fn print_differences(rows: &[Row], taken: &[Vec<f64>]) {
    let of = |name: &str| {
        let at = rows.iter().position(|row| row.name == name);
        best(&taken[at.expect("a row of that name")])
    };
    let most = best(&taken[PLAIN_ITEM]) + best(&taken[COUNTER]) + 5.0;
    let item = of("stream, each item");
    println!("\nStream, each item: {item:.2} ns; budget {most:.2} ns (the item, one counter read and 5 ns).");
    let polls = of("async function, 10 polls");
    let each = (polls - best(&taken[PLAIN_TEN_POLLS]) - best(&taken[FLOOR]) + best(&taken[PLAIN])) / 10.0;
    println!("Async, each poll: {each:+.2} ns more than not annotated; budget + 1.");
    let grown = size_of_val(&ten_polls(1)) - size_of_val(&plain_ten_polls(1));
    println!("A future grows by {grown} bytes for a level of annotation; budget 64.");
}

fn print_shared(rows: &mut [Row], rounds: usize) {
    match slowdown() {
        Ok(times) => {
            println!("\nBeside busy neighbours arithmetic alone takes {times:.2} times as long here.");
        }
        Err(why) => return println!("\nNo neighbours: {why}."),
    }
    match share(1) {
        Ok(_busy) => drop(print_one_thread(rows, rounds, Machine::Shared)),
        Err(why) => return println!("\nNo neighbours: {why}."),
    }
    match share(2) {
        Ok(_busy) => print_two_threads(rounds, Machine::Shared),
        Err(why) => println!("\nTwo threads: {why}."),
    }
}

fn main() {
    let rounds = std::env::args()
        .find_map(|argument| argument.parse().ok())
        .unwrap_or(300);
    let mut rows = rows();
    // The first round resolves series, allocates pages and starts the collector, which is pinned nowhere then.
    measure(&mut rows, 1);
    let taken = print_one_thread(&mut rows, rounds, Machine::Quiet);
    print_two_threads(rounds, Machine::Quiet);
    print_differences(&rows, &taken);
    if std::env::args().any(|argument| argument == "shared") {
        print_shared(&mut rows, rounds);
    }
}
