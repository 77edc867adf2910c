//! When this process began, if it is a fork of another.

use super::tick::{BEGINNING, ticks, unix_nanoseconds};
use crate::sync::Ordering;
use crate::sync::fixed::AtomicU64;

/// In ticks; 0 if it is no fork.
static BIRTH: AtomicU64 = AtomicU64::new(0);
/// The same in nanoseconds since the Unix epoch, as its bits.
static UNIX_BIRTH: AtomicU64 = AtomicU64::new(0);

/// A call that started before, in ticks, belongs to the process that this one was forked from.
#[inline]
pub(crate) fn birth() -> u64 {
    // Relaxed: set before this process has a second thread; and once it is forgotten, both answers are right.
    match BIRTH.load(Ordering::Relaxed) {
        0 => 0,
        birth => unless_begun_anew(birth),
    }
}

/// A counter that began anew, as some do while the machine is suspended, gives every call a start before this
/// process was forked; none of its parent's can be left then. Processors that differ a little are no such thing.
#[cold]
fn unless_begun_anew(birth: u64) -> u64 {
    if ticks() >= birth / 2 {
        return birth;
    }
    // Relaxed: whoever still reads the old value comes here too.
    BIRTH.store(0, Ordering::Relaxed);
    0
}

/// The same, in nanoseconds since the Unix epoch; 0 if this process is no fork.
pub(crate) fn unix_birth() -> i64 {
    // Relaxed: set before this process has a second thread.
    UNIX_BIRTH.load(Ordering::Relaxed) as i64
}

/// When this process began to record, in nanoseconds since the Unix epoch: when its clock was made ready.
pub(crate) fn beginning() -> i64 {
    // Relaxed: a time, by which nothing else is ordered.
    unix_birth().max(BEGINNING.load(Ordering::Relaxed) as i64)
}

/// Lets this process begin now. Runs in the handler of a forked child: the clock must be ready.
pub(crate) fn begin_process() {
    // Relaxed: on the only thread there is; starting another orders what was before.
    BIRTH.store(ticks(), Ordering::Relaxed);
    UNIX_BIRTH.store(unix_nanoseconds() as u64, Ordering::Relaxed);
}
