use aimlm_vocabulary::Stage;

use crate::FindingKind;
use crate::rule::{Matter, rule};
use crate::slow_calls::{MEAN_AND_SLOWEST, SlowCalls, no_advice};
use crate::threshold::{DefaultBounds, Threshold};

rule! {
    /// Exchanges of data between workers take long: the mean of those that succeeded is over its threshold.
    SlowCommunication "slow_communication" {
        matter: Matter::Time,
        thresholds: [MEAN],
        evidence: MEAN_AND_SLOWEST,
        check: |case| SLOW.check(case),
        example: snapshot([Series::new(Stage::Communication, "all_reduce").ok(6.0, &[(Number::SizeBytes, 4e9)])]),
    }
}

static MEAN: Threshold = Threshold {
    key: "communication_seconds",
    measures: "mean exchange of data between workers",
    unit: "s",
    bounds: DefaultBounds::Over {
        medium: 5.0,
        high: 10.0,
    },
    for_models: false,
    source: "as coordination",
};

static SLOW: SlowCalls = SlowCalls {
    kind: FindingKind::SlowCommunication,
    stage: Stage::Communication,
    threshold: &MEAN,
    to: "",
    action: no_advice,
};
