//! Ticks of the processor's invariant counter, and what they are in nanoseconds and on the wall clock.
//!
//! A call reads the counter twice and converts nothing. Folding converts durations with the current rate;
//! snapshots convert moments with the current anchor. The collector anchors the rate anew to the system's
//! monotonic clock, so that neither drifts: first after some milliseconds, because the calibration at the
//! start takes less than one, then once a second. Where the processor does not say that its
//! counter is invariant, quanta reads the system clock, and a tick is a nanosecond.

mod anchor;
mod birth;
mod counter;
mod tick;

pub(crate) use birth::{begin_process, beginning, birth, unix_birth};
pub(crate) use counter::counter;
pub use tick::mock_clock;
pub(crate) use tick::{Moment, Rate, WallClock, anchor, anchors, is_counter, start, ticks, unix_nanoseconds};
