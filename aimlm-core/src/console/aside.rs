//! Work on a thread of aimlm's, for which another waits a while: no signal that the work raises, such as that of a
//! pipe that nobody reads, is the program's, and neither is its stack.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::process;

/// Runs something that must not unwind further. If it panics, gives what it said.
pub fn caught<T>(run: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(run)).map_err(|said| words(&*said).to_owned())
}

fn words(said: &(dyn Any + Send)) -> &str {
    let text = said.downcast_ref::<&str>().copied();
    let text = text.or_else(|| said.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("it panicked")
}

/// Runs something, and waits for its end so long. Says whether it came to its end.
pub(crate) fn within(limit: Duration, run: impl FnOnce() + Send + 'static) -> bool {
    let (end, ended) = sync_channel(1);
    on_its_own(move || {
        if caught(run).is_ok() {
            let _ = end.send(());
        }
    });
    ended.recv_timeout(limit).is_ok()
}

/// On this thread where there can be no other. It must not unwind.
pub fn on_its_own(run: impl FnOnce() + Send + 'static) {
    let run = Arc::new(Mutex::new(Some(run)));
    let taken = Arc::clone(&run);
    let take = |run: &Mutex<Option<_>>| run.lock().unwrap_or_else(PoisonError::into_inner).take();
    let spawned = process::spawn("aimlm-report", move || {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_panics_is_not_waited_for() {
        // Of nobody's patience.
        let for_ever = Duration::MAX;
        assert!(within(for_ever, || ()));
        assert!(!within(for_ever, || std::panic::resume_unwind(Box::new(
            "as asked"
        ))));
        assert_eq!(
            caught(|| std::panic::resume_unwind(Box::new("as asked"))),
            Err::<(), _>("as asked".to_owned())
        );
    }
}
