use super::{Outcome, Payload};

/// Two words, 16 bytes.
///
/// A group of records is what one event leaves: the values of the call, then the record that ends it.
/// Groups are published whole, so a reader never meets a value without its end.
///
/// | kind | first word | key, the lower half of the second word | its upper half |
/// |---|---|---|---|
/// | start | start, in ticks, if it is timed; else nothing that means something | kind, series, whether it is timed | – |
/// | value | the value's bits | kind, payload | – |
/// | ok, error, panicked, cancelled | start, in ticks | kind, number of values before it, series | duration in ticks |
/// | sample | time, in ticks | kind, number of values before it, series | – |
///
/// Of calls of one series that look alike the keys are the same, at each place: a fold compares nothing else.
///
/// A call whose duration was said, as [`Payload::NANOSECONDS`], has its end for its start: that it began may be before
/// ticks were counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
pub(crate) struct Record(pub(crate) [u64; 2]);

/// What a record says. Zero is no kind: a slot never written is not a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RecordKind {
    Start,
    Ended(Outcome),
    Value,
    Sample,
}

// The key, from the low bits: series or payload 24, kind 3, values 4, timed 1.
const SERIES_BITS: u32 = 24;
const KIND_SHIFT: u32 = SERIES_BITS;
const VALUES_SHIFT: u32 = KIND_SHIFT + 3;
const TIMED: u32 = 1 << 31;
/// Where the duration stands in the second word.
const TICKS_SHIFT: u32 = 32;
/// The most that an instruction compares with. Larger numbers are left for whoever looks for one that no call has.
const LONGEST_TICKS: u64 = i32::MAX as u64;

/// Series numbers are below this.
pub(crate) const MAX_SERIES: u32 = 1 << SERIES_BITS;
/// A call carries at most this many values.
pub(crate) const MAX_VALUES: usize = 15;

const START: u32 = 1;
const OK: u32 = 2;
const ERROR: u32 = 3;
const PANICKED: u32 = 4;
const CANCELLED: u32 = 5;
const VALUE: u32 = 6;
const SAMPLE: u32 = 7;

const fn code(outcome: Outcome) -> u32 {
    match outcome {
        Outcome::Ok => OK,
        Outcome::Error => ERROR,
        Outcome::Panicked => PANICKED,
        Outcome::Cancelled => CANCELLED,
    }
}

impl Record {
    /// What the start of a call of this series has for its key. This and the other keys are wide: the lower half of a word.
    #[inline(always)]
    pub(crate) const fn start_key(series: u32) -> u64 {
        (START << KIND_SHIFT | series) as u64
    }

    /// What the end of a call has for its key whose start has this one.
    #[inline(always)]
    pub(crate) const fn end_key(start_key: u64, outcome: Outcome, values: usize) -> u64 {
        let kind = (code(outcome) - START) << KIND_SHIFT;
        Self::with_values(start_key + kind as u64, values)
    }

    /// The same, with so many more values before it.
    #[inline(always)]
    pub(crate) const fn with_values(end_key: u64, values: usize) -> u64 {
        end_key + ((values as u64) << VALUES_SHIFT)
    }

    /// The same, with one value less.
    #[inline(always)]
    pub(crate) const fn with_one_less(end_key: u64) -> u64 {
        end_key - (1 << VALUES_SHIFT)
    }

    /// What a value has for its key.
    #[inline(always)]
    pub(crate) const fn value_key(what: Payload) -> u64 {
        (VALUE << KIND_SHIFT | what.code() as u32) as u64
    }

    /// A start of the moment at which it is recorded.
    pub(crate) const fn start(series: u32) -> Self {
        Self::start_of(Self::start_key(series))
    }

    /// The same, by its key.
    pub(crate) const fn start_of(start_key: u64) -> Self {
        Self([0, start_key])
    }

    /// A start of another moment.
    #[inline(always)]
    pub(crate) const fn start_at(start_key: u64, start: u64) -> Self {
        Self([start, start_key | TIMED as u64])
    }

    /// The end of a call, by its key. `None` if the duration needs more than the record's bits.
    #[inline(always)]
    pub(crate) const fn end(key: u64, start: u64, ticks: u64) -> Option<Self> {
        if ticks > LONGEST_TICKS {
            return None;
        }
        Some(Self([start, ticks << TICKS_SHIFT | key]))
    }

    /// The end of a call whose duration is its last value, as [`Payload::TICKS`] or [`Payload::NANOSECONDS`].
    #[inline(always)]
    pub(crate) const fn long_end(key: u64, start: u64) -> Self {
        Self([start, key])
    }

    /// The end of a call of a series, with so many values before it.
    #[cfg(test)]
    pub(crate) fn ended(series: u32, outcome: Outcome, start: u64, ticks: u64, values: usize) -> Self {
        let key = Self::end_key(Self::start_key(series), outcome, values);
        Self::end(key, start, ticks).expect("so short a duration has room")
    }

    #[inline(always)]
    pub(crate) const fn value(what: Payload, bits: u64) -> Self {
        Self([bits, Self::value_key(what)])
    }

    pub(crate) const fn sample(series: u32, values: usize, at: u64) -> Self {
        let key = SAMPLE << KIND_SHIFT | (values as u32) << VALUES_SHIFT | series;
        Self([at, key as u64])
    }

    #[inline(always)]
    pub(crate) const fn kind(self) -> Option<RecordKind> {
        Some(match self.kind_code() {
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

    #[inline(always)]
    const fn kind_code(self) -> u32 {
        self.key() >> KIND_SHIFT & 7
    }

    /// Whether a group ends with it: it is whatever else than a value, or than nothing at all.
    #[inline(always)]
    pub(crate) const fn ends_group(self) -> bool {
        let kind = self.kind_code();
        kind != VALUE && kind != 0
    }

    #[inline(always)]
    pub(crate) const fn is_start(self) -> bool {
        self.kind_code() == START
    }

    #[inline(always)]
    pub(crate) const fn series(self) -> u32 {
        self.key() & (MAX_SERIES - 1)
    }

    /// What it is and of what.
    #[inline(always)]
    pub(crate) const fn key(self) -> u32 {
        self.0[1] as u32
    }

    /// Whether it ends a call of this series.
    #[inline(always)]
    pub(crate) const fn is_end_of(self, series: u32) -> bool {
        // The kinds of ends are four numbers in a row.
        const { assert!(CANCELLED == OK + 3) };
        let of_series = self.key() & ((8 << KIND_SHIFT) - 1);
        of_series.wrapping_sub(OK << KIND_SHIFT | series) & !(3 << KIND_SHIFT) == 0
    }

    /// Start of the call that it ends, or time of the sample, in ticks.
    #[inline(always)]
    pub(crate) const fn start_ticks(self) -> u64 {
        self.0[0]
    }

    /// When the call began, if it is a start that says so.
    #[inline(always)]
    pub(crate) const fn timed_start(self) -> Option<u64> {
        if self.key() & TIMED != 0 {
            Some(self.0[0])
        } else {
            None
        }
    }

    #[inline(always)]
    pub(crate) const fn ticks(self) -> u64 {
        self.0[1] >> TICKS_SHIFT
    }

    /// How many value records stand before this one and belong to it.
    #[inline(always)]
    pub(crate) const fn values(self) -> usize {
        (self.key() >> VALUES_SHIFT) as usize & MAX_VALUES
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
        let start = Record::start_key(MAX_SERIES - 1);
        let key = Record::end_key(start, Outcome::Cancelled, MAX_VALUES);
        let record = Record::end(key, u64::MAX, LONGEST_TICKS).unwrap();
        assert_eq!(record.kind(), Some(RecordKind::Ended(Outcome::Cancelled)));
        assert_eq!(record.series(), MAX_SERIES - 1);
        assert_eq!(record.start_ticks(), u64::MAX);
        assert_eq!(record.ticks(), LONGEST_TICKS);
        assert_eq!(record.values(), MAX_VALUES);
        assert!(record.is_end_of(MAX_SERIES - 1) && !record.is_end_of(MAX_SERIES - 2));
        assert_eq!(Record::end(key, 0, LONGEST_TICKS + 1), None);
        assert_eq!(Record::long_end(key, 3).ticks(), 0);
        assert_eq!(Record::start(7).kind(), Some(RecordKind::Start));
        assert_eq!(
            (Record::start(7).series(), Record::start(7).timed_start()),
            (7, None)
        );
        let timed = Record::start_at(Record::start_key(7), 9);
        assert_eq!(timed.kind(), Some(RecordKind::Start));
        assert_eq!((timed.series(), timed.timed_start()), (7, Some(9)));
        assert_eq!(
            Record::value(Payload::Loss, 42).payload(),
            Some((Payload::Loss, 42))
        );
        assert_eq!(Record::sample(3, 2, 5).kind(), Some(RecordKind::Sample));
        assert_eq!(Record([0, 0]).kind(), None);
    }
}
