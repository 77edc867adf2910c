//! Every shape of function three times: as written, tracked, and with the attribute switched off.
//!
//! Each case runs its functions and says in a text what it saw; `compare.rs` compares the texts.
#![deny(warnings)]
#![allow(
    dead_code,
    non_snake_case,
    non_upper_case_globals,
    missing_docs,
    clippy::all,
    reason = "the shapes are here to be strange; `lints.rs` asks what the lints say"
)]
#![warn(clippy::duplicate_mod)]
#![allow(clippy::duplicate_mod, reason = "this is how each case comes three times")]

#[macro_use]
pub mod scene;

#[path = "off.rs"]
pub mod off;
#[path = "plain.rs"]
pub mod plain;
#[path = "tracked.rs"]
pub mod tracked;
