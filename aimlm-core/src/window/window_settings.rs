use crate::event::Number;
use crate::recent::{BY_EPOCH, OFTEN};

/// What a series must know to be folded into.
#[derive(Debug, Clone, Copy)]
pub(crate) struct WindowSettings {
    /// Calls kept one by one.
    pub(crate) history_size: usize,
    /// The fields that count what a call processes. What counts is the first of them that it carries, never both.
    pub(crate) items: &'static [Number],
    /// Whether its calls or samples come once an epoch, so that their curves are kept whole for longer.
    pub(crate) by_epoch: bool,
}

impl WindowSettings {
    /// Points that a curve keeps.
    pub(crate) const fn points(&self) -> u64 {
        if self.by_epoch { BY_EPOCH } else { OFTEN }
    }

    /// The place of a field among those that count items.
    #[inline]
    pub(crate) fn rank_of_items(&self, field: Number) -> Option<usize> {
        self.items.iter().position(|&items| items == field)
    }
}
