//! What one fold adds to one series, summed up before shared memory is touched: a thread that ran one function a
//! hundred times touches it once for each counter.
//!
//! Calls that follow each other and look alike, as most do, are added by one loop over slices of records, and their numbers
//! column by column (`uniform_calls`); all else record by record (`span`, `call_values`). Both come to the same.

mod call_shape;
mod call_values;
mod number_counts;
mod records;
mod series_sums;
mod span;
mod uniform_calls;

pub(crate) use call_shape::CallShape;
pub(crate) use records::Records;
pub(crate) use series_sums::SeriesSums;
