use aimlm_format::{duration_apart, quoted};
use aimlm_snapshot::InferenceMetrics;
use aimlm_vocabulary::Stage;

use crate::case::Case;
use crate::rule::{Matter, WeighedFinding, rule};
use crate::slow_calls::{MEAN_AND_SLOWEST, advice_on_answers, mean_and_slowest};
use crate::threshold::{DefaultBounds, Threshold};
use crate::thresholds::Crossed;
use crate::{Finding, FindingKind, Severity, Target};

rule! {
    /// A model answers late: the mean latency of the calls that succeeded is over its threshold. Of models whose calls say how
    /// many tokens they generate the time for each token is looked at instead.
    SlowInference "slow_inference" {
        matter: Matter::Time,
        thresholds: [MEAN],
        evidence: MEAN_AND_SLOWEST,
        check: check,
        example: snapshot([Series::new(Stage::Inference, "minilm").ok(0.2, &[(Number::BatchSize, 32.0)])]),
    }
}

static MEAN: Threshold = Threshold {
    key: "inference_latency_seconds",
    measures: "mean inference latency, of models whose calls do not say how many tokens they generate",
    unit: "s",
    bounds: DefaultBounds::Over {
        medium: 0.1,
        high: 0.5,
    },
    for_models: true,
    source: "the system that aimlm re-creates",
};

fn check(case: &Case<'_>) -> Vec<WeighedFinding> {
    let models = case.overview.inference.values();
    models
        .filter_map(|model| {
            let crossed = slow_mean(case, model)?;
            let message = format!(
                "The model {} answers after {} on average.",
                quoted(&model.model_id),
                duration_apart(model.calls.latency.mean_seconds?, crossed.bound).0
            );
            let target = Target::of(Stage::Inference, &model.model_id);
            let medium = case
                .thresholds
                .value_for(&model.model_id, MEAN.bound(Severity::Medium));
            Some(
                Finding::new(FindingKind::SlowInference, crossed.severity, target, message)
                    .shown_by(mean_and_slowest(&model.calls, crossed))
                    .advising(advice_on_answers(model, medium))
                    .weighing(model.calls.seconds()),
            )
        })
        .collect()
}

/// The bound that a model's mean latency crosses.
pub(super) fn slow_mean(case: &Case<'_>, model: &InferenceMetrics) -> Option<Crossed> {
    let mean = model
        .calls
        .latency
        .mean_seconds
        .filter(|_| model.tokens_out().is_none())?;
    case.crossed(&MEAN, &model.model_id, mean)
}
