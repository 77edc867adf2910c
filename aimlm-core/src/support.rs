//! What the code that the attributes emit calls; not for use by hand.

pub use crate::clock::mock_clock;
pub use crate::collector::before_each_round;
pub use crate::event::{Label, Outcome, Payload, Stage};
pub use crate::metrics::{Metrics, recording};
pub use crate::probe::*;
pub use crate::reporter::{ReportAtEnd, report_at_end};
pub use crate::series::Instance as Keep;
pub use crate::site::Site;

pub use core::convert::Infallible;
pub use core::module_path;
pub use core::option::Option;
pub use core::option::Option::{None, Some};
pub use core::result::Result::{Err, Ok};
pub use std::boxed::Box;
