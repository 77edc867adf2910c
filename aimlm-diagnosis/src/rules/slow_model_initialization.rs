use aimlm_vocabulary::Stage;

use crate::FindingKind;
use crate::rule::{Matter, rule};
use crate::slow_calls::{MEAN_AND_SLOWEST, SlowCalls, no_advice};
use crate::threshold::{DefaultBounds, Threshold};

rule! {
    /// A model takes long to initialise: the mean of the calls that succeeded is over its threshold.
    SlowModelInitialization "slow_model_initialization" {
        matter: Matter::Time,
        thresholds: [MEAN],
        evidence: MEAN_AND_SLOWEST,
        check: |case| SLOW.check(case),
        example: snapshot([Series::new(Stage::ModelInitialization, "minilm").ok(12.0, &[])]),
    }
}

static MEAN: Threshold = Threshold {
    key: "model_initialization_seconds",
    measures: "mean initialisation of a model",
    unit: "s",
    bounds: DefaultBounds::Over {
        medium: 5.0,
        high: 10.0,
    },
    for_models: true,
    source: "as a model load",
};

static SLOW: SlowCalls = SlowCalls {
    kind: FindingKind::SlowModelInitialization,
    stage: Stage::ModelInitialization,
    threshold: &MEAN,
    to: " to initialise",
    action: no_advice,
};
