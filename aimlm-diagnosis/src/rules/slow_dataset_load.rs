use aimlm_vocabulary::Stage;

use crate::FindingKind;
use crate::rule::{Matter, rule};
use crate::slow_calls::{MEAN_AND_SLOWEST, SlowCalls, loaded_again};
use crate::threshold::{DefaultBounds, Threshold};

rule! {
    /// Loads of a data set take long: the mean of those that succeeded is over its threshold.
    SlowDatasetLoad "slow_dataset_load" {
        matter: Matter::Time,
        thresholds: [MEAN],
        evidence: MEAN_AND_SLOWEST,
        check: |case| SLOW.check(case),
        example: snapshot([Series::new(Stage::DatasetLoad, "digits").ok(12.0, &[(Number::SizeBytes, 2e9)])]),
    }
}

static MEAN: Threshold = Threshold {
    key: "dataset_load_seconds",
    measures: "mean data set load",
    unit: "s",
    bounds: DefaultBounds::Over {
        medium: 10.0,
        high: 30.0,
    },
    for_models: false,
    source: "the system that aimlm re-creates",
};

static SLOW: SlowCalls = SlowCalls {
    kind: FindingKind::SlowDatasetLoad,
    stage: Stage::DatasetLoad,
    threshold: &MEAN,
    to: " to load",
    action: loaded_again,
};
