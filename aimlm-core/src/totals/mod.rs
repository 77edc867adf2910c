//! Lock-free sums that are exact at any length: distributions, rates.

mod count_histogram;
mod durations;
mod histogram;
mod item_rates;
mod items;
#[cfg(all(test, loom))]
mod loom_tests;
pub(crate) mod saturating;

pub(crate) use count_histogram::{COARSE_PAGES_READY, COUNTS_READY, CountHistogram, EXACT};
pub(crate) use durations::{Durations, ItemTally, Tally};
pub(crate) use histogram::{HISTOGRAMS_READY, Histogram, PAGES_READY};
pub(crate) use item_rates::{ItemRateTotals, ItemRates, RATES_READY};
pub(crate) use items::{Items, MANY_ITEMS};
