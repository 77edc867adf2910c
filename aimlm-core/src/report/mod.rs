//! Reports: one plain struct, written as Markdown, text, JSON or the JSON of the system that aimlm re-creates.
//!
//! [`Report::new`] gathers views and findings. Markdown and text are two renderers of one document of
//! sections and tables, so they never differ in what they say.

mod cell;
mod document;
mod legacy;
mod markdown;
mod markup;
mod sections;
mod text;
mod timestamp;
mod whole;

pub use whole::Report;

#[cfg(test)]
mod tests;
