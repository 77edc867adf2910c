use std::fmt;

use aimlm_vocabulary::{Number, Outcome};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::nan_as_null;
use crate::column::Slice;

/// One call of a [`History`](super::History).
#[derive(Clone, Copy)]
pub struct CallRecord<'a> {
    /// When it started, in nanoseconds since the Unix epoch.
    pub start_ns: i64,
    /// How long it took, in nanoseconds.
    pub duration_ns: u64,
    /// How it ended.
    pub outcome: Outcome,
    pub(crate) fields: &'a [Number],
    pub(crate) numbers: Slice<'a, f32>,
}

impl<'a> CallRecord<'a> {
    /// How long it took, in seconds.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        self.duration_ns as f64 / 1e9
    }

    /// When it ended, in nanoseconds since the Unix epoch.
    #[must_use]
    pub const fn end_ns(&self) -> i64 {
        self.start_ns.saturating_add_unsigned(self.duration_ns)
    }

    /// The numbers it carried.
    pub fn values(self) -> impl ExactSizeIterator<Item = (Number, f64)> + DoubleEndedIterator + 'a {
        let numbers = self.numbers;
        let fields = self.fields.iter().enumerate();
        fields.map(move |(at, &field)| (field, numbers.get(at).unwrap_or(f64::NAN)))
    }

    /// The number it carried under a field.
    #[must_use]
    pub fn value(&self, field: Number) -> Option<f64> {
        let at = self.fields.iter().position(|&name| name == field)?;
        self.numbers.get(at)
    }

    /// The order of two calls in time; of calls that started together the shorter is first.
    pub(crate) fn by_start(&self, other: &Self) -> std::cmp::Ordering {
        let order = self.start_ns.cmp(&other.start_ns);
        order.then(self.duration_ns.cmp(&other.duration_ns))
    }
}

impl PartialEq for CallRecord<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.start_ns == other.start_ns
            && self.duration_ns == other.duration_ns
            && self.outcome == other.outcome
            && self.values().eq(other.values())
    }
}

impl fmt::Debug for CallRecord<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallRecord")
            .field("start_ns", &self.start_ns)
            .field("duration_ns", &self.duration_ns)
            .field("outcome", &self.outcome)
            .field("values", &self.values().collect::<Vec<_>>())
            .finish()
    }
}

/// What a call is on disk.
#[derive(Serialize, Deserialize)]
pub(crate) struct WrittenCall {
    #[serde(default)]
    pub(crate) start_ns: i64,
    #[serde(default)]
    pub(crate) duration_ns: u64,
    #[serde(deserialize_with = "if_known")]
    pub(crate) outcome: Option<Outcome>,
    #[serde(default, skip_serializing_if = "Vec::is_empty", with = "nan_as_null::pairs")]
    pub(crate) values: Vec<(Number, f64)>,
}

impl Serialize for CallRecord<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let wire = WrittenCall {
            start_ns: self.start_ns,
            duration_ns: self.duration_ns,
            outcome: Some(self.outcome),
            values: self.values().collect(),
        };
        wire.serialize(serializer)
    }
}

/// None of an outcome that only a newer version knows.
fn if_known<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Outcome>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Word {
        Known(Outcome),
        Other(serde::de::IgnoredAny),
    }
    Ok(match Word::deserialize(deserializer)? {
        Word::Known(outcome) => Some(outcome),
        Word::Other(_) => None,
    })
}
