//! Whether the books of a snapshot add up that was written by somebody.
//!
//! Views and reports divide, subtract and compare what is here; a file in which more calls ended than started would
//! give numbers that look like any other.

use std::collections::BTreeMap;

use aimlm_vocabulary::{Number, NumberKind, Outcome};

use super::{BusyTime, MemorySnapshot, NumberSnapshot, RateSnapshot, SeriesSnapshot, SubjectBusy};
use crate::Distribution;

/// What does not add up in a series, in words.
pub(crate) fn series(series: &SeriesSnapshot) -> Result<(), String> {
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
pub(crate) fn subject(subject: &SubjectBusy) -> Result<(), String> {
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
    let slack = Slack::new(series);
    starts(series)
        .or_else(|| durations("ok", outcomes.ok, &series.latency, slack))
        .or_else(|| {
            // Where durations of other ends are, only a later version knows.
            (outcomes.other == 0)
                .then(|| durations("failed", failed, &series.failed_latency, slack))
                .flatten()
        })
        .or_else(|| {
            let kinds = series
                .error_kinds
                .values()
                .fold(0, |sum: u64, &n| sum.saturating_add(n));
            let too_many = kinds > outcomes.error.saturating_add(slack.of(outcomes.error));
            too_many.then(|| format!("`error_kinds` are {kinds} and `error` is {}", outcomes.error))
        })
        .or_else(|| {
            order(
                "first_start_ns",
                series.first_start_ns,
                "last_end_ns",
                series.last_end_ns,
            )
        })
        .or_else(|| busy("busy", &series.busy))
        .or_else(|| history(series, slack))
        .or_else(|| said(series))
        .or_else(|| series.memory.as_ref().and_then(memory))
        .or_else(|| fields(&series.fields, outcomes.ok.saturating_add(series.samples), slack))
        .or_else(|| fields(&series.failed_fields, failed, slack))
        .or_else(|| series.rate.as_ref().and_then(|of| rate(of, series, slack)))
}

/// Calls that ended without a start are a fault of who wrote the file, which it shows itself: none is in flight then.
fn starts(series: &SeriesSnapshot) -> Option<String> {
    let SeriesSnapshot {
        started,
        in_flight,
        outcomes,
        ..
    } = series;
    let ended: u128 = [
        outcomes.ok,
        outcomes.error,
        outcomes.panicked,
        outcomes.cancelled,
        outcomes.other,
    ]
    .into_iter()
    .map(u128::from)
    .sum();
    let accounted = ended + u128::from(*in_flight);
    if series.carried > *started {
        return Some(format!(
            "`carried` is {}, over `started`, which is {started}",
            series.carried
        ));
    }
    let at_bounds = [
        ("carried_at", &series.carried_at, "carried", series.carried),
        ("left_at", &series.left_at, "in_flight", *in_flight),
    ];
    for (name, at, whole, calls) in at_bounds {
        let sum = at.values().fold(0, |sum: u64, &n| sum.saturating_add(n));
        if sum > calls {
            return Some(format!("`{name}` are {sum}, over `{whole}`, which is {calls}"));
        }
    }
    let saturated = *started == u64::MAX && accounted >= u128::from(u64::MAX);
    let is_known_fault = *in_flight == 0 && ended > u128::from(*started);
    (u128::from(*started) != accounted && !saturated && !is_known_fault)
        .then(|| format!("`started` is {started}, but {ended} ended and `in_flight` is {in_flight}"))
}

/// By how much two counts of the same calls may differ.
#[derive(Clone, Copy, PartialEq)]
enum Slack {
    /// Read between two folds. In files from before that was said, a few folds may be in one of them and not yet in the
    /// other.
    Folds,
    /// Read while threads added calls. What they add between the first number that is read and the last has no bound but
    /// how long the reader was kept from running: in a time slice of 10 ms two hundred thousand calls of each processor.
    /// Two counts of little and of much tell nothing of each other then.
    Any,
}

impl Slack {
    const fn new(series: &SeriesSnapshot) -> Self {
        if series.unsettled { Self::Any } else { Self::Folds }
    }

    fn of(self, count: u64) -> u64 {
        match self {
            Self::Folds => (count / 16).min(1 << 16),
            Self::Any => u64::MAX,
        }
    }
}

fn durations(name: &str, calls: u64, durations: &Distribution, slack: Slack) -> Option<String> {
    let (count, sum) = (durations.count(), durations.sum());
    let about = slack.of(calls.max(count));
    if count.abs_diff(calls) > about {
        return Some(format!("{calls} calls are {name}, with {count} durations"));
    }
    let (min, max) = (durations.min()?, durations.max()?);
    // As far as a sum goes.
    let all = |each: u64, n: u64| each.saturating_mul(n);
    let (least, most) = (
        all(min, count.saturating_sub(about)),
        all(max, count.saturating_add(about)),
    );
    (sum < least || (sum > most && sum < u64::MAX))
        .then(|| format!("{count} durations of {min} ns to {max} ns make {sum} ns of calls that are {name}"))
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

/// What is said of more calls than there are, but for those of a fold.
fn too_many(name: &str, count: u64, of: &str, calls: u64, slack: Slack) -> Option<String> {
    (count > calls.saturating_add(slack.of(calls.max(count))))
        .then(|| format!("`{name}` is {count}, of {calls} {of}"))
}

/// Durations of single calls are measured with the rate of the clock at the end, those of all with the one at the time:
/// no more is asked of them than to be of one order.
fn history(series: &SeriesSnapshot, slack: Slack) -> Option<String> {
    let ended = series.outcomes.ended();
    let calls = series.history.len() as u64;
    too_many("history", calls, "calls that ended", ended, slack).or_else(|| {
        let mut calls = series.history.calls().filter(|_| slack == Slack::Folds);
        calls.find_map(|call| {
            let of = match call.outcome {
                Outcome::Ok => &series.latency,
                _ => &series.failed_latency,
            };
            let (ns, max) = (call.duration_ns, of.max()?);
            let most = max.saturating_add(1_000_000).saturating_mul(16);
            (ns > most).then(|| format!("a call of `history` took {ns} ns, and the longest of all {max} ns"))
        })
    })
}

/// Counts of single calls: whole numbers that are not negative.
fn said(series: &SeriesSnapshot) -> Option<String> {
    let is_count = |value: f64| value.is_finite() && value >= 0.0 && value.fract() == 0.0;
    series.history.calls().find_map(|call| {
        let mut counts = call.values().filter(|(field, _)| field.kind().is_whole());
        let (field, value) = counts.find(|&(_, value)| !is_count(value))?;
        Some(format!("a call of `history` has {value} as {}", field.name()))
    })
}

fn rate(rate: &RateSnapshot, series: &SeriesSnapshot, slack: Slack) -> Option<String> {
    let counted = series
        .fields
        .iter()
        .filter(|(field, numbers)| numbers.kind_of(**field) == NumberKind::Count);
    let said = counted.fold(0_u64, |sum, (_, numbers)| sum.saturating_add(numbers.total()));
    order("rate.min", rate.min, "rate.max", rate.max)
        .or_else(|| busy("rate.busy", &rate.busy))
        .or_else(|| {
            let least = rate.min.filter(|&min| min < 0.0);
            least.map(|min| format!("`rate.min` is {min}"))
        })
        .or_else(|| (rate.sum < 0.0).then(|| format!("`rate.sum` is {}", rate.sum)))
        .or_else(|| {
            too_many(
                "rate.calls",
                rate.calls,
                "calls that are ok",
                series.outcomes.ok,
                slack,
            )
        })
        .or_else(|| {
            too_many(
                "rate.count",
                rate.count,
                "calls that said their items",
                rate.calls,
                slack,
            )
        })
        .or_else(|| {
            let most = said.saturating_add(said / 16);
            (rate.total_items > most && slack == Slack::Folds).then(|| {
                format!(
                    "`rate.total_items` is {}, and the fields say {said}",
                    rate.total_items
                )
            })
        })
}

fn memory(memory: &MemorySnapshot) -> Option<String> {
    let (least, most) = (memory.min_bytes, memory.max_bytes);
    (memory.samples > 0)
        .then(|| order("memory.min_bytes", Some(least), "memory.max_bytes", Some(most)))
        .flatten()
}

fn fields(fields: &BTreeMap<Number, NumberSnapshot>, calls: u64, slack: Slack) -> Option<String> {
    fields.iter().find_map(|(name, numbers)| {
        field(numbers)
            .or_else(|| {
                too_many(
                    "count",
                    numbers.count,
                    "calls and samples that could say it",
                    calls,
                    slack,
                )
            })
            .or_else(|| {
                (numbers.kind_of(*name).is_whole())
                    .then(|| count_field(numbers))
                    .flatten()
            })
            .map(|problem| format!("of {}, {problem}", name.name()))
    })
}

/// Whole numbers are not negative.
fn count_field(numbers: &NumberSnapshot) -> Option<String> {
    let known = [
        ("sum", Some(numbers.sum)),
        ("min", numbers.min),
        ("max", numbers.max),
    ];
    let wrong = known
        .into_iter()
        .find_map(|(name, value)| Some((name, value.filter(|value| !(value.is_finite() && *value >= 0.0))?)));
    if let Some((name, value)) = wrong {
        return Some(format!("`{name}` is {value}"));
    }
    let total = numbers.total? as f64;
    // Of large counts the sum is rounded, each time that one is added.
    let is_far = (total - numbers.sum).abs() > total.max(numbers.sum) / 1000.0;
    is_far.then(|| format!("`total` is {total} and `sum` {}", numbers.sum))
}

fn field(numbers: &NumberSnapshot) -> Option<String> {
    let (count, not_finite) = (numbers.count, numbers.not_finite);
    order("min", numbers.min, "max", numbers.max)
        .or_else(|| busy("busy", &numbers.busy))
        .or_else(|| {
            (not_finite > count)
                .then(|| format!("`not_finite` is {not_finite}, over `count`, which is {count}"))
        })
}

/// Each is of a hundred.
pub(crate) fn percentiles(percentiles: Vec<f64>) -> Result<Vec<f64>, String> {
    match percentiles.iter().find(|p| !(0.0..=100.0).contains(*p)) {
        Some(wrong) => Err(format!("`percentiles` has {wrong}, which is not from 0 to 100")),
        None => Ok(percentiles),
    }
}

#[cfg(test)]
mod tests;
