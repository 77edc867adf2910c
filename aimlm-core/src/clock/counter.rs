#![allow(unsafe_code)]
//! The processor's counter, read where a call stands: through a function it would cost as much again.

use std::time::{Duration, Instant};

/// How long it may take to see whether a clock reads it.
const LONGEST: Duration = Duration::from_millis(1);

/// Reads the processor's counter. It means something where [`is_what_reads`] says so.
#[inline(always)]
pub(crate) fn counter() -> u64 {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: every processor of this architecture has the instruction, and it touches no memory.
    return unsafe { core::arch::x86_64::_rdtsc() };
    #[cfg(all(target_arch = "aarch64", not(target_os = "ios")))]
    {
        let count: u64;
        // SAFETY: every system but that one lets programs read the register, and reading it touches nothing else.
        unsafe {
            core::arch::asm!("mrs {}, cntvct_el0", out(reg) count, options(nomem, nostack, preserves_flags))
        };
        return count;
    }
    #[cfg(not(any(target_arch = "x86_64", all(target_arch = "aarch64", not(target_os = "ios")))))]
    0
}

/// Whether it is the counter that a clock reads: its reading lies between two of the counter's. Nanoseconds of the
/// system's clock lie within those few ticks only where a tick is one of them.
pub(super) fn is_what_reads(clock: &quanta::Clock) -> bool {
    // Until the counter has gone on, which takes 40 ns where it counts at 24 MHz; and between two readings a thread may come
    // to another processor, whose counter is a little behind.
    let (mut steps, mut misses, begun) = (0, 0, Instant::now());
    while steps < 3 && misses < 8 && begun.elapsed() < LONGEST {
        let (before, between, after) = (counter(), clock.raw(), counter());
        if before <= between && between <= after {
            steps += u32::from(before < after);
        } else {
            misses += 1;
        }
    }
    steps == 3
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn a_clock_of_nanoseconds_is_no_counter() {
        let (mock, control) = quanta::Clock::mock();
        assert!(!is_what_reads(&mock), "it stands at nothing");
        control.increment(counter());
        assert!(!is_what_reads(&mock), "it stands at what the counter was");
        control.increment(1_u64 << 60);
        assert!(!is_what_reads(&mock), "it stands at what the counter will be");
    }

    #[cfg(all(target_os = "linux", target_arch = "x86_64"))]
    #[test]
    fn where_the_counter_is_invariant_it_is_the_clock() {
        let clock = quanta::Clock::new();
        let is_counter = !format!("{clock:?}").contains("inner: Monotonic");
        assert_eq!(is_what_reads(&clock), is_counter);
    }
}
