//! From the number of a series to its window: cells, and the store that they are in.

mod series_cell;
#[cfg(all(test, loom))]
mod loom_tests;
mod number_stack;
mod waiting_calls;
mod sequence;
mod store;

pub(crate) use series_cell::{CellReading, Open, SeriesCell};
pub(crate) use store::{STORE, Store};
pub(crate) use waiting_calls::MOST_WAITING;
