use std::ops::Range;

use crate::clock::Rate;
use crate::event::Record;

/// The records of one fold, and what reading them takes.
pub(super) struct Records<F> {
    pub(super) range: Range<usize>,
    /// What is at a position.
    pub(super) get: F,
    pub(super) rate: Rate,
    /// When this process began: a call that began before was another process's.
    pub(super) birth: u64,
}

impl<F: Fn(usize) -> Record> Records<F> {
    /// The series of the first group from `from` on.
    pub(super) fn series_after(&self, from: usize) -> Option<u32> {
        let mut records = (from..self.range.end).map(&self.get);
        records.find(|record| record.ends_group()).map(Record::series)
    }
}
