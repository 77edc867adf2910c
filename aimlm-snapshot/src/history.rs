use std::fmt;
use std::sync::Arc;

use aimlm_vocabulary::Outcome;
use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::call::WrittenCall;
use super::call_columns::{Calls, MOST_NUMBERS};
use super::{CallRecord, CallRecords};

/// The last calls of a series, oldest first; at most `history_size` of each process.
///
/// Clones share the calls, so that they cost next to nothing.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct History {
    /// Whether every call that ended is here, so that statistics over it are exact.
    pub complete: bool,
    /// Whether calls came so fast that only some of the last were kept.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub thinned: bool,
    #[serde(serialize_with = "write", deserialize_with = "read")]
    calls: Arc<Calls>,
}

impl History {
    /// Of calls in order; see [`complete`](Self::complete) and [`thinned`](Self::thinned).
    pub fn new(complete: bool, thinned: bool, calls: Calls) -> Self {
        Self {
            complete,
            thinned,
            calls: Arc::new(calls),
        }
    }

    /// The calls, in the order in which they were folded: in each thread the order of their ends, but for a few that
    /// stand after later ones if a report was just adding them up when those were folded. Of merged histories in the
    /// order of their starts.
    ///
    /// ```
    /// # fn show(history: &aimlm::History) {
    /// for call in history.calls() {
    ///     println!("{} ns from {}: {:?}", call.duration_ns, call.start_ns, call.outcome);
    ///     for (field, value) in call.values() {
    ///         println!("  {field} = {value}");
    ///     }
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn calls(&self) -> CallRecords<'_> {
        self.calls.iter()
    }

    /// How many calls there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.calls.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The calls that succeeded.
    pub fn succeeded(&self) -> impl Iterator<Item = CallRecord<'_>> {
        self.calls().filter(|call| call.outcome == Outcome::Ok)
    }

    /// The durations of the calls that succeeded, in nanoseconds.
    pub(crate) fn succeeded_ns(&self) -> impl Iterator<Item = u64> {
        self.calls.succeeded_ns()
    }

    /// Adds a call.
    pub fn push(
        &mut self,
        start_ns: i64,
        duration_ns: u64,
        outcome: Outcome,
        values: &[(aimlm_vocabulary::Number, f64)],
    ) {
        Arc::make_mut(&mut self.calls).push(start_ns, duration_ns, outcome, values.iter().copied());
    }

    /// The last so many calls of these, of which that is known: see [`Calls`].
    pub(crate) fn keep_last(&mut self, calls: usize) {
        let lost = self.len().saturating_sub(calls);
        if lost > 0 {
            let kept: Vec<CallRecord<'_>> = self.calls().skip(lost).collect();
            let numbers = kept.iter().map(|call| call.values().len()).sum();
            self.calls = Arc::new(gathered(&kept, numbers));
            self.complete = false;
        }
    }

    /// The last calls, of which so many ended. By their number, not by the time: what was counted is what is here.
    pub(crate) fn last(&self, ended: u64) -> Self {
        let mut last = self.clone();
        last.keep_last(ended.try_into().unwrap_or(usize::MAX));
        last.complete = last.len() as u64 == ended;
        last
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        self.complete &= other.complete;
        self.thinned |= other.thinned;
        let mut order: Vec<CallRecord<'_>> = self.calls().chain(other.calls()).collect();
        // Of two histories in order this finds both, and merges them.
        order.sort_by(CallRecord::by_start);
        self.calls = Arc::new(gathered(&order, self.calls.numbers() + other.calls.numbers()));
    }
}

fn gathered(records: &[CallRecord<'_>], numbers: usize) -> Calls {
    let mut calls = Calls::with_capacity(records.len(), numbers);
    for call in records {
        calls.push(call.start_ns, call.duration_ns, call.outcome, call.values());
    }
    calls
}

impl PartialEq for History {
    fn eq(&self, other: &Self) -> bool {
        self.complete == other.complete && self.thinned == other.thinned && self.calls().eq(other.calls())
    }
}

impl fmt::Debug for History {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("History")
            .field("complete", &self.complete)
            .field("calls", &self.calls().collect::<Vec<_>>())
            .finish()
    }
}

fn write<S: Serializer>(calls: &Arc<Calls>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(calls.iter())
}

fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Arc<Calls>, D::Error> {
    struct Seq;

    impl<'de> Visitor<'de> for Seq {
        type Value = Calls;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a list of calls")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Calls, A::Error> {
            let mut calls = Calls::default();
            while let Some(call) = list.next_element::<WrittenCall>()? {
                // Of an outcome that this version does not know.
                let Some(outcome) = call.outcome else { continue };
                if call.values.len() > MOST_NUMBERS {
                    return Err(A::Error::custom(format_args!(
                        "a call carries {} values; at most {MOST_NUMBERS} are read",
                        call.values.len()
                    )));
                }
                calls.push(call.start_ns, call.duration_ns, outcome, call.values.into_iter());
            }
            Ok(calls)
        }
    }

    deserializer.deserialize_seq(Seq).map(Arc::new)
}
