//! A report that is written again and again.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::buffer;
use crate::error::Error;

/// Writes a report every so often, on a thread of aimlm's, until it is dropped: then once more.
///
/// Each time the file is written whole or not at all. What can not be written is tried again the next time; what went
/// wrong the last time, [`finish`](Self::finish) says. In a forked child it writes nothing: the reports are its parent's.
#[must_use = "reports are written until this is dropped"]
pub struct RepeatedReport {
    work: Arc<Work>,
    thread: Option<JoinHandle<()>>,
    process: u32,
}

struct Work {
    is_over: Mutex<bool>,
    ended: Condvar,
    path: PathBuf,
    write: Box<dyn Fn() -> Result<(), Error> + Send + Sync>,
}

impl Work {
    /// Waits so long; says whether it is over.
    fn waits(&self, every: Duration) -> bool {
        let is_over = self.is_over.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.ended.wait_timeout_while(is_over, every, |is_over| !*is_over);
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }

    fn end(&self) {
        *self.is_over.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.ended.notify_all();
    }
}

impl RepeatedReport {
    pub(crate) fn start(
        path: PathBuf,
        every: Duration,
        write: impl Fn() -> Result<(), Error> + Send + Sync + 'static,
    ) -> Result<Self, Error> {
        let work = Arc::new(Work {
            is_over: Mutex::new(false),
            ended: Condvar::new(),
            path,
            write: Box::new(write),
        });
        let own = Arc::clone(&work);
        let repeat = move || {
            while !own.waits(every) {
                // The next time may be better.
                let _ = (own.write)();
            }
        };
        let thread = buffer::spawn("aimlm-report", repeat);
        let thread = thread.map_err(|error| Error::io("start a thread that writes", &work.path, error))?;
        Ok(Self {
            work,
            thread: Some(thread),
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
        let Some(thread) = self.thread.take() else {
            return Ok(());
        };
        if self.process != std::process::id() {
            let reason = io::Error::other("this process is a forked child, and the reports are its parent's");
            return Err(Error::io("write a last report to", &self.work.path, reason));
        }
        self.work.end();
        let _ = thread.join();
        (self.work.write)()
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
            .field("path", &self.work.path)
            .finish_non_exhaustive()
    }
}
