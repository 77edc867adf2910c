//! Snapshots made by hand, for tests of what reads them.

use std::collections::BTreeMap;

use aimlm_vocabulary::{Label, Number, Outcome, Stage};

use crate::{
    BusySpan, BusyTime, CurvePoint, EngineSnapshot, History, MemorySnapshot, NumberSnapshot, RateSnapshot,
    SeriesSnapshot, Snapshot, Source,
};

/// A series that grows call by call, as the collector would fold it.
pub struct Series(SeriesSnapshot);

/// 2026-11-23T15:14:29Z, in nanoseconds since the Unix epoch.
pub const NOW: i64 = 1_795_446_869_000_000_000;

/// Where the first call of a series begins.
const BEGIN: i64 = NOW - 100_000_000_000;

impl Series {
    /// A series without calls.
    pub fn new(stage: Stage, subject: &str) -> Self {
        Self(SeriesSnapshot {
            history: complete(true),
            ..SeriesSnapshot::new(stage, subject.to_owned())
        })
    }

    /// With one more label.
    pub fn label(mut self, label: Label, text: &str) -> Self {
        self.0.labels.insert(label, text.to_owned());
        self
    }

    /// So many seconds after the beginning, or after the last call, before the next.
    pub fn after(mut self, seconds: f64) -> Self {
        self.0.last_end_ns = Some(self.0.last_end_ns.unwrap_or(BEGIN) + nanoseconds(seconds));
        self
    }

    /// A call right after the last one.
    pub fn ended(mut self, outcome: Outcome, seconds: f64, values: &[(Number, f64)]) -> Self {
        let series = &mut self.0;
        let ns = nanoseconds(seconds);
        let start = series.last_end_ns.unwrap_or(BEGIN);
        series.started += 1;
        series.outcomes.add(outcome, 1);
        series.first_start_ns = series.first_start_ns.or(Some(start));
        series.last_end_ns = Some(start + ns);
        let ns = ns.unsigned_abs();
        let busy = span(start, ns);
        series.busy.merge(&busy);
        match outcome {
            Outcome::Ok => series.latency.record(ns),
            _ => series.failed_latency.record(ns),
        }
        let said = |items: &Number| values.iter().find(|(number, _)| number == items);
        let items = series.stage.items().iter().find_map(said);
        if let (Some(&(items, n)), Outcome::Ok) = (items, outcome) {
            add_rate(&mut series.rate, items, n, seconds, &busy);
        }
        let x = series.history.len() as f64;
        let x = values
            .iter()
            .find(|(field, _)| *field == Number::Epoch)
            .map_or(x, |&(_, epoch)| epoch);
        let fields = match outcome {
            Outcome::Ok => &mut series.fields,
            _ => &mut series.failed_fields,
        };
        for &(field, value) in values {
            add_value(fields, field, x, value);
            if let Some(numbers) = fields.get_mut(&field).filter(|_| field.is_amount()) {
                numbers.busy.merge(&busy);
            }
        }
        series.history.push(start, ns, outcome, values);
        self
    }

    /// A call that succeeds, right after the last one.
    pub fn ok(self, seconds: f64, values: &[(Number, f64)]) -> Self {
        self.ended(Outcome::Ok, seconds, values)
    }

    /// A number without a call, at its place on the curve.
    pub fn sample(mut self, field: Number, x: f64, value: f64) -> Self {
        self.0.samples += 1;
        add_value(&mut self.0.fields, field, x, value);
        self
    }

    /// So many calls that have not ended.
    pub fn in_flight(mut self, n: u64) -> Self {
        self.0.started += n;
        self.0.in_flight += n;
        self
    }

    /// So many errors of a kind.
    pub fn error_kind(mut self, kind: &str, n: u64) -> Self {
        self.0.error_kinds.insert(kind.to_owned(), n);
        self
    }

    /// With a call in flight for so many seconds before its last end, and at no other time.
    pub fn busy(mut self, seconds: f64) -> Self {
        let busy = span(BEGIN, nanoseconds(seconds).unsigned_abs());
        for numbers in self
            .0
            .fields
            .values_mut()
            .filter(|numbers| numbers.busy != BusyTime::default())
        {
            numbers.busy = busy.clone();
        }
        if let Some(rate) = &mut self.0.rate {
            rate.busy = busy.clone();
        }
        self.0.busy = busy;
        self
    }

    /// The oldest calls leave the history.
    pub fn remembering(mut self, calls: usize) -> Self {
        let all = std::mem::take(&mut self.0.history);
        let lost = all.len().saturating_sub(calls);
        self.0.history = complete(lost == 0);
        for call in all.calls().skip(lost) {
            let values: Vec<_> = call.values().collect();
            let history = &mut self.0.history;
            history.push(call.start_ns, call.duration_ns, call.outcome, &values);
        }
        self
    }

    /// Samples of resident memory.
    pub fn memory(mut self, bytes: &[u64]) -> Self {
        self.0.memory = Some(MemorySnapshot {
            samples: bytes.len() as u64,
            min_bytes: *bytes.iter().min().unwrap(),
            mean_bytes: bytes.iter().sum::<u64>() as f64 / bytes.len() as f64,
            max_bytes: *bytes.iter().max().unwrap(),
            last_bytes: *bytes.last().unwrap(),
            recent_bytes: bytes.to_vec(),
            recent_at_ns: (0..bytes.len()).map(|at| NOW + nanoseconds(at as f64)).collect(),
            recent_changes: std::iter::once(None)
                .chain(bytes.windows(2).map(|pair| Some(pair[1] as i64 - pair[0] as i64)))
                .collect(),
            changes: bytes.len() as u64 - 1,
            change_bytes: *bytes.last().unwrap() as i64 - bytes[0] as i64,
        });
        self
    }
}

/// A snapshot of these series.
pub fn snapshot(series: impl IntoIterator<Item = Series>) -> Snapshot {
    let mut series: Vec<SeriesSnapshot> = series.into_iter().map(|series| series.0).collect();
    series.sort_by(|a, b| a.key().cmp(&b.key()));
    Snapshot {
        taken_at_ns: NOW,
        window_ns: 123_400_000_000,
        sources: vec![Source::default()],
        engine: EngineSnapshot {
            series: series.len() as u64,
            ..EngineSnapshot::default()
        },
        series,
        ..Snapshot::default()
    }
}

/// A history without calls yet.
fn complete(complete: bool) -> History {
    let mut history = History::default();
    history.complete = complete;
    history
}

fn nanoseconds(seconds: f64) -> i64 {
    (seconds * 1e9).round() as i64
}

/// Busy from a moment on, for so long.
fn span(start_ns: i64, busy_ns: u64) -> BusyTime {
    BusyTime::of(vec![BusySpan {
        start_ns,
        end_ns: start_ns + busy_ns as i64,
        busy_ns,
    }])
}

fn add_rate(rate: &mut Option<RateSnapshot>, items: Number, n: f64, seconds: f64, busy: &BusyTime) {
    let rate = rate.get_or_insert(RateSnapshot {
        items,
        ..RateSnapshot::default()
    });
    rate.total_items += n as u64;
    rate.calls += 1;
    rate.busy.merge(busy);
    if seconds > 0.0 {
        let now = n / seconds;
        rate.count += 1;
        rate.sum += now;
        rate.min = Some(rate.min.map_or(now, |min| min.min(now)));
        rate.max = Some(rate.max.map_or(now, |max| max.max(now)));
    }
}

fn add_value(fields: &mut BTreeMap<Number, NumberSnapshot>, field: Number, x: f64, value: f64) {
    let numbers = fields.entry(field).or_insert(NumberSnapshot {
        kind: field.kind(),
        curve_is_whole: true,
        ..NumberSnapshot::default()
    });
    numbers.count += 1;
    if field.has_distribution() {
        let values = numbers.values.get_or_insert_default();
        values.record(value as u64);
        numbers.total = Some(values.sum());
    }
    if value.is_finite() {
        numbers.sum += value;
        numbers.min = Some(numbers.min.map_or(value, |min| min.min(value)));
        numbers.max = Some(numbers.max.map_or(value, |max| max.max(value)));
    } else {
        numbers.not_finite += 1;
        let first = numbers.first_not_finite.map_or(x, |first| first.min(x));
        numbers.first_not_finite = Some(first);
    }
    if !field.kind().is_whole() {
        let at_ns = NOW + nanoseconds(numbers.count as f64);
        numbers.curve.push(CurvePoint {
            x,
            y: value,
            at_ns,
            epoch: None,
            is_ordinal: false,
        });
        numbers.sort_curve();
    }
}
