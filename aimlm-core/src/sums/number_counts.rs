use crate::event::Number;
use crate::window::{Counts, Window};

/// What one fold adds to a few numbers of a series; more of them are added one by one.
pub(crate) struct NumberCounts([Option<(Number, Counts)>; 4]);

impl NumberCounts {
    pub(crate) const fn new() -> Self {
        Self([None; 4])
    }

    pub(crate) fn add(&mut self, window: &Window, number: Number, counts: &Counts) {
        for place in &mut self.0 {
            let (own, sums) = place.get_or_insert((number, Counts::NONE));
            if *own == number {
                return sums.merge(counts);
            }
        }
        window.field(number).add_counts(counts);
    }

    /// Writes them out, and leaves nothing behind.
    pub(crate) fn write(&mut self, window: &Window) {
        for (number, counts) in self.0.iter_mut().filter_map(Option::take) {
            window.field(number).add_counts(&counts);
        }
    }
}
