//! Programs that do what programs do, each with annotations and without: the same output, files and exit codes.
//!
//! The files of `programs` are compiled twice, once with aimlm's attributes and once with one that leaves a function as
//! it is. This program runs itself for each of them.
#![cfg_attr(not(unix), allow(unused))]
#![allow(unsafe_code, unreachable_pub, clippy::duplicate_mod)]

#[cfg(unix)]
mod allocator;
#[cfg(unix)]
mod annotated;
#[cfg(unix)]
mod plain;
#[cfg(target_os = "linux")]
mod places;
#[cfg(unix)]
mod reports;
#[cfg(unix)]
mod run;
#[cfg(unix)]
#[path = "../support/signals.rs"]
mod signals;
#[cfg(unix)]
mod system;
#[cfg(unix)]
mod variables;

#[cfg(unix)]
fn main() {
    if let Ok(name) = std::env::var(run::PROGRAM) {
        return run::program(&name);
    }
    #[cfg(target_os = "linux")]
    if let Ok(place) = std::env::var(places::PLACE) {
        return places::inside(&place);
    }
    run::all();
}

#[cfg(not(unix))]
fn main() {}
