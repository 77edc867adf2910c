//! What was recorded between two snapshots of one instance: the later less the earlier.

use std::collections::BTreeMap;

use aimlm_vocabulary::{Number, Outcomes};

use crate::extremes::since as extreme;
use crate::subject_label_sets::LabelSets;
use crate::{
    BusyTime, EngineSnapshot, MemorySnapshot, NumberSnapshot, RateSnapshot, SeriesSnapshot, Snapshot, Source,
    SubjectBusy,
};

impl Snapshot {
    /// What was recorded after `earlier` was taken of the same instance: a window of its own, as if the instance had been
    /// reset then, but nothing is reset, and every reader has its own windows. Calls in flight at its beginning are in it;
    /// it has the calls that ended in it, whenever they began.
    ///
    /// Counts, sums and distributions are exact, and windows that follow each other [merge](Self::merge) to the whole.
    /// What can not be known is not made up: an extreme that was reached before is none (of durations, it is the bound of
    /// its bucket), and curves and histories hold what is left of the window in them. Series in which nothing happened are
    /// left out. Since [`Snapshot::default`] it is the whole. A series that has less than before was reset in between; all it has is of the window then.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use aimlm::Metrics;
    ///
    /// let metrics = Metrics::default_instance();
    /// let mut last = metrics.snapshot();
    /// for seconds in 1..=3 {
    ///     metrics.record_inference("minilm", Duration::from_secs(seconds));
    ///     let now = metrics.snapshot();
    ///     let window = now.since(&last).inference_of("minilm").unwrap();
    ///     assert_eq!((window.calls.counts.ok, window.calls.latency.total_seconds), (1, seconds as f64));
    ///     last = now;
    /// }
    /// ```
    #[must_use]
    pub fn since(&self, earlier: &Self) -> Self {
        if *earlier == Self::default() {
            // The first time that a reader looks.
            return self.clone();
        }
        let bound = WindowBounds {
            at_ns: earlier.taken_at_ns,
            end_ns: self.taken_at_ns,
        };
        let mut series = series_since(&self.series, &earlier.series, bound);
        series.retain(|series| series.started > 0 || series.outcomes.ended() > 0 || series.samples > 0);
        let subjects = subjects_since(self.label_sets(), earlier.label_sets());
        let sources = self
            .sources
            .iter()
            .map(|source| source.since(&earlier.sources, bound));
        let mut engine = self.engine.since(&earlier.engine);
        engine.series = series.len() as u64;
        Self {
            schema_version: self.schema_version.max(earlier.schema_version),
            taken_at_ns: self.taken_at_ns,
            window_ns: bound.end_ns.abs_diff(bound.at_ns),
            sources: sources.collect(),
            percentiles: self.percentiles.clone(),
            series,
            subjects,
            engine,
        }
    }
}

/// Where a window begins and ends, in nanoseconds since the Unix epoch.
#[derive(Clone, Copy)]
struct WindowBounds {
    at_ns: i64,
    end_ns: i64,
}

fn series_since(
    now: &[SeriesSnapshot],
    earlier: &[SeriesSnapshot],
    bound: WindowBounds,
) -> Vec<SeriesSnapshot> {
    let since = now.iter().map(|series| {
        let before = earlier.binary_search_by(|before| before.key().cmp(&series.key()));
        match before {
            Ok(at) if !series.was_reset_after(&earlier[at]) => series.since(&earlier[at], bound),
            _ => series.clone(),
        }
    });
    since.collect()
}

fn subjects_since(now: LabelSets<'_>, earlier: LabelSets<'_>) -> Vec<SubjectBusy> {
    let since = now.subjects().iter().map(|subject| {
        let was_reset = now.of(subject.key()).any(|series| {
            let before = earlier.series_of(series.key());
            before.is_some_and(|before| series.was_reset_after(before))
        });
        let before = earlier.known(subject.key()).filter(|_| !was_reset);
        before.map_or_else(|| subject.clone(), |before| subject.since(&before))
    });
    since
        .filter(|subject| subject.busy != BusyTime::default())
        .collect()
}

impl Source {
    fn since(&self, earlier: &[Self], bound: WindowBounds) -> Self {
        let before = earlier.iter().find(|before| before.key() == self.key());
        let (series, subjects, began_ns) = match before {
            Some(before) => {
                let at_ns = before.taken_at_ns;
                let bound = WindowBounds { at_ns, ..bound };
                (
                    series_since(&self.series, &before.series, bound),
                    subjects_since(self.label_sets(), before.label_sets()),
                    at_ns,
                )
            }
            None => (
                self.series.clone(),
                self.subjects.clone(),
                self.taken_at_ns.saturating_sub_unsigned(self.window_ns),
            ),
        };
        Self {
            window_ns: self.taken_at_ns.abs_diff(began_ns),
            series,
            subjects,
            ..self.clone()
        }
    }
}

impl SeriesSnapshot {
    /// It is of another window, or what only grows is less than it was.
    fn was_reset_after(&self, earlier: &Self) -> bool {
        let (ours, before) = (&self.outcomes, &earlier.outcomes);
        let windows = (self.window, earlier.window);
        (windows.0 != windows.1 && windows.0 != 0 && windows.1 != 0)
            || self.started < earlier.started
            || self.samples < earlier.samples
            || ours.ok < before.ok
            || ours.error < before.error
            || ours.panicked < before.panicked
            || ours.cancelled < before.cancelled
            || ours.other < before.other
    }

    fn since(&self, earlier: &Self, bound: WindowBounds) -> Self {
        let less = u64::saturating_sub;
        let (ours, before) = (&self.outcomes, &earlier.outcomes);
        let outcomes = Outcomes {
            ok: less(ours.ok, before.ok),
            error: less(ours.error, before.error),
            panicked: less(ours.panicked, before.panicked),
            cancelled: less(ours.cancelled, before.cancelled),
            other: less(ours.other, before.other),
        };
        let busy = self.busy.since(&earlier.busy);
        let ended = outcomes.ended();
        let left_at = match self.left_at.is_empty() {
            true => calls_at(bound.end_ns, self.in_flight),
            false => self.left_at.clone(),
        };
        Self {
            stage: self.stage,
            subject: self.subject.clone(),
            labels: self.labels.clone(),
            site: self.site.clone(),
            // Those in flight at the beginning are of this window, too.
            started: less(self.started, earlier.started).saturating_add(earlier.in_flight),
            carried: earlier.in_flight,
            carried_at: calls_at(bound.at_ns, earlier.in_flight),
            in_flight: self.in_flight,
            left_at,
            outcomes,
            latency: self.latency.since(&earlier.latency),
            failed_latency: self.failed_latency.since(&earlier.failed_latency),
            first_start_ns: busy.spans().first().map(|span| span.start_ns),
            last_end_ns: self.last_end_ns.filter(|_| ended > 0),
            busy,
            rate: option_since(self.rate.as_ref(), earlier.rate.as_ref(), RateSnapshot::since),
            fields: fields_since(&self.fields, &earlier.fields, bound),
            failed_fields: fields_since(&self.failed_fields, &earlier.failed_fields, bound),
            samples: less(self.samples, earlier.samples),
            memory: option_since(self.memory.as_ref(), earlier.memory.as_ref(), |now, before| {
                now.since(before, bound.at_ns)
            }),
            error_kinds: kinds_since(&self.error_kinds, &earlier.error_kinds),
            history: self.history.last(ended),
            window: self.window,
            bytes: self.bytes,
            unsettled: self.unsettled || earlier.unsettled,
        }
    }
}

/// How many calls were in flight at a bound, which is as good a number for it as any: no two windows begin in one
/// nanosecond.
fn calls_at(bound_ns: i64, calls: u64) -> BTreeMap<u64, u64> {
    let at = (calls > 0).then_some((bound_ns as u64, calls));
    at.into_iter().collect()
}

/// None where nothing came since.
fn option_since<T: Clone>(
    now: Option<&T>,
    earlier: Option<&T>,
    since: impl Fn(&T, &T) -> Option<T>,
) -> Option<T> {
    match (now, earlier) {
        (Some(now), Some(earlier)) => since(now, earlier),
        (now, None) => now.cloned(),
        (None, _) => None,
    }
}

fn kinds_since(now: &BTreeMap<String, u64>, earlier: &BTreeMap<String, u64>) -> BTreeMap<String, u64> {
    let left = now.iter().map(|(kind, &n)| {
        let before = earlier.get(kind).copied().unwrap_or_default();
        (kind.clone(), n.saturating_sub(before))
    });
    left.filter(|&(_, n)| n > 0).collect()
}

fn fields_since(
    now: &BTreeMap<Number, NumberSnapshot>,
    earlier: &BTreeMap<Number, NumberSnapshot>,
    bound: WindowBounds,
) -> BTreeMap<Number, NumberSnapshot> {
    let left = now.iter().filter_map(|(&number, numbers)| {
        let since = option_since(Some(numbers), earlier.get(&number), |now, before| {
            now.since(before, bound.at_ns)
        });
        Some((number, since?))
    });
    left.collect()
}

impl RateSnapshot {
    fn since(&self, earlier: &Self) -> Option<Self> {
        let calls = self.calls.saturating_sub(earlier.calls);
        (calls > 0).then(|| Self {
            items: self.items,
            total_items: self.total_items.saturating_sub(earlier.total_items),
            calls,
            busy: self.busy.since(&earlier.busy),
            count: self.count.saturating_sub(earlier.count),
            sum: (self.sum - earlier.sum).max(0.0),
            min: extreme(self.min, earlier.min),
            max: extreme(self.max, earlier.max),
        })
    }
}

impl NumberSnapshot {
    fn since(&self, earlier: &Self, moment_ns: i64) -> Option<Self> {
        let count = self.count.saturating_sub(earlier.count);
        // What is counted here may have been recorded a moment before the bound: while that was being read.
        let mut curve = self.curve.clone();
        if self.curve_is_whole {
            curve.sort_by_key(|point| point.at_ns);
            curve.drain(..curve.len().saturating_sub(count.try_into().unwrap_or(usize::MAX)));
        } else {
            curve.retain(|point| point.at_ns > moment_ns);
        }
        let total = self.total.zip(earlier.total);
        let total = total
            .map(|(now, before)| {
                if now == u64::MAX {
                    now
                } else {
                    now.saturating_sub(before)
                }
            })
            .or(self.total);
        let mut since = Self {
            kind: self.kind,
            count,
            sum: total.map_or(self.sum - earlier.sum, |total| total as f64),
            total,
            values: match (&self.values, &earlier.values) {
                (Some(now), Some(before)) => Some(now.since(before)),
                // Of what had numbers and did not tell them apart, nobody can.
                (now, None) => now.clone().filter(|_| earlier.count == 0),
                (None, Some(_)) => None,
            },
            min: extreme(self.min, earlier.min),
            max: extreme(self.max, earlier.max),
            curve,
            curve_is_whole: self.curve_is_whole,
            in_order_of_arrival: self.in_order_of_arrival,
            not_finite: self.not_finite.saturating_sub(earlier.not_finite),
            first_not_finite: None,
            busy: self.busy.since(&earlier.busy),
        };
        since.sort_curve();
        (count > 0).then_some(since)
    }
}

impl MemorySnapshot {
    fn since(&self, earlier: &Self, moment_ns: i64) -> Option<Self> {
        let samples = self.samples.saturating_sub(earlier.samples);
        let from = self.recent_at_ns.partition_point(|&at| at <= moment_ns);
        let recent = self.recent_bytes.get(from..).unwrap_or_default();
        let least = recent.iter().copied().min().unwrap_or(self.min_bytes);
        let most = recent.iter().copied().max().unwrap_or(self.max_bytes);
        let sum = self.mean_bytes * self.samples as f64 - earlier.mean_bytes * earlier.samples as f64;
        (samples > 0).then(|| Self {
            samples,
            min_bytes: extreme(Some(self.min_bytes), Some(earlier.min_bytes)).unwrap_or(least),
            mean_bytes: (sum / samples as f64)
                .max(self.min_bytes as f64)
                .min(self.max_bytes as f64),
            max_bytes: extreme(Some(self.max_bytes), Some(earlier.max_bytes)).unwrap_or(most),
            last_bytes: self.last_bytes,
            recent_bytes: recent.to_vec(),
            recent_at_ns: self.recent_at_ns.get(from..).unwrap_or_default().to_vec(),
            recent_changes: self.recent_changes.get(from..).unwrap_or_default().to_vec(),
            changes: self.changes.saturating_sub(earlier.changes),
            change_bytes: self.change_bytes.saturating_sub(earlier.change_bytes),
        })
    }
}

impl SubjectBusy {
    fn since(&self, earlier: &Self) -> Self {
        let fields = self.fields.iter().map(|(&number, busy)| {
            let before = earlier.fields.get(&number);
            (
                number,
                before.map_or_else(|| busy.clone(), |before| busy.since(before)),
            )
        });
        Self {
            stage: self.stage,
            subject: self.subject.clone(),
            busy: self.busy.since(&earlier.busy),
            rated: self.rated.since(&earlier.rated),
            fields: fields.collect(),
        }
    }
}

impl EngineSnapshot {
    fn since(&self, earlier: &Self) -> Self {
        let less = u64::saturating_sub;
        Self {
            folded_by_owner: less(self.folded_by_owner, earlier.folded_by_owner),
            folded_by_others: less(self.folded_by_others, earlier.folded_by_others),
            added_directly: less(self.added_directly, earlier.added_directly),
            overflow_calls: less(self.overflow_calls, earlier.overflow_calls),
            collector_sweeps: less(self.collector_sweeps, earlier.collector_sweeps),
            collector_restarts: less(self.collector_restarts, earlier.collector_restarts),
            collector_busy_ns: less(self.collector_busy_ns, earlier.collector_busy_ns),
            clock_anchors: less(self.clock_anchors, earlier.clock_anchors),
            memory_sample_failures: less(self.memory_sample_failures, earlier.memory_sample_failures),
            collector_start_failures: less(self.collector_start_failures, earlier.collector_start_failures),
            internal_faults: less(self.internal_faults, earlier.internal_faults),
            names_left_out: less(self.names_left_out, earlier.names_left_out),
            ..self.clone()
        }
    }
}
