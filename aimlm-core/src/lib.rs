//! The recording path of [aimlm](https://docs.rs/aimlm): from an annotated call to plain data. Use it through that
//! crate; what is public here is for the facade and for what the attributes emit, and may change with any version.
//!
//! # The journey of one call
//!
//! ```text
//!  annotated call                                         aimlm-snapshot
//!       │ two clock reads, two 16-byte records                   ▲
//!       ▼                                                        │ plain data
//!  ring of the thread ──── full: the thread folds it ──┐      capture
//!       │                                              │         ▲
//!       └── quiet: the collector sweeps it ──────────┐ │         │
//!                                                    ▼ ▼         │
//!                       lock-free aggregates of each series ─────┘
//! ```
//!
//! # Rooms
//!
//! A module imports only from those above it; a test checks that. `probe`, where a record begins to flow, stands low:
//! a process's first call starts what follows from it.
//!
//! | room | what |
//! |---|---|
//! | `sync` | the only door to atomics and locks: std's, or loom's |
//! | `process` | what the system does with the process: forks, signals, exit, descriptors |
//! | `clock` | ticks, nanoseconds, wall clock |
//! | `event` | the record of a call; its words are those of `aimlm-vocabulary` |
//! | `interned` | texts that a record names by a number |
//! | `reserve` | what folds may suddenly need, made before |
//! | `totals` | lock-free sums that are exact at any length: distributions, rates |
//! | `recent` | what is kept one by one, and bounded: the last calls, curves, samples of memory |
//! | `busy` | when calls were in flight |
//! | `window` | everything about one series since the last reset |
//! | `sums` | what one fold adds to one series |
//! | `cell` | from the number of a series to its window |
//! | `fold` | from records to the windows of their series |
//! | `reporter` | whom the first call tells, so that a report can come by itself |
//! | `site` | the static of one annotated function |
//! | `series` | from stage, subject and labels to a number; the limit on how many |
//! | `ring` | the ring of each thread, who folds it when, what a forked child inherits |
//! | `console` | standard output and standard error, without their locks |
//! | `sampler` | resident memory |
//! | `collector` | the background thread |
//! | `capture` | from cells and windows to a snapshot; atomics stop here |
//! | `probe` | around a call: what begins it, ends it, carries its numbers |

mod sync;
pub mod process;
pub mod clock;
pub mod event;
mod interned;
mod reserve;
mod totals;
mod recent;
mod busy;
mod window;
mod sums;
mod cell;
mod fold;
pub mod reporter;
pub mod site;
pub mod series;
pub mod ring;
pub mod console;
mod sampler;
pub mod collector;
pub mod capture;
pub mod probe;
