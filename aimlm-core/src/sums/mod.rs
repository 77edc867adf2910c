//! What one fold adds to one series, summed up before shared memory is touched: a thread that ran one function a
//! hundred times touches it once for each counter.

mod batch;
mod group;
mod records;
mod run;

pub(crate) use batch::Batch;
pub(crate) use records::Records;
pub(crate) use run::Shape;
