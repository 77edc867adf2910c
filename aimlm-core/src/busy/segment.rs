/// A stretch of time of which a part is covered, in ticks. Where that part lies is known only if it is all or nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Segment {
    pub(crate) start: i64,
    pub(crate) end: i64,
    pub(crate) covered: u64,
}

impl Segment {
    /// All of it covered.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) const fn full(start: i64, end: i64) -> Self {
        Self {
            start,
            end,
            covered: end.wrapping_sub(start) as u64,
        }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) const fn len(&self) -> u64 {
        self.end.wrapping_sub(self.start) as u64
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) const fn is_full(&self) -> bool {
        self.covered == self.len()
    }

    /// Takes off what lies before `at`, with its share of what is covered.
    pub(crate) fn take_before(&mut self, at: i64) -> Self {
        let before = Self {
            start: self.start,
            end: at,
            covered: share(self.covered, at.wrapping_sub(self.start) as u64, self.len()),
        };
        self.start = at;
        self.covered -= before.covered;
        before
    }

    /// Takes in the next one, and the gap before that.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) const fn join(&mut self, next: &Self) {
        self.end = next.end;
        self.covered += next.covered;
    }

    /// What two that lie over each other cover together. Where neither is full, each covers its share of what the other
    /// leaves.
    pub(crate) fn over(&self, other: &Self) -> Self {
        let both = share(self.covered, other.covered, self.len());
        Self {
            // In this order: the sum of both may be more than a segment can cover.
            covered: self.covered - both + other.covered,
            ..*self
        }
    }

    /// How much covered time would stand elsewhere if the two were joined, for each tick since then: what a call that
    /// is folded late, over both, could be wrong by. `now` is the end of all.
    pub(crate) fn blur(&self, next: &Self, now: i64) -> f64 {
        // By way of signed numbers, which the processor converts in one step.
        let real = |ticks: u64| ticks as i64 as f64;
        let (ours, theirs) = (real(self.len()), real(next.len()));
        let (covered, after) = (real(self.covered), real(next.covered));
        let gap = next.start.wrapping_sub(self.end) as f64;
        let share = (covered + after) / (ours + gap + theirs);
        let moved = (covered - share * ours).abs() + share * gap + (after - share * theirs).abs();
        // A long one would take in short ones unlike itself one by one: they are joined with each other first.
        let unlike = (ours.max(theirs) + gap) / (ours.min(theirs) + gap) / 8.0;
        moved * unlike.max(1.0) / now.wrapping_sub(self.start) as f64
    }
}

/// `part` of `whole`, of an amount.
fn share(amount: u64, part: u64, whole: u64) -> u64 {
    if part == whole || amount == 0 {
        amount
    } else if amount == whole {
        part
    } else {
        (u128::from(amount) * u128::from(part) / u128::from(whole)) as u64
    }
}
