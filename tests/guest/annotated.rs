//! The programs, with annotations.

pub(crate) use aimlm::{main as reported, track_operation as tracked};

#[path = "programs/mod.rs"]
pub mod programs;
