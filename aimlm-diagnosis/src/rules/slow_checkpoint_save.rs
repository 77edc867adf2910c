use aimlm_vocabulary::Stage;

use crate::FindingKind;
use crate::rule::{Matter, rule};
use crate::slow_calls::{MEAN_AND_SLOWEST, SlowCalls, no_advice};
use crate::threshold::{DefaultBounds, Threshold};

rule! {
    /// Checkpoints take long to write: the mean of the writes that succeeded is over its threshold.
    SlowCheckpointSave "slow_checkpoint_save" {
        matter: Matter::Time,
        thresholds: [MEAN],
        evidence: MEAN_AND_SLOWEST,
        check: |case| SLOW.check(case),
        example: snapshot([Series::new(Stage::CheckpointSave, "minilm").ok(14.0, &[(Number::SizeBytes, 9e8)])]),
    }
}

static MEAN: Threshold = Threshold {
    key: "checkpoint_save_seconds",
    measures: "mean write of a checkpoint",
    unit: "s",
    bounds: DefaultBounds::Over {
        medium: 10.0,
        high: 30.0,
    },
    for_models: false,
    source: "as a data set load, for they move as much",
};

static SLOW: SlowCalls = SlowCalls {
    kind: FindingKind::SlowCheckpointSave,
    stage: Stage::CheckpointSave,
    threshold: &MEAN,
    to: " to write to a checkpoint",
    action: no_advice,
};
