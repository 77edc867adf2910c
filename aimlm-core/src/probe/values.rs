use crate::event::Field;

/// The numbers of one call.
pub trait Values {
    /// How many there are at most.
    fn len(&self) -> usize;

    /// Hands over each number that is there, as bits: a whole number for a count, [`f64::to_bits`] for a real.
    fn visit(&self, push: impl FnMut(Field, u64));

    /// Whether there are none.
    #[inline(always)]
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Values for () {
    #[inline(always)]
    fn len(&self) -> usize {
        0
    }

    #[inline(always)]
    fn visit(&self, _: impl FnMut(Field, u64)) {}
}

impl Values for [(Field, u64)] {
    fn len(&self) -> usize {
        <[_]>::len(self)
    }

    fn visit(&self, mut push: impl FnMut(Field, u64)) {
        self.iter().for_each(|&(field, bits)| push(field, bits));
    }
}

impl Values for Vec<(Field, u64)> {
    fn len(&self) -> usize {
        Self::len(self)
    }

    fn visit(&self, push: impl FnMut(Field, u64)) {
        self.as_slice().visit(push);
    }
}
