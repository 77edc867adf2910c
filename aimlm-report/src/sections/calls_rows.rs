use std::borrow::Cow;

use aimlm_snapshot::{CallCounts, CallMetrics, LatencyStats};
use aimlm_vocabulary::Number;

use crate::document::MISSING;
use aimlm_format::count;

/// A row about calls: its names, as many as the table has key columns.
#[derive(Clone)]
pub(super) struct CallsRow<'a> {
    pub(super) names: Vec<Cow<'a, str>>,
    pub(super) calls: Cow<'a, CallMetrics>,
    /// What it is the sum of; empty where it is no sum.
    summed: Vec<Cow<'a, CallMetrics>>,
}

impl<'a> CallsRow<'a> {
    pub(super) fn new(names: impl IntoIterator<Item = &'a str>, calls: &'a CallMetrics) -> Self {
        Self {
            names: names.into_iter().map(Cow::Borrowed).collect(),
            calls: Cow::Borrowed(calls),
            summed: Vec::new(),
        }
    }

    /// An amount that calls said, in all; none where none of them did.
    pub(super) fn total(&self, field: impl Fn(&CallMetrics) -> Option<Number>) -> Option<u64> {
        let own = std::slice::from_ref(&self.calls);
        let parts = if self.summed.is_empty() { own } else { &self.summed };
        let totals = parts
            .iter()
            .filter_map(|calls| Some(calls.rates.get(&field(calls)?)?.total));
        totals.reduce(u64::saturating_add)
    }

    /// The first of its names; none of several rows as one, which may be called as something is.
    pub(super) fn name(&self) -> Option<&str> {
        self.summed.is_empty().then(|| &*self.names[0])
    }
}

/// The rows that took the most time first; where there are more than `limit` (0 for all), the rest as one.
pub(super) fn by_time<'a>(rows: impl IntoIterator<Item = CallsRow<'a>>, limit: usize) -> Vec<CallsRow<'a>> {
    let mut rows: Vec<CallsRow<'a>> = rows.into_iter().collect();
    rows.sort_by(|a, b| {
        b.calls
            .seconds()
            .total_cmp(&a.calls.seconds())
            .then_with(|| a.names.cmp(&b.names))
    });
    if limit > 0 && rows.len() > limit {
        let rest = rows.split_off(limit);
        rows.push(sum(&rest));
    }
    rows
}

/// Several rows as one: what can be added up, and nothing else.
fn sum<'a>(rest: &[CallsRow<'a>]) -> CallsRow<'a> {
    let (mut counts, mut latency, mut failed) = (
        CallCounts::default(),
        LatencyStats::default(),
        LatencyStats::default(),
    );
    for calls in rest.iter().map(|row| &row.calls) {
        counts.add(calls.counts);
        latency.count = latency.count.saturating_add(calls.latency.count);
        latency.total_seconds += calls.latency.total_seconds;
        failed.total_seconds += calls.seconds() - calls.latency.total_seconds;
    }
    latency.mean_seconds = (latency.count > 0).then(|| latency.total_seconds / latency.count as f64);
    let mut names: Vec<Cow<'a, str>> = rest[0].names.iter().map(|_| Cow::Borrowed(MISSING)).collect();
    names[0] = Cow::Owned(format!("({} more)", count(rest.len() as u64)));
    let mut calls = CallMetrics::default();
    (calls.counts, calls.latency, calls.failed_latency) = (counts, latency, Some(failed));
    CallsRow {
        names,
        calls: Cow::Owned(calls),
        summed: rest.iter().map(|row| row.calls.clone()).collect(),
    }
}
