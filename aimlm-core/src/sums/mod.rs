//! What one fold adds to one series, summed up before shared memory is touched: a thread that ran one function a
//! hundred times touches it once for each counter.

mod call_values;
mod number_counts;
mod records;
mod series_sums;
mod span;
mod uniform_calls;

pub(crate) use records::Records;
pub(crate) use series_sums::SeriesSums;
pub(crate) use uniform_calls::CallShape;
