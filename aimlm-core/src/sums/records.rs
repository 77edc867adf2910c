use std::ops::Range;

use crate::clock::Rate;
use crate::event::Record;

/// The records of one fold, and what reading them takes.
pub(crate) struct Records<F> {
    pub(crate) range: Range<usize>,
    /// What is at a position.
    pub(crate) get: F,
    pub(crate) rate: Rate,
    /// When this process began: a call that began before was another process's.
    pub(crate) birth: u64,
}

impl<F: Fn(usize) -> Record> Records<F> {
    /// The series of the first group from `from` on.
    pub(crate) fn series_after(&self, from: usize) -> Option<u32> {
        let mut records = (from..self.range.end).map(&self.get);
        records.find(|record| record.ends_group()).map(Record::series)
    }
}
