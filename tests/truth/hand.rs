//! Calls by hand, in the one way that this suite uses.

use aimlm::{Guard, Outcome};

/// A call that is running, of whatever stage.
pub(crate) trait Running {
    fn end(self, outcome: Outcome);
}

impl<S> Running for Guard<S> {
    fn end(self, outcome: Outcome) {
        self.finish(outcome);
    }
}

/// Ends a call as a success.
pub(crate) fn succeed(call: impl Running) {
    call.end(Outcome::Ok);
}

/// Ends a call as an error.
pub(crate) fn fail(call: impl Running) {
    call.end(Outcome::Error);
}
