use aimlm_snapshot::{CallMetrics, LatencyStats, RateStats};
use aimlm_vocabulary::Number;
use serde_json::{Value, json};

use super::reported::object;

/// Durations of calls that succeeded: an object of the values that a place asks for, `null` where there are no calls;
/// `count` is then 0.
pub(super) fn times(calls: Option<&CallMetrics>, names: &[&str]) -> Value {
    let none = LatencyStats::default();
    let latency = calls.map_or(&none, |calls| &calls.latency);
    let value = |name: &str| -> Value {
        match name {
            "count" => latency.count.into(),
            "mean" => latency.mean_seconds.into(),
            "total" => (latency.count > 0).then_some(latency.total_seconds).into(),
            "min" => latency.min_seconds.into(),
            "max" => latency.max_seconds.into(),
            "median" => latency.median_seconds.into(),
            "p95" => latency.percentile(95.0).into(),
            _ => Value::Null,
        }
    };
    object(names.iter().map(|&name| (name.to_owned(), value(name))))
}

/// Count, mean and total of calls of several groups together.
pub(super) fn summed<'a>(calls: impl Iterator<Item = &'a CallMetrics>) -> SummedTime {
    let sums = calls.map(|calls| SummedTime {
        count: calls.latency.count,
        total: calls.latency.total_seconds,
    });
    sums.fold(SummedTime::default(), SummedTime::and)
}

/// Durations that are added up, in seconds.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct SummedTime {
    pub(super) count: u64,
    pub(super) total: f64,
}

impl SummedTime {
    pub(super) fn and(self, other: Self) -> Self {
        Self {
            count: self.count.saturating_add(other.count),
            total: self.total + other.total,
        }
    }

    pub(super) fn mean(self) -> Option<f64> {
        (self.count > 0).then(|| self.total / self.count as f64)
    }

    pub(super) fn object(self) -> Value {
        json!({ "count": self.count, "mean": self.mean(), "total": self.mean().map(|_| self.total) })
    }
}

/// Items a second of single calls that said how many they had.
pub(super) fn rates(calls: Option<&CallMetrics>) -> Option<RateStats> {
    calls?.throughput.as_ref()?.per_call
}

/// Time and bytes of calls that the class only counts in another of its own.
pub(super) fn transfers(calls: Option<&CallMetrics>) -> Value {
    let bytes = calls.and_then(|calls| calls.rates.get(&Number::SizeBytes));
    json!({
        "time_stats": times(calls, &["count", "mean", "min", "max", "median", "p95", "total"]),
        "total_bytes": bytes.map(|bytes| bytes.total),
        "bytes_per_second": bytes.and_then(|bytes| bytes.per_second),
    })
}
