//! From stage, subject and labels to the number of a series: interning, and the limit on how many there are.

mod budget;
mod configured;
mod description;
mod instance;
pub(crate) mod intervals;
mod key;
#[cfg(all(test, loom))]
mod loom_tests;
mod namespace;
mod overflow_sample;
mod plain_key;
mod series_table;
mod tags;

pub use description::Description;
pub use instance::Instance;
pub use key::KeyRef;
pub(crate) use key::SeriesKey;
pub use namespace::{GLOBAL, Namespace};
pub(crate) use series_table::Series;
#[cfg(all(test, shuttle))]
pub(crate) use series_table::{Found, SeriesTable};
