use super::{Outcome, Payload};

/// Two words, 16 bytes.
///
/// A group of records is what one event leaves: the values of the call, then the record that ends it.
/// Groups are published whole, so a reader never meets a value without its end.
///
/// | kind | first word | second word |
/// |---|---|---|
/// | start | start, in ticks, or 0 for now | kind, series |
/// | value | the value's bits | kind, field |
/// | ok, error, panicked, cancelled | start, in ticks | kind, number of values before it, series, duration in ticks |
/// | sample | time, in ticks | kind, number of values before it, series |
///
/// A call whose duration was said, as [`Payload::NANOSECONDS`], has its end for its start: that it began may be before
/// ticks were counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Record(pub(crate) [u64; 2]);

/// What a record says. Zero is no kind: a slot never written is not a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RecordKind {
    Start,
    Ended(Outcome),
    Value,
    Sample,
}

// Second word, from the low bits: duration or field 33, series 24, kind 3, values 4.
pub(crate) const DURATION_BITS: u32 = 33;
const SERIES_BITS: u32 = 24;
const KIND_SHIFT: u32 = DURATION_BITS + SERIES_BITS;
const VALUES_SHIFT: u32 = KIND_SHIFT + 3;
const DURATION_MASK: u64 = (1 << DURATION_BITS) - 1;

/// Where the series number stands in the second word.
const SERIES_SHIFT: u32 = DURATION_BITS;
/// Series numbers are below this.
pub(crate) const MAX_SERIES: u32 = 1 << SERIES_BITS;
/// A call carries at most this many values.
pub(crate) const MAX_VALUES: usize = 15;

const START: u64 = 1;
const OK: u64 = 2;
const ERROR: u64 = 3;
const PANICKED: u64 = 4;
const CANCELLED: u64 = 5;
const VALUE: u64 = 6;
const SAMPLE: u64 = 7;

const fn code(outcome: Outcome) -> u64 {
    match outcome {
        Outcome::Ok => OK,
        Outcome::Error => ERROR,
        Outcome::Panicked => PANICKED,
        Outcome::Cancelled => CANCELLED,
    }
}

impl Record {
    #[inline(always)]
    pub(crate) const fn start(series: u32, start: u64) -> Self {
        Self([start, (START << KIND_SHIFT) | ((series as u64) << SERIES_SHIFT)])
    }

    /// An end without values. `None` if the duration needs more than the record's bits.
    #[inline(always)]
    pub(crate) const fn end(series: u32, outcome: Outcome, start: u64, ticks: u64) -> Option<Self> {
        if ticks > DURATION_MASK {
            return None;
        }
        Some(Self([start, Self::long_end(series, outcome, start).0[1] | ticks]))
    }

    /// The end of a call whose duration is its last value, as [`Payload::TICKS`] or [`Payload::NANOSECONDS`].
    #[inline(always)]
    pub(crate) const fn long_end(series: u32, outcome: Outcome, start: u64) -> Self {
        Self([
            start,
            (code(outcome) << KIND_SHIFT) | ((series as u64) << SERIES_SHIFT),
        ])
    }

    /// The same, with so many values before it.
    #[inline(always)]
    pub(crate) const fn with_values(self, values: usize) -> Self {
        Self([self.0[0], self.0[1] | ((values as u64) << VALUES_SHIFT)])
    }

    #[inline(always)]
    pub(crate) const fn value(what: Payload, bits: u64) -> Self {
        Self([bits, (VALUE << KIND_SHIFT) | what.code() as u64])
    }

    pub(crate) const fn sample(series: u32, at: u64) -> Self {
        Self([at, (SAMPLE << KIND_SHIFT) | ((series as u64) << SERIES_SHIFT)])
    }

    #[inline(always)]
    pub(crate) const fn kind(self) -> Option<RecordKind> {
        Some(match (self.0[1] >> KIND_SHIFT) & 7 {
            START => RecordKind::Start,
            OK => RecordKind::Ended(Outcome::Ok),
            ERROR => RecordKind::Ended(Outcome::Error),
            PANICKED => RecordKind::Ended(Outcome::Panicked),
            CANCELLED => RecordKind::Ended(Outcome::Cancelled),
            VALUE => RecordKind::Value,
            SAMPLE => RecordKind::Sample,
            _ => return None,
        })
    }

    /// Whether a group ends with it: it is whatever else than a value, or than nothing at all.
    #[inline(always)]
    pub(crate) const fn ends_group(self) -> bool {
        let kind = (self.0[1] >> KIND_SHIFT) & 7;
        kind != VALUE && kind != 0
    }

    #[inline(always)]
    pub(crate) const fn is_start(self) -> bool {
        (self.0[1] >> KIND_SHIFT) & 7 == START
    }

    #[inline(always)]
    pub(crate) const fn series(self) -> u32 {
        ((self.0[1] >> SERIES_SHIFT) as u32) & (MAX_SERIES - 1)
    }

    #[inline(always)]
    pub(crate) const fn second_word(self) -> u64 {
        self.0[1]
    }

    /// What stands above the duration: number of values, kind and series.
    #[inline(always)]
    pub(crate) const fn key(self) -> u64 {
        self.0[1] >> SERIES_SHIFT
    }

    /// Whether it ends a call of this series.
    #[inline(always)]
    pub(crate) const fn is_end_of(self, series: u32) -> bool {
        // The kinds of ends are four numbers in a row.
        const { assert!(CANCELLED == OK + 3) };
        let of_series = self.key() & ((8 << SERIES_BITS) - 1);
        of_series.wrapping_sub(OK << SERIES_BITS | series as u64) & !(3 << SERIES_BITS) == 0
    }

    /// Start of the call, or time of the sample, in ticks.
    #[inline(always)]
    pub(crate) const fn start_ticks(self) -> u64 {
        self.0[0]
    }

    #[inline(always)]
    pub(crate) const fn ticks(self) -> u64 {
        self.0[1] & DURATION_MASK
    }

    /// How many value records stand before this one and belong to it.
    #[inline(always)]
    pub(crate) const fn values(self) -> usize {
        (self.0[1] >> VALUES_SHIFT) as usize
    }

    /// The bits of a value record.
    #[inline(always)]
    pub(crate) const fn bits(self) -> u64 {
        self.0[0]
    }

    /// What it carries, and its bits, if it is a value record.
    pub(crate) fn payload(self) -> Option<(Payload, u64)> {
        let what = Payload::from_code(self.0[1] as u8)?;
        (self.kind() == Some(RecordKind::Value)).then_some((what, self.0[0]))
    }

    /// How the call ended, if it is the record that ends one.
    #[inline]
    pub(crate) const fn outcome(self) -> Option<Outcome> {
        match self.kind() {
            Some(RecordKind::Ended(outcome)) => Some(outcome),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_comes_back() {
        let record = Record::end(MAX_SERIES - 1, Outcome::Cancelled, u64::MAX, DURATION_MASK)
            .unwrap()
            .with_values(MAX_VALUES);
        assert_eq!(record.kind(), Some(RecordKind::Ended(Outcome::Cancelled)));
        assert_eq!(record.series(), MAX_SERIES - 1);
        assert_eq!(record.start_ticks(), u64::MAX);
        assert_eq!(record.ticks(), DURATION_MASK);
        assert_eq!(record.values(), MAX_VALUES);
        assert_eq!(Record::end(0, Outcome::Ok, 0, DURATION_MASK + 1), None);
        assert_eq!(Record::start(7, 9).kind(), Some(RecordKind::Start));
        assert_eq!(Record::start(7, 9).series(), 7);
        assert_eq!(
            Record::value(Payload::Loss, 42).payload(),
            Some((Payload::Loss, 42))
        );
        assert_eq!(Record::sample(3, 5).kind(), Some(RecordKind::Sample));
        assert_eq!(Record([0, 0]).kind(), None);
    }
}
