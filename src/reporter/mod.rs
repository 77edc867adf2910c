//! The report that comes by itself: when the program ends, when a signal ends it, every so often. And how a report
//! becomes a file.
//!
//! Nothing here may change how the program goes or ends: reports are made and written on threads of aimlm's, which
//! have a stack of their own and no signals; no lock of a standard stream is waited for; what goes wrong is one line
//! on standard error.

mod at_end;
mod destination;
mod file;
mod making;
mod repeated;
mod request;
mod turn;

pub(crate) use at_end::write_by_hand;
pub use at_end::{ReportAtEnd, report_at_end};
pub use repeated::RepeatedReport;
pub(crate) use repeated::SHORTEST;

/// What the recording path tells of: where the environment may ask for a report, and who records.
pub static REPORTER: aimlm_core::reporter::Reporter = aimlm_core::reporter::Reporter {
    ask_environment: at_end::ask_environment,
    ensure_running: at_end::ensure_running,
};
