use super::lists::LISTS;
use super::segment::Segment;

/// A gap of one in so many ticks of the calls around it is not worth a segment.
const SHORT: u64 = 256;

/// Segments in order, none over another.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Segments(pub(crate) Vec<Segment>);

impl Segments {
    pub(crate) const fn new() -> Self {
        Self(Vec::new())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// With room for so many.
    pub(crate) fn with_room(len: usize) -> Self {
        Self(Vec::with_capacity(len))
    }

    /// Takes over those of another.
    pub(crate) fn copy(&mut self, other: &Self) {
        self.0.clear();
        self.extend(&other.0);
    }

    fn extend(&mut self, others: &[Segment]) {
        LISTS.make_room(&mut self.0, others.len());
        self.0.extend_from_slice(others);
    }

    fn push_last(&mut self, new: Segment) {
        LISTS.make_room(&mut self.0, 1);
        self.0.push(new);
    }

    /// Empties it, and leaves room for so many.
    pub(crate) fn clear(&mut self, room: usize) {
        self.0.clear();
        self.shrink(room);
    }

    /// Leaves no more room than for so many, or for those that there are.
    pub(crate) fn shrink(&mut self, room: usize) {
        LISTS.shrink(&mut self.0, room);
    }

    pub(crate) fn bytes(&self) -> usize {
        self.0.capacity() * size_of::<Segment>()
    }

    /// Where the last one ends.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn end(&self) -> Option<i64> {
        self.0.last().map(|last| last.end)
    }

    /// Adds one that most often comes after all others.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn push(&mut self, new: Segment) {
        match self.0.last_mut() {
            Some(last) if new.start < last.end => self.push_over(new),
            Some(last) if new.start == last.end && new.is_full() && last.is_full() => last.join(&new),
            _ if new.covered > 0 => self.push_last(new),
            _ => {}
        }
    }

    #[cold]
    #[inline(never)]
    fn push_over(&mut self, new: Segment) {
        if !new.is_full() || self.end().is_some_and(|end| end > new.end) {
            return self.add(&[new]);
        }
        while let Some(mut last) = self.0.pop_if(|last| last.end > new.start) {
            if last.start < new.start {
                let before = last.take_before(new.start);
                self.push(before);
                break;
            }
        }
        self.push(new);
    }

    /// Adds one that most often comes after all others. A gap that is shorter than `near`, or much shorter than what is
    /// on both sides of it, is not kept, unless the one before it ends at `apart` or before.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn push_near(&mut self, new: Segment, near: u64, apart: i64) {
        if let Some(last) = self.0.last_mut()
            && last.end <= new.start
            && last.end > apart
        {
            let gap = new.start.wrapping_sub(last.end) as u64;
            if gap <= near.max(last.len().min(new.len()) / SHORT) {
                return last.join(&new);
            }
        }
        self.push(new);
    }

    /// Adds others, in whatever order the times of both come.
    #[inline]
    pub(crate) fn add(&mut self, new: &[Segment]) {
        let Some(first) = new.first() else { return };
        if self.end().is_some_and(|end| end > first.start) {
            return self.merge(new);
        }
        self.push(*first);
        self.extend(&new[1..]);
    }

    #[inline(never)]
    fn merge(&mut self, new: &[Segment]) {
        let from = self.0.partition_point(|own| own.end <= new[0].start);
        let mut later = LISTS.with_room(self.0.len() - from);
        later.extend_from_slice(&self.0[from..]);
        self.0.truncate(from);
        self.push_merged(&later, new);
        LISTS.give(later);
    }

    /// Adds those of two lists, none of which begins before one that is there.
    fn push_merged(&mut self, own: &[Segment], new: &[Segment]) {
        let mut own = own.iter().copied();
        let mut new = new.iter().copied();
        let (mut a, mut b) = (own.next(), new.next());
        loop {
            let piece = match (&mut a, &mut b) {
                (None, None) => return,
                (Some(_), None) => a.take(),
                (None, Some(_)) => b.take(),
                (Some(ours), Some(theirs)) => next_piece(ours, theirs),
            };
            if let Some(piece) = piece {
                self.push(piece);
            }
            a = a.filter(|rest| rest.len() > 0).or_else(|| own.next());
            b = b.filter(|rest| rest.len() > 0).or_else(|| new.next());
        }
    }

    /// Joins neighbours until no more than `most` are left: those first that tell the least where a call was, oldest
    /// first. Where a call began that has not ended, at one of `opened`, they stay apart if they can.
    ///
    /// `blur` is how much the last time took; it gives how much it took now.
    #[cold]
    #[inline(never)]
    pub(crate) fn thin(&mut self, most: usize, blur: f64, opened: &[i64]) -> f64 {
        let now = self.end().unwrap_or_default();
        // No two segments are so much alike that this takes many rounds.
        let mut blur = (blur / 2.0).max(f64::EPSILON);
        while self.0.len() > most {
            let mut left = self.0.len() - most;
            let apart = |one: &Segment, next: &Segment| {
                blur < 1.0 && opened.iter().any(|&at| one.end <= at && at <= next.start)
            };
            self.0.dedup_by(|next, one| {
                let joins = left > 0 && one.blur(next, now) <= blur && !apart(one, next);
                if joins {
                    one.join(next);
                    left -= 1;
                }
                joins
            });
            blur *= 2.0;
        }
        blur
    }
}

/// Takes the next piece off two segments of which neither begins after the other ends.
fn next_piece(a: &mut Segment, b: &mut Segment) -> Option<Segment> {
    let until = |one: &mut Segment, at: i64| {
        if one.end <= at {
            let whole = *one;
            one.start = one.end;
            whole
        } else {
            one.take_before(at)
        }
    };
    if a.start < b.start {
        return Some(until(a, b.start));
    }
    if b.start < a.start {
        return Some(until(b, a.start));
    }
    let end = a.end.min(b.end);
    let (ours, theirs) = (until(a, end), until(b, end));
    Some(ours.over(&theirs))
}

#[cfg(all(test, not(any(loom, shuttle))))]
mod tests {
    use super::*;

    /// One by one a long one would take them all in, and nobody would know where it ended.
    #[test]
    fn short_segments_are_joined_with_each_other_first() {
        let long = Segment::full(0, 1_000);
        let short = |nth: i64| Segment::full(1_010 + 20 * nth, 1_020 + 20 * nth);
        let mut segments = Segments(std::iter::once(long).chain((0..100).map(short)).collect());
        segments.thin(50, 0.0, &[]);
        assert!(segments.0.len() <= 50);
        assert_eq!(segments.0[0], long);
        let covered: u64 = segments.0.iter().map(|segment| segment.covered).sum();
        assert_eq!(covered, 1_000 + 100 * 10);
    }
}
