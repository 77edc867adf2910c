//! What rules about slow calls have in common.

use aimlm_format::{duration, duration_apart, number, quoted, subject_in_words};
use aimlm_snapshot::{CallMetrics, InferenceMetrics};
use aimlm_vocabulary::{Number, Stage};

use crate::case::Case;
use crate::rule::WeighedFinding;
use crate::threshold::Threshold;
use crate::thresholds::Crossed;
use crate::{Evidence, Finding, FindingKind, Target};

/// A stage whose calls are judged by their mean alone.
pub(crate) struct SlowCalls {
    pub(crate) kind: FindingKind,
    pub(crate) stage: Stage,
    pub(crate) threshold: &'static Threshold,
    /// Behind the duration: ` to load`.
    pub(crate) to: &'static str,
    pub(crate) action: fn(&CallMetrics) -> String,
}

impl SlowCalls {
    /// Subjects whose calls take longer on average than their threshold.
    pub(crate) fn check(&self, case: &Case<'_>) -> Vec<WeighedFinding> {
        let calls = case.overview.calls().into_iter();
        let calls = calls.filter(|named| named.stage == self.stage);
        calls
            .filter_map(|named| {
                let mean = named.calls.latency.mean_seconds?;
                let crossed = case.crossed(self.threshold, named.subject, mean)?;
                let noun = subject_in_words(self.stage);
                let subject = match named.part {
                    Some(part) => format!(
                        "operation {} on the {noun} {}",
                        quoted(part),
                        quoted(named.subject)
                    ),
                    None => format!("{noun} {}", quoted(named.subject)),
                };
                let message = format!(
                    "The {subject} takes {}{} on average.",
                    duration_apart(mean, crossed.bound).0,
                    self.to
                );
                let target = Target::of(self.stage, named.subject).in_part(named.part);
                Some(
                    Finding::new(self.kind, crossed.severity, target, message)
                        .shown_by(mean_and_slowest(named.calls, crossed))
                        .advising((self.action)(named.calls))
                        .weighing(named.calls.seconds()),
                )
            })
            .collect()
    }
}

/// Nothing that the calls suggest.
pub(crate) const fn no_advice(_: &CallMetrics) -> String {
    String::new()
}

/// What is loaded several times can be kept.
pub(crate) fn loaded_again(calls: &CallMetrics) -> String {
    match calls.latency.count {
        0..=1 => String::new(),
        times => format!("It was loaded {times} times: keep what was loaded."),
    }
}

/// What [`mean_and_slowest`] says.
pub(crate) const MEAN_AND_SLOWEST: &[(&str, &str)] = &[
    ("mean", "of the durations of the calls that succeeded"),
    ("calls", "calls that succeeded"),
    ("slowest", "the longest of those durations"),
    ("mean size", "of `size_bytes`, over the calls that said it"),
];

/// What shows that a mean is over its bound.
pub(crate) fn mean_and_slowest(calls: &CallMetrics, crossed: Crossed) -> Vec<Evidence> {
    let mut evidence = vec![
        crossed.evidence("mean"),
        Evidence::new("calls", calls.latency.count as f64, "{call}"),
    ];
    evidence.extend(
        calls
            .latency
            .max_seconds
            .map(|max| Evidence::new("slowest", max, "s")),
    );
    let size = calls.number(Number::SizeBytes).and_then(|size| size.mean);
    evidence.extend(size.map(|mean| Evidence::new("mean size", mean, "By")));
    evidence
}

/// What the calls of a model suggest whose answers come late, if anything.
pub(crate) fn advice_on_answers(model: &InferenceMetrics, bound: f64) -> String {
    let latency = &model.calls.latency;
    if let Some(median) = latency.median_seconds.filter(|&median| median <= bound / 2.0) {
        return format!(
            "Half of the calls take {} or less: look at what the slow ones have in common.",
            duration(median)
        );
    }
    match model.calls.number(Number::BatchSize).and_then(|batch| batch.mean) {
        Some(mean) if mean > 1.0 => format!(
            "A call has {} items on average: smaller batches answer sooner.",
            number(mean)
        ),
        _ => String::new(),
    }
}
