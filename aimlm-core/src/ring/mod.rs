//! The ring of each thread, and who folds it when.
//!
//! A thread writes its records into a ring of its own and folds it itself when it is full: then the records are
//! still in its own cache. The collector, and whoever asks for a report, sweep the rings of the others. A lock
//! decides who folds; the owner never waits for it: while another thread sweeps its full ring, it adds the one
//! record that found no room straight to its series.

mod buffer;
mod entry;
mod inheritance;
mod local;
#[cfg(all(test, loom))]
mod loom_tests;
mod registry;
#[expect(
    clippy::module_inception,
    reason = "the room is named after what most of it serves"
)]
mod ring;
#[cfg(all(test, shuttle))]
mod shuttle_tests;
mod sink;

pub(crate) use buffer::{Buffer, RecordWords};
pub(crate) use entry::{add_directly, attach, sweep};
pub(crate) use inheritance::on_fork;
pub use inheritance::watch_forks;
pub(crate) use local::{buffer, current};
pub(crate) use registry::REGISTRY;
pub(crate) use ring::Ring;
pub(crate) use sink::StoreSink;
