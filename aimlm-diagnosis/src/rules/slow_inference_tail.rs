use aimlm_format::{duration_apart, quoted};
use aimlm_snapshot::{InferenceMetrics, samples_needed};
use aimlm_vocabulary::Stage;

use super::slow_inference::slow_mean;
use crate::case::Case;
use crate::rule::{Matter, WeighedFinding, rule};
use crate::slow_calls::advice_on_answers;
use crate::threshold::{DefaultBounds, Threshold};
use crate::{Evidence, Finding, FindingKind, Target};

rule! {
    /// One call of twenty is answered late: the 95th percentile of latency is over its threshold, from 130 calls on, for of
    /// fewer it is an accident. A slow mean has a slow tail: both are said only where the tail is the worse.
    SlowInferenceTail "slow_inference_tail" {
        matter: Matter::Time,
        thresholds: [P95],
        evidence: &[
            ("p95", "of the durations of the calls that succeeded"),
            ("calls", "calls that succeeded"),
            ("mean", "of the same durations"),
            ("median", "of the same durations"),
        ],
        check: check,
        example: snapshot([(0..1000).fold(Series::new(Stage::Inference, "minilm"), |series, nth| {
            series.ok(if nth % 10 == 0 { 0.8 } else { 0.004 }, &[])
        })]),
    }
}

static P95: Threshold = Threshold {
    key: "inference_p95_seconds",
    measures: "95th percentile of inference latency, of the same models, from 130 calls on",
    unit: "s",
    bounds: DefaultBounds::Over {
        medium: 0.3,
        high: 1.5,
    },
    for_models: true,
    source: "three times the mean: the 95th percentile of exponentially distributed latencies is 3.0 times their mean \
             (ln 20)",
};

fn check(case: &Case<'_>) -> Vec<WeighedFinding> {
    let models = case.overview.inference.values();
    models.filter_map(|model| slow_tail(case, model)).collect()
}

fn slow_tail(case: &Case<'_>, model: &InferenceMetrics) -> Option<WeighedFinding> {
    let latency = &model.calls.latency;
    let is_judged = latency.count >= samples_needed(95.0) && model.tokens_out().is_none();
    let p95 = latency.p95_seconds.filter(|_| is_judged)?;
    let crossed = case.crossed(&P95, &model.model_id, p95)?;
    if slow_mean(case, model).is_some_and(|mean| mean.severity >= crossed.severity) {
        return None;
    }
    let mut evidence = vec![
        crossed.evidence("p95"),
        Evidence::new("calls", latency.count as f64, "{call}"),
    ];
    evidence.extend(latency.mean_seconds.map(|mean| Evidence::new("mean", mean, "s")));
    evidence.extend(
        latency
            .median_seconds
            .map(|median| Evidence::new("median", median, "s")),
    );
    let message = format!(
        "The model {} answers after {} or more in one call of twenty (p95).",
        quoted(&model.model_id),
        duration_apart(p95, crossed.bound).0
    );
    let target = Target::of(Stage::Inference, &model.model_id);
    Some(
        Finding::new(FindingKind::SlowInferenceTail, crossed.severity, target, message)
            .shown_by(evidence)
            .advising(advice_on_answers(model, crossed.bound))
            .weighing(model.calls.seconds()),
    )
}
