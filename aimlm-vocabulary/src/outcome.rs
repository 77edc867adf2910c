/// How a call ended. Exactly one holds for each call that started and ended.
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

/// Ended calls by outcome.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default))]
pub struct Outcomes {
    /// Calls that succeeded.
    pub ok: u64,
    /// Calls that returned an error.
    pub error: u64,
    /// Calls that unwound.
    pub panicked: u64,
    /// Calls dropped before their end.
    pub cancelled: u64,
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
    }

    /// Adds another count, outcome by outcome.
    #[inline]
    pub const fn merge(&mut self, other: &Self) {
        self.ok = self.ok.saturating_add(other.ok);
        self.error = self.error.saturating_add(other.error);
        self.panicked = self.panicked.saturating_add(other.panicked);
        self.cancelled = self.cancelled.saturating_add(other.cancelled);
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
