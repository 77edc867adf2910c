//! The ring of each thread, and who folds it when.
//!
//! A thread writes its records into a ring of its own and folds it itself when it is full: then the records are
//! still in its own cache. The collector, and whoever asks for a report, sweep the rings of the others. A lock
//! decides who folds; the owner never waits for it: while another thread sweeps its full ring, it adds the one
//! record that found no room straight to its series.

#[cfg(target_os = "linux")]
mod alone;
mod background;
#[cfg(unix)]
pub mod descriptor;
#[cfg(all(test, shuttle))]
mod engine;
mod exit;
mod fork;
#[cfg(unix)]
pub mod interrupt;
mod local;
#[cfg(all(test, loom))]
mod models;
mod program;
mod registry;
mod ring;
mod signals;

use std::ops::Range;

#[cfg(target_os = "linux")]
pub(crate) use alone::end_if_alone;
pub use background::spawn;
pub use exit::on_exit;
pub(crate) use fork::on_fork;
pub use fork::watch as watch_forks;
pub(crate) use local::{attach, current};
pub use program::{has_more_rights, library};
pub(crate) use registry::REGISTRY;
pub(crate) use ring::Ring;

use crate::aggregate::{Folder, STORE};
use crate::clock::birth;
use crate::event::Record;

/// Where the records of a ring go. Whoever holds the ring's lock uses it, one thread at a time.
pub(crate) trait Sink {
    /// Bytes that one holds on the heap.
    const BYTES: usize = 0;

    /// A sink with nothing in it. Threads have stacks of 16 KiB: what is large in it is on the heap.
    fn new() -> Self;

    /// Takes the records at these positions, of which every group is whole.
    fn fold(&mut self, records: Range<usize>, get: impl Fn(usize) -> Record);
}

/// Folds into the store of the process.
pub(crate) struct StoreSink(Box<Folder>);

impl Sink for StoreSink {
    const BYTES: usize = size_of::<Folder>() + Folder::BYTES;

    fn new() -> Self {
        Self(Box::new(Folder::new()))
    }

    fn fold(&mut self, records: Range<usize>, get: impl Fn(usize) -> Record) {
        self.0.fold(&STORE, birth(), records, get);
    }
}

/// Folds what every thread has recorded before, so that it is in the store. Waits for whoever folds a ring.
pub(crate) fn sweep() {
    fork::disinherit();
    REGISTRY.sweep();
}

/// Adds one group of records straight to its series.
#[cold]
#[inline(never)]
pub(crate) fn add_directly(records: &[Record]) {
    REGISTRY.add_directly(records);
}
