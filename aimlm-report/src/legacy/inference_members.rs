use aimlm_snapshot::{CallRecord, SeriesSnapshot};
use aimlm_vocabulary::{Number, Stage};
use serde_json::{Value, json};

use super::member_statistics::times;
use super::reported::{Reported, object};

/// Requests of the models that answered any.
pub(super) fn inference(source: Reported<'_>) -> Value {
    let models = source.overview.inference.iter();
    let answered = models.filter(|(_, model)| model.calls.counts.ok > 0);
    object(answered.map(|(id, model)| {
        let calls = calls(source, id);
        let mut entry = json!({
            "model_id": id,
            "latency_stats": times(Some(&model.calls), &["count", "mean", "min", "max", "median", "p95"]),
            "throughput_stats": throughput(source, id).object(),
            "batch_sizes": calls.iter().map(|call| batch_size(call) as u64).collect::<Vec<_>>(),
            "memory_usage": memory(source, id),
        });
        if !calls.is_empty() {
            entry["raw_latencies"] = calls.iter().map(CallRecord::seconds).collect();
        }
        (id.clone(), entry)
    }))
}

/// The calls that the history has, in order of their ends.
fn calls<'a>(source: Reported<'a>, id: &'a str) -> Vec<CallRecord<'a>> {
    let series = source.snapshot.subject(Stage::Inference, id);
    let mut histories: Vec<Vec<CallRecord<'_>>> = series
        .map(|series| series.history.succeeded().collect())
        .collect();
    if histories.len() == 1 {
        return histories.remove(0);
    }
    let mut calls = histories.concat();
    calls.sort_by_key(CallRecord::end_ns);
    calls
}

/// One where the call said none, as the class counts.
fn batch_size(call: &CallRecord<'_>) -> f64 {
    call.value(Number::BatchSize).unwrap_or(1.0)
}

fn memory(source: Reported<'_>, id: &str) -> Vec<u64> {
    let series = source.snapshot.subject(Stage::Inference, id);
    let memory = series.filter_map(|series| series.memory.as_ref());
    memory
        .flat_map(|memory| memory.recent_bytes.iter().copied())
        .collect()
}

/// Items a second, call by call, of those that took a measurable time.
#[derive(Debug, Clone, Copy, Default)]
struct LegacyRates {
    count: u64,
    sum: f64,
    max: f64,
}

impl LegacyRates {
    fn add(&mut self, rate: f64, times: u64) {
        self.count = self.count.saturating_add(times);
        self.sum += rate * times as f64;
        self.max = self.max.max(rate);
    }

    fn merge(mut self, other: Self) -> Self {
        self.count = self.count.saturating_add(other.count);
        self.sum += other.sum;
        self.max = self.max.max(other.max);
        self
    }

    fn object(self) -> Value {
        let known = |value: f64| (self.count > 0).then_some(value);
        json!({ "count": self.count, "mean": known(self.sum / self.count as f64), "max": known(self.max) })
    }
}

fn throughput(source: Reported<'_>, id: &str) -> LegacyRates {
    let series = source.snapshot.subject(Stage::Inference, id);
    series.map(rates).fold(LegacyRates::default(), LegacyRates::merge)
}

/// Of all calls of a series. Exact where each said its batch size or the history has every call; within 0.4 % where none
/// said one; where some did, of the calls that the history has.
fn rates(series: &SeriesSnapshot) -> LegacyRates {
    let said = series
        .rate
        .as_ref()
        .filter(|rate| rate.items == Number::BatchSize);
    let (calls, ok) = (said.map_or(0, |rate| rate.calls), series.outcomes.ok);
    let mut rates = LegacyRates::default();
    if let Some(said) = said.filter(|_| calls == ok) {
        rates.count = said.count;
        rates.sum = said.sum;
        rates.max = said.max.unwrap_or_default();
    } else if calls > 0 || series.history.complete {
        let timed = series.history.succeeded().filter(|call| call.duration_ns > 0);
        timed.for_each(|call| rates.add(batch_size(&call) / call.seconds(), 1));
    } else {
        one_item_each(series, &mut rates);
    }
    rates
}

/// From the histogram; the slowest and the fastest call are known exactly.
fn one_item_each(series: &SeriesSnapshot, rates: &mut LegacyRates) {
    let fastest = series.latency.min().filter(|&ns| ns > 0);
    let within = |ns: f64| {
        let (min, max) = (series.latency.min(), series.latency.max());
        ns.clamp(min.unwrap_or_default() as f64, max.unwrap_or(u64::MAX) as f64)
    };
    for (low, high, count) in series.latency.buckets() {
        // Up to 256 ns a bucket is one duration; that of no time at all has no rate.
        if high > 1 {
            rates.add(1e9 / within(f64::midpoint(low as f64, (high - 1) as f64)), count);
        }
    }
    rates.max = fastest.map_or(rates.max, |ns| 1e9 / ns as f64);
}
