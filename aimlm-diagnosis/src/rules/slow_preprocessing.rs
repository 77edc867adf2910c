use aimlm_snapshot::CallMetrics;
use aimlm_vocabulary::Stage;

use crate::FindingKind;
use crate::rule::{Matter, rule};
use crate::slow_calls::{MEAN_AND_SLOWEST, SlowCalls};
use crate::threshold::{DefaultBounds, Threshold};

rule! {
    /// An operation of preprocessing takes long: the mean of the calls that succeeded is over its threshold.
    SlowPreprocessing "slow_preprocessing" {
        matter: Matter::Time,
        thresholds: [MEAN],
        evidence: MEAN_AND_SLOWEST,
        check: |case| SLOW.check(case),
        example: snapshot([Series::new(Stage::DatasetPreprocessing, "digits").label(Label::Operation, "scale").ok(11.0, &[]).ok(12.0, &[])]),
    }
}

static MEAN: Threshold = Threshold {
    key: "dataset_preprocessing_seconds",
    measures: "mean time of an operation of preprocessing",
    unit: "s",
    bounds: DefaultBounds::Over {
        medium: 10.0,
        high: 30.0,
    },
    for_models: false,
    source: "as a data set load, for they move as much",
};

static SLOW: SlowCalls = SlowCalls {
    kind: FindingKind::SlowPreprocessing,
    stage: Stage::DatasetPreprocessing,
    threshold: &MEAN,
    to: "",
    action: kept,
};

fn kept(calls: &CallMetrics) -> String {
    match calls.latency.count {
        0..=1 => String::new(),
        times => format!("It ran {times} times: keep what it makes."),
    }
}
