//! The programs as they are.

pub(crate) use aimlm::{skip as reported, skip as tracked};

#[path = "programs/mod.rs"]
pub mod programs;
