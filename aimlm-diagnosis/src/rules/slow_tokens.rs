use aimlm_format::{duration_apart, quoted};
use aimlm_snapshot::InferenceMetrics;
use aimlm_vocabulary::Stage;

use crate::case::Case;
use crate::rule::{Matter, WeighedFinding, rule};
use crate::threshold::{DefaultBounds, Threshold};
use crate::{Evidence, Finding, FindingKind, Target};

rule! {
    /// A model generates slowly: the time for each token of the calls that say how many they generate is over its threshold.
    SlowTokens "slow_tokens" {
        matter: Matter::Time,
        thresholds: [EACH],
        evidence: &[
            ("time for each token", "time of the calls that said how many tokens they generated, over these tokens"),
            ("tokens out in a call", "mean of `tokens_out`"),
            ("mean", "of the durations of the calls that succeeded"),
        ],
        check: check,
        example: snapshot([Series::new(Stage::Inference, "smollm").ok(12.0, &[(Number::TokensOut, 48.0)])]),
    }
}

static EACH: Threshold = Threshold {
    key: "output_token_seconds",
    measures: "time for each token generated, of models whose calls say how many they generate",
    unit: "s",
    bounds: DefaultBounds::Over {
        medium: 0.1,
        high: 0.2,
    },
    for_models: true,
    source: "0.2 s is what MLPerf Inference allows Llama 2 70B's server scenario for each token, about the speed at which \
             people read; the medium bound is half of it. A call of 300 tokens may take 30 s",
};

fn check(case: &Case<'_>) -> Vec<WeighedFinding> {
    let models = case.overview.inference.values();
    models.filter_map(|model| slow_tokens(case, model)).collect()
}

fn slow_tokens(case: &Case<'_>, model: &InferenceMetrics) -> Option<WeighedFinding> {
    let tokens = model.tokens_out()?;
    let each = model.seconds_per_output_token?;
    let crossed = case.crossed(&EACH, &model.model_id, each)?;
    let mut evidence = vec![crossed.evidence("time for each token")];
    let mean = tokens.mean.into_iter();
    evidence.extend(mean.map(|mean| Evidence::new("tokens out in a call", mean, "{token}")));
    let mean = model.calls.latency.mean_seconds.into_iter();
    evidence.extend(mean.map(|mean| Evidence::new("mean", mean, "s")));
    let message = format!(
        "The model {} takes {} for each token that it generates.",
        quoted(&model.model_id),
        duration_apart(each, crossed.bound).0
    );
    let target = Target::of(Stage::Inference, &model.model_id);
    Some(
        Finding::new(FindingKind::SlowTokens, crossed.severity, target, message)
            .shown_by(evidence)
            .weighing(model.calls.seconds()),
    )
}
