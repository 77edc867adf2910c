//! The static of one annotated function.

use crate::event::Stage;
use crate::sync::Ordering;
use crate::sync::fixed::AtomicU32;

/// Where an annotated function stands, and the series of its calls once the first of them asked for it.
#[derive(Debug)]
pub struct Site {
    pub(crate) stage: Stage,
    pub(crate) function: &'static str,
    pub(crate) file: &'static str,
    pub(crate) line: u32,
    pub(crate) memory: bool,
    series: AtomicU32,
}

impl Site {
    /// A site of `function`, written as module path and name.
    #[must_use]
    pub const fn new(stage: Stage, function: &'static str, file: &'static str, line: u32) -> Self {
        Self {
            stage,
            function,
            file,
            line,
            memory: false,
            series: AtomicU32::new(0),
        }
    }

    /// The same site, with resident memory sampled while its calls are in flight.
    #[must_use]
    pub const fn with_memory(mut self) -> Self {
        self.memory = true;
        self
    }

    /// The number of its series, if it has one for good; 0 before the first call.
    #[inline(always)]
    pub(crate) fn series(&self) -> u32 {
        // Relaxed: the number leads to its series through the store, which orders its own writes.
        self.series.load(Ordering::Relaxed)
    }

    pub(crate) fn set_series(&self, number: u32) {
        self.series.store(number, Ordering::Relaxed);
    }
}
