//! Everything about one series since the last reset. Any number of threads add to it at once.

mod number_column;
mod number_table;
mod number_totals;
#[expect(
    clippy::module_inception,
    reason = "the room is named after what most of it serves"
)]
mod window;
mod window_settings;

pub(crate) use number_column::NumberColumn;
pub(crate) use number_table::{FIELDS_READY, OTHER_NUMBERS_READY};
pub(crate) use number_totals::{
    Counts, EPOCHS_READY, NUMBERS_READY, NumberReading, POINTS_READY, REALS_READY,
};
pub(crate) use window::{ERROR_KINDS_READY, Window, WindowReading, in_flight};
pub(crate) use window_settings::WindowSettings;
