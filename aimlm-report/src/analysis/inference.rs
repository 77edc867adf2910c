use aimlm_config::Thresholds;
use aimlm_snapshot::{InferenceMetrics, Overview, samples_needed};
use aimlm_vocabulary::{Number, Stage};

use super::finding::severity_above;
use super::slow::mean_and_slowest;
use super::{Evidence, Finding, FindingKind, Severity, Target};
use aimlm_format::{duration, duration_apart, number, quoted};

/// Models that answer late: those that say how many tokens they generate by the time for each of them, the
/// others by their mean and their 95th percentile.
pub(super) fn slow_inference(overview: &Overview, thresholds: &Thresholds) -> Vec<Finding> {
    let models = overview.inference.values();
    models
        .flat_map(|model| {
            if model.tokens_out().is_some() {
                return vec![slow_tokens(model, thresholds)];
            }
            let mean = slow_mean(model, thresholds);
            let tail = slow_tail(model, thresholds);
            // A slow mean has a slow tail; both are said only where the tail is the worse.
            let is_worse = |tail: &Finding| mean.as_ref().is_none_or(|mean| tail.severity > mean.severity);
            let tail = tail.filter(is_worse);
            vec![mean, tail]
        })
        .flatten()
        .collect()
}

fn slow_mean(model: &InferenceMetrics, thresholds: &Thresholds) -> Option<Finding> {
    let mean = model.calls.latency.mean?;
    let bounds = thresholds.inference_latency_seconds(&model.model_id);
    let (severity, bound) = severity_above(mean, bounds)?;
    Some(finding(
        model,
        FindingKind::SlowInference,
        severity,
        format!("answers after {} on average", duration_apart(mean, bound).0),
        mean_and_slowest(&model.calls, mean, bound),
        advice(model, bounds.medium),
    ))
}

/// With too few calls a 95th percentile is an accident.
fn slow_tail(model: &InferenceMetrics, thresholds: &Thresholds) -> Option<Finding> {
    let latency = &model.calls.latency;
    let p95 = latency.p95.filter(|_| latency.count >= samples_needed(95.0))?;
    let (severity, bound) = severity_above(p95, thresholds.inference_p95_seconds(&model.model_id))?;
    let mut evidence = vec![
        Evidence::new("p95", p95, "s").against(bound),
        Evidence::new("calls", latency.count as f64, "{call}"),
    ];
    evidence.extend(latency.mean.map(|mean| Evidence::new("mean", mean, "s")));
    evidence.extend(latency.median.map(|median| Evidence::new("median", median, "s")));
    Some(finding(
        model,
        FindingKind::SlowInferenceTail,
        severity,
        format!(
            "answers after {} or more in one call of twenty (p95)",
            duration_apart(p95, bound).0
        ),
        evidence,
        advice(model, bound),
    ))
}

fn slow_tokens(model: &InferenceMetrics, thresholds: &Thresholds) -> Option<Finding> {
    let each = model.seconds_per_output_token?;
    let (severity, bound) = severity_above(each, thresholds.output_token_seconds(&model.model_id))?;
    let mut evidence = vec![Evidence::new("time for each token", each, "s").against(bound)];
    let tokens = model.tokens_out()?;
    evidence.extend(
        tokens
            .mean
            .map(|mean| Evidence::new("tokens out in a call", mean, "{token}")),
    );
    evidence.extend(
        model
            .calls
            .latency
            .mean
            .map(|mean| Evidence::new("mean", mean, "s")),
    );
    Some(finding(
        model,
        FindingKind::SlowTokens,
        severity,
        format!(
            "takes {} for each token that it generates",
            duration_apart(each, bound).0
        ),
        evidence,
        String::new(),
    ))
}

fn finding(
    model: &InferenceMetrics,
    kind: FindingKind,
    severity: Severity,
    what: String,
    evidence: Vec<Evidence>,
    action: String,
) -> Finding {
    Finding {
        kind,
        severity,
        target: Target::of(Stage::Inference, &model.model_id),
        message: format!("The model {} {what}.", quoted(&model.model_id)),
        evidence,
        details: Vec::new(),
        action,
    }
}

/// What the calls themselves suggest, if anything.
fn advice(model: &InferenceMetrics, bound: f64) -> String {
    let latency = &model.calls.latency;
    if let Some(median) = latency.median.filter(|&median| median <= bound / 2.0) {
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
