//! The ring of each thread, and who folds it when.
//!
//! A thread writes its records into a buffer of its own, from the beginning until that is full. Then it folds them itself, as
//! they are still in its own cache, and begins anew. The collector, and whoever asks for a report, sweep the rings of the
//! others, each from where the last sweep ended. A lock decides who folds, and with it alone a buffer begins anew; the owner
//! never waits for it: while another thread sweeps its full ring, it adds the one group that found no room straight to its
//! series. A thread that has no ring, or can not read the counter by itself, has a buffer without room, so that whether there
//! is room is all that a call asks.

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
pub(crate) use local::{buffer, current, end_buffer};
pub(crate) use registry::REGISTRY;
pub(crate) use ring::Ring;
pub(crate) use sink::StoreSink;
