//! Work on a thread of aimlm's, for which another waits a while: no signal that the work raises, such as that of a
//! pipe that nobody reads, is the program's, and neither is its stack.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::buffer;

/// How far it is, and whoever waits for more.
struct Progress {
    step: Mutex<Step>,
    changed: Condvar,
}

#[derive(Clone, PartialEq, Eq)]
enum Step {
    Making,
    Writing,
    Ended(Result<(), String>),
}

impl Progress {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            step: Mutex::new(Step::Making),
            changed: Condvar::new(),
        })
    }

    fn reach(&self, step: Step) {
        *self.step.lock().unwrap_or_else(PoisonError::into_inner) = step;
        self.changed.notify_all();
    }

    /// Waits until it is past this step, at most so long; for ever without a limit.
    fn wait_past(&self, step: &Step, limit: Option<Duration>) -> Step {
        let deadline = limit.and_then(|limit| Instant::now().checked_add(limit));
        let mut now = self.step.lock().unwrap_or_else(PoisonError::into_inner);
        while *now == *step {
            let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
            now = match left {
                Some(Duration::ZERO) => break,
                Some(left) => {
                    let woken = self.changed.wait_timeout(now, left);
                    woken.unwrap_or_else(PoisonError::into_inner).0
                }
                None => self.changed.wait(now).unwrap_or_else(PoisonError::into_inner),
            };
        }
        now.clone()
    }
}

/// How long whoever waits does so.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub(super) making: Duration,
    /// `None`: as long as it takes, as any print of the program's.
    pub(super) writing: Option<Duration>,
}

/// Makes a text and writes it.
///
/// # Errors
///
/// What went wrong; also if it takes longer than the limits.
pub(super) fn make_and_write(
    limits: Limits,
    make: impl FnOnce() -> String + Send + 'static,
    write: impl FnOnce(&str) -> Result<(), String> + Send + 'static,
) -> Result<(), String> {
    let progress = Progress::new();
    let reached = Arc::clone(&progress);
    let run = move || {
        let made = catch_unwind(AssertUnwindSafe(make));
        let ended = match made {
            Ok(text) => {
                reached.reach(Step::Writing);
                write(&text)
            }
            Err(_) => Err("the report could not be made".to_owned()),
        };
        reached.reach(Step::Ended(ended));
    };
    on_its_own(run);
    let step = match progress.wait_past(&Step::Making, Some(limits.making)) {
        Step::Writing => progress.wait_past(&Step::Writing, limits.writing),
        step => step,
    };
    match step {
        Step::Making => Err(format!("the report could not be made within {:?}", limits.making)),
        Step::Writing => Err("the report could not be written in time".to_owned()),
        Step::Ended(ended) => ended,
    }
}

/// Runs something, and waits for its end so long. Says whether it came to its end.
pub(super) fn within(limit: Duration, run: impl FnOnce() + Send + 'static) -> bool {
    let progress = Progress::new();
    let reached = Arc::clone(&progress);
    on_its_own(move || {
        run();
        reached.reach(Step::Ended(Ok(())));
    });
    progress.wait_past(&Step::Making, Some(limit)) != Step::Making
}

/// On this thread where there can be no other.
fn on_its_own(run: impl FnOnce() + Send + 'static) {
    let run = Arc::new(Mutex::new(Some(run)));
    let taken = Arc::clone(&run);
    let take = |run: &Mutex<Option<_>>| run.lock().unwrap_or_else(PoisonError::into_inner).take();
    let spawned = buffer::spawn("aimlm-report", move || {
        if let Some(run) = take(&taken) {
            run();
        }
    });
    if spawned.is_err()
        && let Some(run) = take(&run)
    {
        run();
    }
}
