use aimlm_vocabulary::Stage;

use crate::FindingKind;
use crate::rule::{Matter, rule};
use crate::slow_calls::{MEAN_AND_SLOWEST, SlowCalls, loaded_again};
use crate::threshold::{DefaultBounds, Threshold};

rule! {
    /// Loads of a model take long: the mean of those that succeeded is over its threshold.
    SlowModelLoad "slow_model_load" {
        matter: Matter::Time,
        thresholds: [MEAN],
        evidence: MEAN_AND_SLOWEST,
        check: |case| SLOW.check(case),
        example: snapshot([Series::new(Stage::ModelLoad, "minilm").ok(6.2, &[]).ok(6.0, &[])]),
    }
}

static MEAN: Threshold = Threshold {
    key: "model_load_seconds",
    measures: "mean model load",
    unit: "s",
    bounds: DefaultBounds::Over {
        medium: 5.0,
        high: 10.0,
    },
    for_models: true,
    source: "the system that aimlm re-creates",
};

static SLOW: SlowCalls = SlowCalls {
    kind: FindingKind::SlowModelLoad,
    stage: Stage::ModelLoad,
    threshold: &MEAN,
    to: " to load",
    action: loaded_again,
};
