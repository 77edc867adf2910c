use serde::{Deserialize, Serialize};

/// Spans kept of one [`BusyTime`]; what merges stays within it. As many as a series keeps at most while it records: what
/// ran in step is merged in step.
const MOST: usize = 4096;

/// When at least one call was in flight.
///
/// Spans follow each other without overlap. A span that is longer than it was busy holds short gaps, whose places are
/// no longer known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BusyTime {
    spans: Vec<BusySpan>,
}

/// A part of a [`BusyTime`], in nanoseconds since the Unix epoch. These three say all of it: it gets no more members.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BusySpan {
    /// Where it begins.
    pub start_ns: i64,
    /// Where it ends.
    pub end_ns: i64,
    /// How much of it a call was in flight.
    pub busy_ns: u64,
}

impl BusySpan {
    fn length(self) -> u64 {
        self.end_ns.saturating_sub(self.start_ns).max(0) as u64
    }

    /// Which share of it is busy, 0 to 1.
    fn share(self) -> f64 {
        match self.length() {
            0 => 0.0,
            length => self.busy_ns as f64 / length as f64,
        }
    }
}

impl BusyTime {
    /// Of spans that follow each other without overlap.
    pub fn of(spans: Vec<BusySpan>) -> Self {
        let mut busy = Self { spans };
        busy.compact();
        busy
    }

    /// The spans, in order of time.
    #[must_use]
    pub fn spans(&self) -> &[BusySpan] {
        &self.spans
    }

    /// All of it, in nanoseconds.
    #[must_use]
    pub fn nanoseconds(&self) -> u64 {
        let busy = self.spans.iter().map(|span| span.busy_ns);
        busy.fold(0, u64::saturating_add)
    }

    /// All of it, in seconds; none if no call ran.
    #[must_use]
    pub fn seconds(&self) -> Option<f64> {
        (!self.spans.is_empty()).then(|| self.nanoseconds() as f64 / 1e9)
    }

    /// From the first start to the last end, in seconds; none if no call ran.
    #[must_use]
    pub fn span_seconds(&self) -> Option<f64> {
        let (first, last) = (self.spans.first()?, self.spans.last()?);
        Some(last.end_ns.saturating_sub(first.start_ns) as f64 / 1e9)
    }

    /// The union of both. What lies in gaps whose places are not known counts with its share.
    pub fn merge(&mut self, other: &Self) {
        *self = self.with(other, |ours, theirs| 1.0 - (1.0 - ours) * (1.0 - theirs));
    }

    /// What is busy here and not in `earlier`, which is of the same calls: with it, it makes this.
    pub(crate) fn since(&self, earlier: &Self) -> Self {
        let mut since = self.with(earlier, |ours, before| (ours - before).max(0.0));
        // Where spans were joined since, shares tell little; how long it was busy in all is known.
        since.keep_newest(self.nanoseconds().saturating_sub(earlier.nanoseconds()));
        since
    }

    /// So many nanoseconds, the latest that there are.
    fn keep_newest(&mut self, nanoseconds: u64) {
        let mut left = nanoseconds;
        let mut kept: Vec<BusySpan> = Vec::with_capacity(self.spans.len());
        for span in self.spans.iter().rev() {
            if left == 0 {
                break;
            }
            // At least its own share; where there is too little in all, the latest were busy throughout.
            let room = if self.nanoseconds() < nanoseconds {
                span.length()
            } else {
                span.busy_ns
            };
            let busy_ns = room.min(left);
            left -= busy_ns;
            let start_ns = match busy_ns == room {
                true => span.start_ns,
                false => span.end_ns.saturating_sub_unsigned(busy_ns),
            };
            kept.push(BusySpan {
                start_ns,
                busy_ns,
                ..*span
            });
        }
        kept.reverse();
        self.spans = kept;
    }

    /// Both, part by part: the share that is busy where they have these shares.
    fn with(&self, other: &Self, share: impl Fn(f64, f64) -> f64) -> Self {
        let mut bounds: Vec<i64> = Vec::with_capacity(2 * (self.spans.len() + other.spans.len()));
        for span in self.spans.iter().chain(&other.spans) {
            bounds.extend([span.start_ns, span.end_ns]);
        }
        bounds.sort_unstable();
        bounds.dedup();
        let (mut ours, mut theirs) = (self.spans.as_slice(), other.spans.as_slice());
        let mut spans: Vec<BusySpan> = Vec::with_capacity(bounds.len());
        for pair in bounds.windows(2) {
            let share = share(share_at(&mut ours, pair[0]), share_at(&mut theirs, pair[0]));
            let length = pair[1].abs_diff(pair[0]);
            let busy_ns = ((share * length as f64).round() as u64).min(length);
            let part = BusySpan {
                start_ns: pair[0],
                end_ns: pair[1],
                busy_ns,
            };
            match spans.last_mut() {
                // Busy throughout, both: one span.
                Some(last)
                    if last.end_ns == part.start_ns && last.busy_ns == last.length() && busy_ns == length =>
                {
                    last.end_ns = part.end_ns;
                    last.busy_ns += busy_ns;
                }
                _ if busy_ns > 0 => spans.push(part),
                _ => {}
            }
        }
        Self::of(spans)
    }

    /// First start to last end, and how much of it: where in it is no longer known.
    pub(crate) fn summary(&self) -> Self {
        let (Some(first), Some(last)) = (self.spans.first(), self.spans.last()) else {
            return Self::default();
        };
        Self {
            spans: vec![BusySpan {
                start_ns: first.start_ns,
                end_ns: last.end_ns,
                busy_ns: self.nanoseconds(),
            }],
        }
    }

    /// Closes the smallest gaps until no more than [`MOST`] spans are left.
    fn compact(&mut self) {
        while self.spans.len() > MOST {
            let mut gaps: Vec<u64> = self.spans.windows(2).map(|pair| gap(pair[0], pair[1])).collect();
            let closed = self.spans.len() - MOST;
            let (_, &mut widest, _) = gaps.select_nth_unstable(closed - 1);
            let mut left = closed;
            self.spans.dedup_by(|next, kept| {
                let closes = left > 0 && gap(*kept, *next) <= widest;
                if closes {
                    left -= 1;
                    kept.end_ns = next.end_ns;
                    kept.busy_ns += next.busy_ns;
                }
                closes
            });
        }
    }
}

const fn gap(before: BusySpan, after: BusySpan) -> u64 {
    after.start_ns.abs_diff(before.end_ns)
}

/// The share of the span that holds `at`, 0 between spans. Spans that end before are passed.
fn share_at(spans: &mut &[BusySpan], at: i64) -> f64 {
    while let [first, rest @ ..] = spans
        && first.end_ns <= at
    {
        *spans = rest;
    }
    match spans.first() {
        Some(span) if span.start_ns <= at => span.share(),
        _ => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn busy(spans: &[(i64, i64)]) -> BusyTime {
        let spans = spans.iter().map(|&(start_ns, end_ns)| BusySpan {
            start_ns,
            end_ns,
            busy_ns: end_ns.abs_diff(start_ns),
        });
        BusyTime::of(spans.collect())
    }

    #[test]
    fn two_at_once_are_busy_once() {
        let mut ours = busy(&[(0, 2_000)]);
        ours.merge(&busy(&[(1_000, 2_000), (3_000, 3_500)]));
        assert_eq!(ours, busy(&[(0, 2_000), (3_000, 3_500)]));
        assert_eq!(ours.nanoseconds(), 2_500);
        assert_eq!(ours.span_seconds(), Some(3.5e-6));
    }

    #[test]
    fn what_merges_stays_bounded_and_keeps_its_sum() {
        let every = |from: i64| {
            let starts = (0..4_000).map(|nth| from + nth * 100);
            busy(&starts.map(|start| (start, start + 10)).collect::<Vec<_>>())
        };
        let mut ours = every(0);
        ours.merge(&every(50));
        assert_eq!(ours.spans().len(), MOST);
        assert_eq!(ours.nanoseconds(), 80_000);
    }

    /// Two devices that call in step are busy once, and twice as long in turn, however many calls that are.
    #[test]
    fn what_ran_in_step_is_busy_in_step() {
        let device = |from: i64| {
            let starts = (0..4_000).map(|nth| from + nth * 60);
            busy(&starts.map(|start| (start, start + 30)).collect::<Vec<_>>())
        };
        for (from, expected) in [(0, 120_000), (30, 240_000), (10, 160_000)] {
            let mut both = device(0);
            both.merge(&device(from));
            assert_eq!(both.nanoseconds(), expected, "{from}");
        }
    }

    proptest! {
        /// Exact, and in whatever order, as long as nothing has to be joined.
        #[test]
        fn merging_is_the_union(calls in prop::collection::vec((0..2_000_i64, 1..100_i64), 3..60), cuts in (0..60_usize, 0..60_usize)) {
            let of = |calls: &[(i64, i64)]| {
                let mut all = BusyTime::default();
                calls.iter().for_each(|&(start, long)| all.merge(&busy(&[(start, start + long)])));
                all
            };
            let (a, b) = (cuts.0 % calls.len(), cuts.1 % calls.len());
            let [mut first, mut second, third] = [&calls[..a.min(b)], &calls[a.min(b)..a.max(b)], &calls[a.max(b)..]].map(of);
            let mut ones = first.clone();
            ones.merge(&second);
            ones.merge(&third);
            second.merge(&third);
            first.merge(&second);
            prop_assert_eq!(&ones, &first);
            let touched = (0..2_100).filter(|&at| calls.iter().any(|&(start, long)| (start..start + long).contains(&at)));
            prop_assert_eq!(ones.nanoseconds(), touched.count() as u64);
        }
    }
}
