//! A report that is written again and again.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use aimlm_core::console::{self, aside::caught};
use aimlm_core::process;
use aimlm_vocabulary::Error;

use super::making::not_made;

/// The shortest time between two reports, however they are asked for: nobody reads them faster, and a thread that does
/// nothing else takes a core from the program.
pub(crate) const SHORTEST: Duration = Duration::from_millis(10);

/// A thread of aimlm's that writes every so often, for as long as the program lives unless it is told to end.
pub(super) struct Repetition {
    until: Arc<Until>,
    thread: JoinHandle<()>,
}

#[derive(Default)]
struct Until {
    is_over: Mutex<bool>,
    ended: Condvar,
}

impl Until {
    /// Waits so long; says whether it is over.
    fn waits(&self, every: Duration) -> bool {
        let is_over = self.is_over.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.ended.wait_timeout_while(is_over, every, |is_over| !*is_over);
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }
}

impl Repetition {
    /// Writes first after this time, and as long after each. What goes wrong is tried again the next time, and said
    /// the first time.
    pub(super) fn start(
        every: Duration,
        write: impl Fn() -> Result<(), String> + Send + 'static,
    ) -> io::Result<Self> {
        let until = Arc::new(Until::default());
        let own = Arc::clone(&until);
        let repeat = move || {
            let mut has_failed = false;
            while !own.waits(every) {
                if let Err(problem) = whole(&write)
                    && !std::mem::replace(&mut has_failed, true)
                {
                    console::say(&problem);
                }
            }
        };
        let thread = process::spawn("aimlm-report", repeat)?;
        Ok(Self { until, thread })
    }

    /// Waits for the report that is being written; there is no other after it.
    fn end(self) {
        *self.until.is_over.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.until.ended.notify_all();
        let _ = self.thread.join();
    }
}

/// What comes of it, also if it panics.
fn whole(write: impl FnOnce() -> Result<(), String>) -> Result<(), String> {
    caught(write).unwrap_or_else(|words| Err(not_made(&words)))
}

/// Writes a report every so often, on a thread of aimlm's, until it is dropped: then once more.
///
/// Each time the file is written whole or not at all. What can not be written is tried again the next time; what went
/// wrong the last time, [`finish`](Self::finish) says. In a forked child it writes nothing: the reports are its parent's.
#[must_use = "reports are written until this is dropped"]
pub struct RepeatedReport {
    path: PathBuf,
    write: Arc<dyn Fn() -> Result<(), Error> + Send + Sync>,
    repetition: Option<Repetition>,
    process: u32,
}

impl RepeatedReport {
    pub(crate) fn start(
        path: PathBuf,
        every: Duration,
        write: impl Fn() -> Result<(), Error> + Send + Sync + 'static,
    ) -> Result<Self, Error> {
        let write = Arc::new(write);
        let own = Arc::clone(&write);
        let repetition = Repetition::start(every, move || {
            // Whoever holds it asks at the end; the next time may be better.
            let _ = own();
            Ok(())
        });
        let repetition = repetition.map_err(|error| Error::io("start a thread that writes", &path, error))?;
        Ok(Self {
            path,
            write,
            repetition: Some(repetition),
            process: std::process::id(),
        })
    }

    /// Writes the report a last time, and no more. Dropping does the same, and says nothing of what goes wrong.
    ///
    /// # Errors
    ///
    /// If the file can not be written; in a forked child always.
    pub fn finish(mut self) -> Result<(), Error> {
        self.end()
    }

    fn end(&mut self) -> Result<(), Error> {
        let Some(repetition) = self.repetition.take() else {
            return Ok(());
        };
        let failed = |reason| Err(Error::io("write a last report to", &self.path, reason));
        if self.process != std::process::id() {
            // The C library would let go of a thread of this process that has the other's place.
            std::mem::forget(repetition);
            return failed(io::Error::other(
                "this process is a forked child, and the reports are its parent's",
            ));
        }
        repetition.end();
        caught(&*self.write).unwrap_or_else(|words| failed(io::Error::other(not_made(&words))))
    }
}

impl Drop for RepeatedReport {
    fn drop(&mut self) {
        let _ = self.end();
    }
}

impl fmt::Debug for RepeatedReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RepeatedReport")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::panic::resume_unwind;
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::super::turn;
    use super::*;

    #[test]
    fn after_a_report_that_panics_comes_the_next() {
        static BEGUN: AtomicU32 = AtomicU32::new(0);
        let (tell, told) = std::sync::mpsc::channel();
        let write = move || {
            let turn = turn::begin_repeated();
            if BEGUN.fetch_add(1, Ordering::Relaxed) == 0 {
                resume_unwind(Box::new("as asked"));
            }
            let _ = tell.send(turn.is_some());
            Ok(())
        };
        let repetition = Repetition::start(SHORTEST, write).unwrap();
        // An error if the thread has ended, false if the turn is still that of the one that panicked.
        assert_eq!(told.recv(), Ok(true));
        repetition.end();
    }

    #[test]
    fn a_last_report_that_panics_is_an_error() {
        let path = PathBuf::from("report.json");
        let write = || resume_unwind(Box::new("as asked"));
        let reports = RepeatedReport::start(path, Duration::MAX, write).unwrap();
        let error = reports.finish().unwrap_err().to_string();
        assert!(
            error.contains("report.json") && error.contains("as asked"),
            "{error}"
        );
    }
}
