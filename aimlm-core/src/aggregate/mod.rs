//! Lock-free sums of what happened: counters, histograms, bounded history, curves.
//!
//! A [`Window`] holds everything about one series since the last reset. A [`Folder`] reads records, sums them
//! up for each series, and adds the sums: a thread that ran one function a hundred times touches shared memory
//! once for each counter.

mod amounts;
mod batch;
mod busy;
mod cell;
mod coverage;
mod curve;
mod durations;
mod field;
mod fields;
mod fold;
mod group;
mod histogram;
mod history;
mod memory;
mod meter;
#[cfg(all(test, loom))]
mod models;
mod names;
mod numbers;
mod parts;
mod pending;
mod rate;
mod records;
mod run;
mod segment;
mod segments;
mod sequence;
mod shared;
#[cfg(all(test, not(any(loom, shuttle))))]
mod simulation;
mod slots;
mod store;
mod sum;
mod window;

pub(crate) use amounts::Amounts;
pub(crate) use busy::Busy;
pub(crate) use cell::{Cell, CellReading};
pub(crate) use coverage::{Coverage, count_caller};
pub(crate) use curve::Point;
pub(crate) use field::NumberReading;
pub(crate) use fold::Folder;
pub(crate) use history::HistoryReading;
pub(crate) use memory::{MemoryReading, MemorySample};
pub(crate) use names::{LONGEST as LONGEST_TEXT, bytes as bytes_of_names, intern, shortened};
pub(crate) use rate::Rates;
pub(crate) use segment::Segment;
pub(crate) use store::STORE;
#[cfg(all(test, shuttle))]
pub(crate) use store::Store;
pub(crate) use window::{Window, WindowSettings};
