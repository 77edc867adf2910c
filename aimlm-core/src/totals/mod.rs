//! Lock-free sums that are exact at any length: distributions, rates.

mod durations;
mod histogram;
mod item_rates;
#[cfg(all(test, loom))]
mod loom_tests;
pub(crate) mod saturating;

pub(crate) use durations::{Durations, Items, LONGEST, MANY_ITEMS};
pub(crate) use histogram::Histogram;
pub(crate) use item_rates::{RateTotals, Rates};
