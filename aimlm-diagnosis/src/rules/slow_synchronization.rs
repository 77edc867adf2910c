use aimlm_vocabulary::Stage;

use crate::FindingKind;
use crate::rule::{Matter, rule};
use crate::slow_calls::{MEAN_AND_SLOWEST, SlowCalls, no_advice};
use crate::threshold::{DefaultBounds, Threshold};

rule! {
    /// Workers wait long for each other: the mean of the synchronisations that succeeded is over its threshold.
    SlowSynchronization "slow_synchronization" {
        matter: Matter::Time,
        thresholds: [MEAN],
        evidence: MEAN_AND_SLOWEST,
        check: |case| SLOW.check(case),
        example: snapshot([Series::new(Stage::Synchronization, "barrier").ok(7.0, &[])]),
    }
}

static MEAN: Threshold = Threshold {
    key: "synchronization_seconds",
    measures: "mean synchronisation of workers",
    unit: "s",
    bounds: DefaultBounds::Over {
        medium: 5.0,
        high: 10.0,
    },
    for_models: false,
    source: "as coordination",
};

static SLOW: SlowCalls = SlowCalls {
    kind: FindingKind::SlowSynchronization,
    stage: Stage::Synchronization,
    threshold: &MEAN,
    to: "",
    action: no_advice,
};
