//! Settings of an instance: defaults, file, environment, builder; the later wins over the earlier.
//!
//! ```text
//! TOML ─ read_toml ┐
//!                  ├ tree ─ section ┐
//! JSON ─ read_json ┘                ├ table: one row for each setting ─ Config
//! AIMLM_* ────────── environment ───┤
//! setters ────────── builder ───────┘
//! ```
//!
//! `table` is the only place that knows keys, ranges and types; what stands under `thresholds` it takes from the rules of
//! `aimlm-diagnosis`. Everything that is wrong is collected in
//! `problems` and reported at once.

#![forbid(unsafe_code)]

mod builder;
mod environment;
mod file;
mod nesting;
mod problems;
mod read_json;
mod read_toml;
mod section;
mod settings;
mod spelling;
mod table;
#[cfg(test)]
mod tests;
mod tree;

pub use aimlm_diagnosis::Thresholds;
pub use aimlm_vocabulary::Error;
pub use builder::ConfigBuilder;
pub use settings::Config;
