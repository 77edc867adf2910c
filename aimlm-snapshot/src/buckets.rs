use std::cmp::Ordering;
use std::fmt;

use super::column::Column;

/// Bucket numbers in rising order, each with its count, never zero. Six bytes each, as long as no count needs
/// more than 32 bits.
#[derive(Clone, Default)]
pub struct Buckets {
    numbers: Vec<u16>,
    counts: Column<u32>,
}

impl Buckets {
    /// None yet, with room for so many.
    pub fn with_capacity(buckets: usize) -> Self {
        Self {
            numbers: Vec::with_capacity(buckets),
            counts: Column::with_capacity(buckets),
        }
    }

    /// Adds a bucket after all others.
    #[inline]
    pub fn push(&mut self, bucket: u16, n: u64) {
        self.numbers.push(bucket);
        self.counts.push(n);
    }

    /// Counts one more value.
    pub fn add_one(&mut self, bucket: u16) {
        match self.numbers.binary_search(&bucket) {
            Ok(at) => {
                let n = self.counts.slice().get(at).unwrap_or_default();
                self.counts.set(at, n.saturating_add(1));
            }
            Err(at) => {
                self.numbers.insert(at, bucket);
                self.counts.insert(at, 1);
            }
        }
    }

    /// The counts of both.
    pub fn merged(&self, other: &Self) -> Self {
        let mut merged = Self::with_capacity(self.numbers.len().max(other.numbers.len()));
        let (mut left, mut right) = (self.iter().peekable(), other.iter().peekable());
        while let (Some(&(a, n)), Some(&(b, m))) = (left.peek(), right.peek()) {
            let count = match a.cmp(&b) {
                Ordering::Less => n,
                Ordering::Equal => n.saturating_add(m),
                Ordering::Greater => m,
            };
            merged.push(a.min(b), count);
            left.next_if(|_| a <= b);
            right.next_if(|_| b <= a);
        }
        left.chain(right).for_each(|(bucket, n)| merged.push(bucket, n));
        merged
    }

    /// The counts less those of `earlier`, which are of the same.
    pub(crate) fn since(&self, earlier: &Self) -> Self {
        let mut before = earlier.iter().peekable();
        let left = self.iter().filter_map(|(bucket, n)| {
            while before.next_if(|&(other, _)| other < bucket).is_some() {}
            let gone = before.next_if(|&(other, _)| other == bucket);
            let n = n.saturating_sub(gone.map_or(0, |(_, n)| n));
            (n > 0).then_some((bucket, n))
        });
        left.collect()
    }

    /// Each bucket with its count, in rising order.
    #[inline]
    pub fn iter(&self) -> impl Iterator<Item = (u16, u64)> {
        let counts = self.counts.slice();
        let numbers = self.numbers.iter().enumerate();
        numbers.filter_map(move |(at, &bucket)| Some((bucket, counts.get(at)?)))
    }

    /// The first and the last bucket.
    pub fn ends(&self) -> Option<(u16, u16)> {
        Some((*self.numbers.first()?, *self.numbers.last()?))
    }
}

impl fmt::Debug for Buckets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl PartialEq for Buckets {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Eq for Buckets {}

impl FromIterator<(u16, u64)> for Buckets {
    fn from_iter<T: IntoIterator<Item = (u16, u64)>>(buckets: T) -> Self {
        let buckets = buckets.into_iter();
        let mut all = Self::with_capacity(buckets.size_hint().0);
        buckets.for_each(|(bucket, n)| all.push(bucket, n));
        all
    }
}
