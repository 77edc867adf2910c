//! Settings of an instance: defaults, file, environment, builder; the later wins over the earlier.
//!
//! ```text
//! TOML ─ read_toml ┐
//!                  ├ written_tree ─ settings_section ┐
//! JSON ─ read_json ┘                                 ├ settings_table: places and ranges ─ Config
//! AIMLM_* ──────────────────────────── environment ───┤
//! setters ───────────────────────── config_builder ───┘
//! ```
//!
//! `setting_rows` has one row for each setting, of which member, setter, key and reference are made; what stands under
//! `thresholds` comes from the rules of `aimlm-diagnosis`. Everything that is wrong is collected in `problems` and reported at once.

#![forbid(unsafe_code)]

mod config;
mod config_builder;
mod config_sources;
mod environment;
mod nearest_key;
mod nesting;
mod problems;
mod read_json;
mod read_toml;
mod setting_rows;
mod settings_file;
mod settings_section;
mod settings_table;
mod settings_text;
#[cfg(test)]
mod tests;
mod written_tree;

pub use aimlm_diagnosis::Thresholds;
pub use aimlm_vocabulary::Error;
pub use config::Config;
pub use config_builder::ConfigBuilder;
