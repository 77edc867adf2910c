//! Reports of [aimlm](https://docs.rs/aimlm): what a snapshot means, and how it is shown. Use it through that crate; on
//! its own it is for programs that read what another one recorded. Nothing here records, keeps or waits.
//!
//! [`Report::new`] gathers views and [findings](aimlm_diagnosis::analyze). Markdown and text are two renderers of one document of
//! sections and tables, so they never differ in what they say.

#![forbid(unsafe_code)]

mod cell_value;
mod document;
mod fitted;
mod formats;
mod legacy;
mod markup;
mod rendered;
mod report;
mod sections;
mod shown;
#[cfg(test)]
mod tests;

pub use aimlm_config::Config;
pub use aimlm_diagnosis::{Finding, FindingKind, Thresholds, analyze};
pub use formats::ReportFormat;
#[doc(hidden)]
pub use formats::{assert_file, assert_name};
pub use report::Report;
