use aimlm_vocabulary::Stage;

use crate::FindingKind;
use crate::rule::{Matter, rule};
use crate::slow_calls::{MEAN_AND_SLOWEST, SlowCalls, no_advice};
use crate::threshold::{DefaultBounds, Threshold};

rule! {
    /// Checkpoints take long to read: the mean of the reads that succeeded is over its threshold.
    SlowCheckpointLoad "slow_checkpoint_load" {
        matter: Matter::Time,
        thresholds: [MEAN],
        evidence: MEAN_AND_SLOWEST,
        check: |case| SLOW.check(case),
        example: snapshot([Series::new(Stage::CheckpointLoad, "minilm").ok(11.0, &[(Number::SizeBytes, 9e8)])]),
    }
}

static MEAN: Threshold = Threshold {
    key: "checkpoint_load_seconds",
    measures: "mean read of a checkpoint",
    unit: "s",
    bounds: DefaultBounds::Over {
        medium: 10.0,
        high: 30.0,
    },
    for_models: false,
    source: "as a data set load, for they move as much",
};

static SLOW: SlowCalls = SlowCalls {
    kind: FindingKind::SlowCheckpointLoad,
    stage: Stage::CheckpointLoad,
    threshold: &MEAN,
    to: " to read from a checkpoint",
    action: no_advice,
};
