mod allocators;
mod ends;
mod forks;
mod limits;
mod others;
mod signals;
mod streams;

use super::{reported, tracked};

/// What every program does.
#[tracked]
pub fn work(x: u64) -> u64 {
    x.wrapping_mul(31).rotate_left(7)
}

pub fn works(times: u64) -> u64 {
    (0..times).fold(1, |x, _| work(x))
}

/// The program of this name.
pub fn find(name: &str) -> Option<fn()> {
    let all = [
        allocators::ALL,
        ends::ALL,
        forks::ALL,
        limits::ALL,
        others::ALL,
        signals::ALL,
        streams::ALL,
    ];
    let found = all
        .iter()
        .flat_map(|programs| programs.iter())
        .find(|(own, _)| *own == name);
    found.map(|(_, main)| *main)
}
