//! Lock-free sums of what happened: counters, histograms, bounded history, curves.
//!
//! A [`Window`] holds everything about one series since the last reset. Folding adds a [`Batch`] to it,
//! so that a thread that ran one function a hundred times touches shared memory once for each counter.

mod distribution;

pub use distribution::Distribution;
