use crate::event::Record;

/// One number of calls that follow each other and look alike: the record at one place of each.
#[derive(Clone, Copy)]
pub(crate) struct NumberColumn<'a, const RECORDS: usize> {
    pub(crate) calls: &'a [[Record; RECORDS]],
    place: usize,
}

impl<'a, const RECORDS: usize> NumberColumn<'a, RECORDS> {
    pub(crate) const fn new(calls: &'a [[Record; RECORDS]], place: usize) -> Self {
        assert!(place < RECORDS);
        Self { calls, place }
    }

    pub(crate) const fn len(self) -> usize {
        self.calls.len()
    }

    /// The bits of each.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn bits(self) -> impl ExactSizeIterator<Item = u64> + Clone {
        self.calls.iter().map(move |call| call[self.place].bits())
    }

    /// The bits of one.
    pub(crate) const fn at(self, call: usize) -> u64 {
        self.calls[call][self.place].bits()
    }
}
