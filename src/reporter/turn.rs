//! Who writes the report of the program, and whether it is written: one at a time, the last one once.
//!
//! All of it is of one process: what a forked child finds here was its parent's.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

const IDLE: u64 = 0;
const REPEATING: u64 = 1;
const LAST: u64 = 2;
const DONE: u64 = 3;
const BITS: u32 = 32;
const LOOK: Duration = Duration::from_millis(2);

/// A number, and above it the process whose it is.
struct OfProcess(AtomicU64);

static TURN: OfProcess = OfProcess(AtomicU64::new(0));
/// How many files are being written.
static FILES: OfProcess = OfProcess(AtomicU64::new(0));

impl OfProcess {
    fn get(&self) -> u64 {
        // Acquire: pairs with the AcqRel of whoever changed it.
        number(self.0.load(Ordering::Acquire), std::process::id())
    }

    /// Changes it, unless `change` says no; gives what it was.
    fn change(&self, change: impl Fn(u64) -> Option<u64>) -> Result<u64, u64> {
        let process = std::process::id();
        // AcqRel, Acquire: whoever has the next turn sees what was done in this one.
        let changed = self.0.fetch_update(Ordering::AcqRel, Ordering::Acquire, |word| {
            change(number(word, process)).map(|number| u64::from(process) << BITS | number)
        });
        let before = |word| number(word, process);
        changed.map(before).map_err(before)
    }
}

/// What a word says to this process.
fn number(word: u64, process: u32) -> u64 {
    match word >> BITS == u64::from(process) {
        true => word & ((1 << BITS) - 1),
        false => 0,
    }
}

/// What comes of asking for the turn to write the last report.
pub(super) enum Turn {
    Begun(Last),
    Written,
    /// Another thread writes it, or one of many, and does not get done.
    Taken,
}

/// Whoever has it writes the last report, and it was the last when this is dropped.
pub(super) struct Last(());

/// Begins to write the last report. Waits for whoever is writing, at most so long.
pub(super) fn begin_last(patience: Duration) -> Turn {
    let deadline = Instant::now() + patience;
    loop {
        match TURN.change(|turn| (turn == IDLE).then_some(LAST)) {
            Ok(_) => return Turn::Begun(Last(())),
            Err(DONE) => return Turn::Written,
            Err(_) if Instant::now() >= deadline => return Turn::Taken,
            Err(_) => std::thread::sleep(LOOK),
        }
    }
}

impl Drop for Last {
    fn drop(&mut self) {
        let _ = TURN.change(|_| Some(DONE));
    }
}

/// It was not the last one after all.
pub(super) fn reopen() {
    let _ = TURN.change(|turn| (turn == DONE).then_some(IDLE));
}

/// Whoever has it writes one of many.
pub(super) struct Repeated(());

/// Begins to write one of many; not while another is written, nor after the last.
pub(super) fn begin_repeated() -> Option<Repeated> {
    let begun = TURN.change(|turn| (turn == IDLE).then_some(REPEATING));
    begun.is_ok().then_some(Repeated(()))
}

impl Drop for Repeated {
    fn drop(&mut self) {
        let _ = TURN.change(|turn| (turn == REPEATING).then_some(IDLE));
    }
}

/// A file that is being written: a program that ends waits for it a while, so that no half of one is left behind.
pub(super) struct Underway(());

impl Underway {
    pub(super) fn begin() -> Self {
        let _ = FILES.change(|files| Some(files + 1));
        Self(())
    }
}

impl Drop for Underway {
    fn drop(&mut self) {
        let _ = FILES.change(|files| Some(files.saturating_sub(1)));
    }
}

/// Waits until no file is being written, at most so long.
pub(super) fn wait_for_files(patience: Duration) {
    let deadline = Instant::now() + patience;
    while FILES.get() > 0 && Instant::now() < deadline {
        std::thread::sleep(LOOK);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_parent_was_doing_is_nothing_to_its_child() {
        for turn in [REPEATING, LAST, DONE] {
            let word = 7 << BITS | turn;
            assert_eq!(number(word, 7), turn);
            assert_eq!(number(word, 8), IDLE);
        }
        assert_eq!(number(0, 7), IDLE);
        let child = OfProcess(AtomicU64::new(u64::from(std::process::id() ^ 1) << BITS | DONE));
        assert_eq!(child.change(|turn| (turn == IDLE).then_some(LAST)), Ok(IDLE));
        assert_eq!(child.get(), LAST);
        assert_eq!(child.change(|turn| (turn == IDLE).then_some(LAST)), Err(LAST));
    }
}
