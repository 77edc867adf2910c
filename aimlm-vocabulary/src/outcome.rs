/// How a call ended. Exactly one holds for each call that started and ended.
///
/// It may be matched without `_`: recording it is a match of each, and a fifth would be a breaking change. What a later
/// version tells apart, readers count as [`Outcomes::other`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Outcome {
    /// The call returned, and what it returned is a success.
    Ok,
    /// The call returned `Err`, or a value that `ok_if` or `error_if` calls an error.
    Error,
    /// The call unwound.
    Panicked,
    /// The future, stream or iterator of the call was dropped before its end.
    Cancelled,
}

/// Ended calls by outcome: a count of each [`Outcome`], and of those that only a later version knows. It gets no more members.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Outcomes {
    /// Calls that succeeded.
    pub ok: u64,
    /// Calls that returned an error.
    pub error: u64,
    /// Calls that unwound.
    pub panicked: u64,
    /// Calls dropped before their end.
    pub cancelled: u64,
    /// Calls that ended in a way that only a later version knows, which recorded them.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "is_zero"))]
    pub other: u64,
}

#[cfg(feature = "serde")]
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
const fn is_zero(n: &u64) -> bool {
    *n == 0
}

/// Counts under names that this version does not know are counted together.
#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for Outcomes {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::{IgnoredAny, MapAccess, Visitor};

        #[derive(serde::Deserialize)]
        #[serde(untagged)]
        enum Member {
            Count(u64),
            Other(IgnoredAny),
        }

        struct Counts;

        impl<'de> Visitor<'de> for Counts {
            type Value = Outcomes;

            fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str("calls by outcome")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Outcomes, A::Error> {
                let mut counts = Outcomes::default();
                while let Some(name) = members.next_key::<std::borrow::Cow<'de, str>>()? {
                    let known = match &*name {
                        "ok" => &mut counts.ok,
                        "error" => &mut counts.error,
                        "panicked" => &mut counts.panicked,
                        "cancelled" => &mut counts.cancelled,
                        _ => {
                            if let Member::Count(n) = members.next_value()? {
                                counts.other = counts.other.saturating_add(n);
                            }
                            continue;
                        }
                    };
                    *known = members.next_value()?;
                }
                Ok(counts)
            }
        }

        deserializer.deserialize_map(Counts)
    }
}

impl Outcomes {
    /// All calls that ended.
    #[must_use]
    #[inline]
    pub const fn ended(&self) -> u64 {
        self.ok
            .saturating_add(self.error)
            .saturating_add(self.panicked)
            .saturating_add(self.cancelled)
            .saturating_add(self.other)
    }

    /// Adds another count, outcome by outcome.
    #[inline]
    pub const fn merge(&mut self, other: &Self) {
        self.ok = self.ok.saturating_add(other.ok);
        self.error = self.error.saturating_add(other.error);
        self.panicked = self.panicked.saturating_add(other.panicked);
        self.cancelled = self.cancelled.saturating_add(other.cancelled);
        self.other = self.other.saturating_add(other.other);
    }

    /// Counts `n` more calls with this outcome.
    #[inline]
    pub const fn add(&mut self, outcome: Outcome, n: u64) {
        match outcome {
            Outcome::Ok => self.ok += n,
            Outcome::Error => self.error += n,
            Outcome::Panicked => self.panicked += n,
            Outcome::Cancelled => self.cancelled += n,
        }
    }
}
