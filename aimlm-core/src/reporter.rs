//! Whom the first call of a process tells. The recording path knows no report: who makes them introduces itself, before
//! a call can be recorded that it wants to hear of.

use crate::sync::fixed::OnceRef;

/// What a report that comes by itself, at the end of the program or every so often, has to hear of.
#[derive(Debug)]
pub struct Reporter {
    /// The environment may ask for a report, also where it says that nothing is recorded.
    pub ask_environment: fn(),
    /// A thread is about to record its first call, perhaps that of a forked child.
    pub ensure_running: fn(),
}

// No lock: a forked child may find another thread's half done.
static REPORTER: OnceRef<'static, Reporter> = OnceRef::new();

/// Makes a reporter that of the process, if it has none. Costs nothing to say again.
pub fn introduce(reporter: &'static Reporter) {
    let _ = REPORTER.set(reporter);
}

pub(crate) fn ask_environment() {
    if let Some(reporter) = REPORTER.get() {
        (reporter.ask_environment)();
    }
}

pub(crate) fn ensure_running() {
    if let Some(reporter) = REPORTER.get() {
        (reporter.ensure_running)();
    }
}
