//! The JSON that the `AIMLMetrics` class of `ipfs-kit-py` writes.
//!
//! Statistics are over all calls that succeeded, so that they are those of every other report; lists of single calls are
//! of those that the history still has. All times are seconds; a statistic without data is `null`, and so is a number
//! that is not finite. What the class has no place for stands beside its members: see `docs/report-schema.md`.

mod dataset_members;
mod distributed_members;
mod inference_members;
mod last_load;
mod member_statistics;
mod model_members;
mod recommendations;
mod reported;
#[cfg(test)]
mod tests;
mod training_members;
mod whole;

pub(super) use whole::report;
