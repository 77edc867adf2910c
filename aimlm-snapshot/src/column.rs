//! Numbers in half their room.

/// A number that stands for one of twice its size, exactly.
pub(crate) trait Half: Copy {
    /// What it stands for.
    type Whole: Copy;

    /// None if the number does not fit.
    fn of(whole: Self::Whole) -> Option<Self>;

    fn whole(self) -> Self::Whole;
}

impl Half for u32 {
    type Whole = u64;

    #[inline]
    fn of(whole: u64) -> Option<Self> {
        whole.try_into().ok()
    }

    #[inline]
    fn whole(self) -> u64 {
        self.into()
    }
}

impl Half for i32 {
    type Whole = i64;

    #[inline]
    fn of(whole: i64) -> Option<Self> {
        whole.try_into().ok()
    }

    #[inline]
    fn whole(self) -> i64 {
        self.into()
    }
}

impl Half for f32 {
    type Whole = f64;

    #[inline]
    fn of(whole: f64) -> Option<Self> {
        let half = whole as Self;
        // By their bits: a zero has a sign. No NaN fits, so that each stays what it is.
        (f64::from(half).to_bits() == whole.to_bits() && !half.is_nan()).then_some(half)
    }

    #[inline]
    fn whole(self) -> f64 {
        self.into()
    }
}

/// A list of numbers, in halves as long as every one fits.
#[derive(Clone)]
pub(crate) enum Column<H: Half> {
    Halves(Vec<H>),
    Wholes(Vec<H::Whole>),
}

impl<H: Half> Default for Column<H> {
    fn default() -> Self {
        Self::Halves(Vec::new())
    }
}

impl<H: Half> Column<H> {
    pub(crate) fn with_capacity(numbers: usize) -> Self {
        Self::Halves(Vec::with_capacity(numbers))
    }

    /// Of these numbers.
    #[inline]
    pub(crate) fn of(numbers: impl ExactSizeIterator<Item = H::Whole> + Clone) -> Self {
        let mut halves = Vec::with_capacity(numbers.len());
        for number in numbers.clone() {
            match H::of(number) {
                Some(half) => halves.push(half),
                None => return Self::Wholes(numbers.collect()),
            }
        }
        Self::Halves(halves)
    }

    #[inline]
    pub(crate) fn push(&mut self, number: H::Whole) {
        match (&mut *self, H::of(number)) {
            (Self::Halves(halves), Some(half)) => halves.push(half),
            (Self::Wholes(wholes), _) => wholes.push(number),
            _ => self.wholes().push(number),
        }
    }

    /// Puts a number in the place of another.
    pub(crate) fn set(&mut self, at: usize, number: H::Whole) {
        match (&mut *self, H::of(number)) {
            (Self::Halves(halves), Some(half)) => halves[at] = half,
            _ => self.wholes()[at] = number,
        }
    }

    /// Puts a number before another.
    pub(crate) fn insert(&mut self, at: usize, number: H::Whole) {
        match (&mut *self, H::of(number)) {
            (Self::Halves(halves), Some(half)) => halves.insert(at, half),
            _ => self.wholes().insert(at, number),
        }
    }

    #[cold]
    #[inline(never)]
    fn wholes(&mut self) -> &mut Vec<H::Whole> {
        if let Self::Halves(halves) = self {
            let mut wholes = Vec::with_capacity(halves.capacity().max(halves.len() + 1));
            wholes.extend(halves.iter().map(|half| half.whole()));
            *self = Self::Wholes(wholes);
        }
        match self {
            Self::Wholes(wholes) => wholes,
            Self::Halves(_) => unreachable!("halves were made wholes above"),
        }
    }

    /// All numbers.
    pub(crate) fn slice(&self) -> Slice<'_, H> {
        match self {
            Self::Halves(halves) => Slice::Halves(halves),
            Self::Wholes(wholes) => Slice::Wholes(wholes),
        }
    }
}

/// Some of the numbers of a [`Column`], one after the other.
pub(crate) enum Slice<'a, H: Half> {
    Halves(&'a [H]),
    Wholes(&'a [H::Whole]),
}

impl<H: Half> Clone for Slice<'_, H> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<H: Half> Copy for Slice<'_, H> {}

impl<H: Half> Slice<'_, H> {
    #[cfg(test)]
    fn len(self) -> usize {
        match self {
            Self::Halves(halves) => halves.len(),
            Self::Wholes(wholes) => wholes.len(),
        }
    }

    #[inline]
    pub(crate) fn get(self, at: usize) -> Option<H::Whole> {
        match self {
            Self::Halves(halves) => halves.get(at).map(|half| half.whole()),
            Self::Wholes(wholes) => wholes.get(at).copied(),
        }
    }

    #[inline]
    pub(crate) fn split_at(self, at: usize) -> (Self, Self) {
        match self {
            Self::Halves(halves) => {
                let (before, after) = halves.split_at(at);
                (Self::Halves(before), Self::Halves(after))
            }
            Self::Wholes(wholes) => {
                let (before, after) = wholes.split_at(at);
                (Self::Wholes(before), Self::Wholes(after))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn all(column: &Column<u32>) -> Vec<u64> {
        (0..column.slice().len())
            .map(|at| column.slice().get(at).unwrap())
            .collect()
    }

    fn bits(slice: Slice<'_, f32>) -> Vec<u64> {
        (0..slice.len())
            .map(|at| slice.get(at).unwrap().to_bits())
            .collect()
    }

    #[test]
    fn halves_last_until_a_number_needs_more() {
        let mut column = Column::<u32>::default();
        column.push(u32::MAX.into());
        assert!(matches!(column, Column::Halves(_)));
        column.push(1 << 32);
        column.push(7);
        assert!(matches!(column, Column::Wholes(_)));
        assert_eq!(all(&column), [u32::MAX.into(), 1 << 32, 7]);
        assert_eq!(column.slice().get(3), None);
    }

    #[test]
    fn numbers_are_set_and_inserted() {
        for large in [5, 1 << 40] {
            let mut column = Column::<u32>::of([1, 2, 3].into_iter());
            column.set(1, large);
            column.insert(1, 7);
            column.insert(4, large);
            column.set(0, 9);
            assert_eq!(all(&column), [9, 7, large, 3, large]);
            assert_eq!(matches!(column, Column::Halves(_)), large == 5);
        }
        let mut column = Column::<u32>::default();
        column.insert(0, u64::MAX);
        assert_eq!(all(&column), [u64::MAX]);
    }

    proptest! {
        #[test]
        fn every_number_comes_back_to_the_bit(
            small in prop::collection::vec(0_u32..1 << 24, 0..20),
            any in prop::collection::vec(any::<u64>(), 0..20),
            cut in 0_usize..40,
        ) {
            let numbers: Vec<f64> = small.iter().map(|&n| n.into()).chain(any.into_iter().map(f64::from_bits)).collect();
            let mut column = Column::<f32>::default();
            numbers.iter().for_each(|&number| column.push(number));
            let expected: Vec<u64> = numbers.iter().map(|number| number.to_bits()).collect();
            prop_assert_eq!(&bits(column.slice()), &expected);
            prop_assert_eq!(&bits(Column::of(numbers.iter().copied()).slice()), &expected);
            let cut = cut.min(numbers.len());
            let (before, after) = column.slice().split_at(cut);
            prop_assert_eq!(bits(before), &expected[..cut]);
            prop_assert_eq!(bits(after), &expected[cut..]);
        }
    }
}
