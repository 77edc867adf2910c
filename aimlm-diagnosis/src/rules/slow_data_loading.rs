use aimlm_vocabulary::Stage;

use crate::FindingKind;
use crate::rule::{Matter, rule};
use crate::slow_calls::{MEAN_AND_SLOWEST, SlowCalls, no_advice};
use crate::threshold::{DefaultBounds, Threshold};

rule! {
    /// Batches or shards take long to fetch: the mean of the fetches that succeeded is over its threshold.
    SlowDataLoading "slow_data_loading" {
        matter: Matter::Time,
        thresholds: [MEAN],
        evidence: MEAN_AND_SLOWEST,
        check: |case| SLOW.check(case),
        example: snapshot([Series::new(Stage::DataLoading, "images").ok(1.4, &[(Number::SizeBytes, 4e7)])]),
    }
}

static MEAN: Threshold = Threshold {
    key: "data_loading_seconds",
    measures: "mean fetch of a batch or shard",
    unit: "s",
    bounds: DefaultBounds::Over {
        medium: 1.0,
        high: 5.0,
    },
    for_models: false,
    source: "aimlm's own",
};

static SLOW: SlowCalls = SlowCalls {
    kind: FindingKind::SlowDataLoading,
    stage: Stage::DataLoading,
    threshold: &MEAN,
    to: " to fetch",
    action: no_advice,
};
