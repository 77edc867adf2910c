//! The words of [aimlm](https://docs.rs/aimlm): what can be said of a call. Use them through that crate.
//!
//! Everything that knows a stage, a label, a number or a phase by name takes it from the tables in `table.rs`: the attributes and
//! their arguments, the builders and guards of calls made by hand, the record, snapshots, views, reports and exports. A
//! new one is one row. Words that no table has, a user's own or those of another version that wrote a file, have a place
//! beside them: they are told apart by their names, and at most so many are taken, 64 bytes each.
//!
//! | table | a row is |
//! |---|---|
//! | [`for_each_number`] | a number that a call can carry: unit, how it adds up, whether it is an amount of work |
//! | [`for_each_label`] | a text that tells series from each other |
//! | [`for_each_stage`] | what a function does in the life of a model: its subject, labels and numbers, which of these count its items |
//! | [`for_each_phase`] | a part of a call that has a meaning to the analysis |

#![forbid(unsafe_code)]

mod error;
mod label;
mod names;
mod number;
mod outcome;
mod phase;
#[cfg(feature = "serde")]
mod read;
mod stage;
mod table;
mod word;

pub use error::Error;
pub use label::Label;
#[doc(hidden)]
pub use names::Names;
pub use number::{Number, NumberKind};
pub use outcome::{Outcome, Outcomes};
pub use phase::Phase;
pub use stage::Stage;
