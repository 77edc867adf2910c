//! The static of one annotated function.

use crate::event::Stage;

/// What is known about an annotated function when it is compiled.
#[derive(Debug)]
pub struct Site {
    pub(crate) stage: Stage,
    pub(crate) function: &'static str,
    pub(crate) file: &'static str,
    pub(crate) line: u32,
    pub(crate) memory: bool,
}

impl Site {
    /// The function's stage, path and place.
    #[must_use]
    pub const fn new(stage: Stage, function: &'static str, file: &'static str, line: u32) -> Self {
        Self {
            stage,
            function,
            file,
            line,
            memory: false,
        }
    }

    /// Asks for resident memory while calls are in flight.
    #[must_use]
    pub const fn with_memory(mut self) -> Self {
        self.memory = true;
        self
    }
}
