//! What a call leaves behind: its stage, outcome, fields and the fixed-size record that carries them.

mod field;
mod label;
mod outcome;
mod record;
mod stage;

pub use field::{Field, FieldKind};
pub use label::Label;
pub use outcome::{Outcome, Outcomes};
pub(crate) use record::{DURATION_BITS, MAX_SERIES, MAX_VALUES, Record};
pub use stage::Stage;
