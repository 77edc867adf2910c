use crate::clock::Rate;
use crate::event::Record;
use crate::sync::IS_MODEL;

/// As many fill most of a ring, or all of a model's.
const MANY: usize = if IS_MODEL { 4 } else { 256 };

/// The records of one fold, and what reading them takes.
pub(crate) struct Records<'a> {
    pub(crate) all: &'a [Record],
    pub(crate) rate: Rate,
    /// When this process began: a call that began before was another process's.
    pub(crate) birth: u64,
}

impl Records<'_> {
    /// Whether they come from a thread that calls as fast as it can.
    pub(crate) const fn are_many(&self) -> bool {
        self.all.len() >= MANY
    }

    /// The series of the first group from `from` on.
    pub(crate) fn series_after(&self, from: usize) -> Option<u32> {
        let ends = |record: &&Record| record.ends_group();
        self.all[from..].iter().find(ends).map(|record| record.series())
    }
}
