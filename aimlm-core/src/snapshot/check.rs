//! Whether the books of a snapshot add up that was written by somebody.
//!
//! Views and reports divide, subtract and compare what is here; a file in which more calls ended than started would
//! give numbers that look like any other.

use super::{BusyTime, FieldSnapshot, MemorySnapshot, RateSnapshot, SeriesSnapshot, SubjectBusy};
use crate::aggregate::Distribution;

/// What does not add up in a series, in words.
pub(super) fn series(series: &SeriesSnapshot) -> Result<(), String> {
    problem(series).map_or(Ok(()), |problem| {
        let labels = series
            .labels
            .iter()
            .map(|(label, text)| format!(", {} `{text}`", label.name()));
        Err(format!(
            "the series of {} `{}`{} does not add up: {problem}",
            series.stage.name(),
            series.subject,
            labels.collect::<String>()
        ))
    })
}

/// The same of a subject.
pub(super) fn subject(subject: &SubjectBusy) -> Result<(), String> {
    let fields = subject.fields.iter().map(|(field, busy)| (field.name(), busy));
    let mut times = [("busy", &subject.busy), ("rated", &subject.rated)]
        .into_iter()
        .chain(fields);
    let problem = times.find_map(|(name, time)| busy(name, time));
    problem.map_or(Ok(()), |problem| {
        Err(format!(
            "the subject of {} `{}` does not add up: {problem}",
            subject.stage.name(),
            subject.subject
        ))
    })
}

fn problem(series: &SeriesSnapshot) -> Option<String> {
    let outcomes = &series.outcomes;
    let failed = [outcomes.error, outcomes.panicked, outcomes.cancelled];
    let failed = failed.into_iter().fold(0, u64::saturating_add);
    starts(series)
        .or_else(|| durations("ok", outcomes.ok, &series.latency))
        .or_else(|| durations("failed", failed, &series.failed_latency))
        .or_else(|| {
            let kinds = series
                .error_kinds
                .values()
                .fold(0, |sum: u64, &n| sum.saturating_add(n));
            let too_many = kinds > outcomes.error.saturating_add(slack(outcomes.error));
            too_many.then(|| format!("`error_kinds` are {kinds} and `error` is {}", outcomes.error))
        })
        .or_else(|| order("first_start", series.first_start, "last_end", series.last_end))
        .or_else(|| busy("busy", &series.busy))
        .or_else(|| series.rate.as_ref().and_then(rate))
        .or_else(|| series.memory.as_ref().and_then(memory))
        .or_else(|| {
            let fields = series.fields.iter().chain(&series.failed_fields);
            fields
                .into_iter()
                .find_map(|(name, numbers)| field(name.name(), numbers))
        })
}

/// Calls that ended without a start are a fault of who wrote the file, which it shows itself: none is in flight then.
fn starts(series: &SeriesSnapshot) -> Option<String> {
    let SeriesSnapshot {
        started,
        in_flight,
        outcomes,
        ..
    } = series;
    let ended: u128 = [outcomes.ok, outcomes.error, outcomes.panicked, outcomes.cancelled]
        .into_iter()
        .map(u128::from)
        .sum();
    let accounted = ended + u128::from(*in_flight);
    let saturated = *started == u64::MAX && accounted >= u128::from(u64::MAX);
    let is_known_fault = *in_flight == 0 && ended > u128::from(*started);
    (u128::from(*started) != accounted && !saturated && !is_known_fault)
        .then(|| format!("`started` is {started}, but {ended} ended and `in_flight` is {in_flight}"))
}

/// By how much two counts of the same calls may differ: a reader that meets fold after fold takes what it finds, and
/// then one fold of each thread may be in one of them and not yet in the other.
fn slack(count: u64) -> u64 {
    (count / 16).min(1 << 16)
}

fn durations(name: &str, calls: u64, durations: &Distribution) -> Option<String> {
    let count = durations.count();
    (count.abs_diff(calls) > slack(calls.max(count)))
        .then(|| format!("{calls} calls are {name}, with {count} durations"))
}

/// Of numbers that are not finite nothing is known.
fn order<T: PartialOrd + std::fmt::Display>(
    low: &str,
    least: Option<T>,
    high: &str,
    most: Option<T>,
) -> Option<String> {
    let (least, most) = (least?, most?);
    (least > most).then(|| format!("`{low}` is {least}, over `{high}`, which is {most}"))
}

fn busy(name: &str, busy: &BusyTime) -> Option<String> {
    let spans = busy.spans();
    let wrong = spans.iter().find(|span| {
        let length = i128::from(span.end_ns) - i128::from(span.start_ns);
        length < 0 || i128::from(span.busy_ns) > length
    });
    if let Some(span) = wrong {
        return Some(format!(
            "`{name}` has {} ns from {} to {}",
            span.busy_ns, span.start_ns, span.end_ns
        ));
    }
    let overlap = spans.windows(2).find(|pair| pair[1].start_ns < pair[0].end_ns);
    overlap.map(|pair| {
        format!(
            "`{name}` has a span from {} that begins before {}, where the one before ends",
            pair[1].start_ns, pair[0].end_ns
        )
    })
}

fn rate(rate: &RateSnapshot) -> Option<String> {
    order("rate.min", rate.min, "rate.max", rate.max)
        .or_else(|| busy("rate.busy", &rate.busy))
        .or_else(|| {
            let least = rate.min.filter(|&min| min < 0.0);
            least.map(|min| format!("`rate.min` is {min}"))
        })
}

fn memory(memory: &MemorySnapshot) -> Option<String> {
    let (least, most) = (memory.min_bytes, memory.max_bytes);
    (memory.samples > 0)
        .then(|| order("memory.min_bytes", Some(least), "memory.max_bytes", Some(most)))
        .flatten()
}

fn field(name: &str, numbers: &FieldSnapshot) -> Option<String> {
    let (count, not_finite) = (numbers.count, numbers.not_finite);
    order("min", numbers.min, "max", numbers.max)
        .or_else(|| busy("busy", &numbers.busy))
        .or_else(|| {
            (not_finite > count)
                .then(|| format!("`not_finite` is {not_finite}, over `count`, which is {count}"))
        })
        .map(|problem| format!("of {name}, {problem}"))
}

/// A time of a snapshot. Where none is known it is not finite.
pub(super) fn time(name: &str, seconds: f64) -> Result<f64, String> {
    if seconds < 0.0 {
        return Err(format!("`{name}` is {seconds} s"));
    }
    Ok(seconds)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::event::{Field, Outcome, Stage};
    use crate::snapshot::Snapshot;
    use crate::views::fixture::{Series, snapshot};

    fn written() -> serde_json::Value {
        let series = Series::new(Stage::Inference, "m")
            .ok(0.25, &[(Field::BatchSize, 4.0)])
            .ok(0.5, &[(Field::BatchSize, 8.0)])
            .ended(Outcome::Error, 0.5, &[])
            .error_kind("io", 1)
            .in_flight(2)
            .memory(&[5, 7]);
        serde_json::to_value(snapshot([series])).unwrap()
    }

    fn refused(pointer: &str, value: serde_json::Value) -> String {
        let mut written = written();
        *written.pointer_mut(pointer).expect(pointer) = value;
        // As text, for this is what is read.
        serde_json::from_str::<Snapshot>(&written.to_string())
            .expect_err(pointer)
            .to_string()
    }

    #[test]
    fn what_does_not_add_up_is_refused_by_name_and_figures() {
        serde_json::from_str::<Snapshot>(&written().to_string()).unwrap();
        for (pointer, value, expected) in [
            (
                "/series/0/started",
                (1_u64 << 63).into(),
                "the series of inference `m` does not add up: `started` is 9223372036854775808, but 3 ended and \
                 `in_flight` is 2",
            ),
            (
                "/series/0/in_flight",
                0.into(),
                "`started` is 5, but 3 ended and `in_flight` is 0",
            ),
            (
                "/series/0/outcomes/ok",
                1.into(),
                "`started` is 5, but 2 ended and `in_flight` is 2",
            ),
            (
                "/series/0/error_kinds/io",
                3.into(),
                "`error_kinds` are 3 and `error` is 1",
            ),
            ("/series/0/last_end", 1.5.into(), "over `last_end`, which is 1.5"),
            (
                "/series/0/rate/min",
                100.5.into(),
                "`rate.min` is 100.5, over `rate.max`, which is 16",
            ),
            ("/series/0/rate/min", (-1.0).into(), "`rate.min` is -1"),
            (
                "/series/0/memory/min_bytes",
                8.into(),
                "`memory.min_bytes` is 8, over `memory.max_bytes`, which is 7",
            ),
            (
                "/series/0/fields/batch_size/max",
                1.0.into(),
                "of batch_size, `min` is 4, over `max`, which is 1",
            ),
            (
                "/series/0/fields/batch_size/not_finite",
                3.into(),
                "of batch_size, `not_finite` is 3, over `count`, which is 2",
            ),
            (
                "/series/0/busy/0/busy_ns",
                u64::MAX.into(),
                "`busy` has 18446744073709551615 ns from",
            ),
            ("/series/0/busy/0/end_ns", 0.into(), "to 0"),
            ("/taken_at", (-5.0).into(), "`taken_at` is -5 s"),
            ("/window_seconds", (-0.5).into(), "`window_seconds` is -0.5 s"),
        ] {
            let message = refused(pointer, value);
            assert!(message.contains(expected), "{pointer}: {message}");
        }
        let mut two = written();
        let (ok, started) = (12.into(), 15.into());
        *two.pointer_mut("/series/0/outcomes/ok").unwrap() = ok;
        *two.pointer_mut("/series/0/started").unwrap() = started;
        let message = serde_json::from_str::<Snapshot>(&two.to_string())
            .unwrap_err()
            .to_string();
        assert!(message.contains("12 calls are ok, with 2 durations"), "{message}");
    }

    proptest! {
        /// Whatever was recorded, alone and merged, is never refused.
        #[test]
        fn what_was_recorded_reads_back(
            calls in prop::collection::vec((0..4_usize, 0.0..10.0_f64, any::<f64>(), 0..1_000_000_u32), 0..30),
            in_flight in 0..5_u64,
        ) {
            let outcomes = [Outcome::Ok, Outcome::Error, Outcome::Panicked, Outcome::Cancelled];
            let mut one = Series::new(Stage::TrainingEpoch, "m").in_flight(in_flight);
            for (outcome, seconds, loss, samples) in calls {
                let values = [(Field::Loss, loss), (Field::NumSamples, f64::from(samples))];
                one = one.ended(outcomes[outcome], seconds, &values);
            }
            let one = snapshot([one]);
            let mut both = one.clone();
            both.merge(&one);
            for snapshot in [one, both] {
                let text = serde_json::to_string(&snapshot).unwrap();
                prop_assert!(serde_json::from_str::<Snapshot>(&text).is_ok(), "{text}");
            }
        }
    }
}
