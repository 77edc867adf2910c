//! From the number of a series to its window: cells, and the store that they are in.

#[expect(
    clippy::module_inception,
    reason = "the room is named after what most of it serves"
)]
mod cell;
#[cfg(all(test, loom))]
mod loom_tests;
mod numbers;
mod pending;
mod sequence;
mod store;

pub(crate) use cell::{Cell, CellReading, Open};
pub(crate) use pending::ROOM;
pub(crate) use store::{STORE, Store};
