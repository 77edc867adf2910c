use core::fmt;

use aimlm_vocabulary::Stage;
use serde::{Deserialize, Serialize};

/// One thing worth attention, with what shows it and what to do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Which rule found it; the names do not change.
    pub kind: FindingKind,
    /// How much it matters.
    pub severity: Severity,
    /// What it is about.
    pub target: Target,
    /// What is the case, in one sentence. Names in it are cut where they are long and show control
    /// characters as escapes; `target` has the name as it is.
    pub message: String,
    /// The numbers that show it.
    pub evidence: Vec<Evidence>,
    /// What else belongs to it, line by line: each error of a configuration.
    #[serde(default)]
    pub details: Vec<String>,
    /// What the data suggest to do, in one sentence or two; empty where they suggest nothing.
    pub action: String,
}

/// Which rule made a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FindingKind {
    /// Loss or another number was NaN or infinite.
    NotFinite,
    /// Calls unwound.
    Panics,
    /// Calls returned errors.
    Errors,
    /// Mean model load over its threshold.
    SlowModelLoad,
    /// Mean initialisation of a model over its threshold.
    SlowModelInitialization,
    /// Mean inference latency over its threshold.
    SlowInference,
    /// 95th percentile of inference latency over its threshold.
    SlowInferenceTail,
    /// Time for each generated token over its threshold.
    SlowTokens,
    /// Mean data set load over its threshold.
    SlowDatasetLoad,
    /// Mean time of an operation of preprocessing over its threshold.
    SlowPreprocessing,
    /// Mean fetch of a batch or shard over its threshold.
    SlowDataLoading,
    /// Mean write of a checkpoint over its threshold.
    SlowCheckpointSave,
    /// Mean read of a checkpoint over its threshold.
    SlowCheckpointLoad,
    /// Mean coordination overhead of a run of a distributed task over its threshold.
    CoordinationOverhead,
    /// Mean exchange of data between workers over its threshold.
    SlowCommunication,
    /// Mean synchronisation of workers over its threshold.
    SlowSynchronization,
    /// Training processes few samples a second.
    SlowTraining,
    /// An epoch took much longer than the others.
    SlowEpoch,
    /// Epochs take longer and longer.
    GrowingEpochs,
    /// Validation takes long beside training.
    LongValidation,
    /// Workers are busy for less than their threshold.
    UnderusedWorkers,
    /// Something of the configuration was not taken.
    Configuration,
    /// More series were asked for than the configuration allows.
    SeriesLimit,
    /// Numbers or labels of the program's own had names that were not taken.
    NamesLimit,
    /// The collector's thread could not be started.
    NoCollector,
    /// Faults inside aimlm were caught.
    InternalFaults,
}

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Severity {
    /// Look at it when there is time.
    Medium,
    /// Look at it now.
    High,
}

/// What a finding is about.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// The stage; none where it is about the recording itself.
    pub stage: Option<Stage>,
    /// The model, data set, task or operation; none where it is about several.
    pub subject: Option<String>,
    /// The phase of a task, or the operation on a data set; none where it is about the whole.
    #[serde(default)]
    pub part: Option<String>,
}

/// A number that shows a finding.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// What was measured: `mean latency`, or the name of a worker.
    pub name: String,
    /// How much it was.
    #[serde(with = "aimlm_snapshot::nan_as_null")]
    pub value: f64,
    /// Its unit, as UCUM writes it: `s`, `By`, `1` for ratios, `{call}` for things counted.
    pub unit: String,
    /// The threshold that it crossed.
    pub threshold: Option<f64>,
}

impl Target {
    pub(super) fn of(stage: Stage, subject: &str) -> Self {
        Self {
            stage: Some(stage),
            subject: Some(subject.to_owned()),
            part: None,
        }
    }

    pub(super) fn part(self, part: Option<&str>) -> Self {
        Self {
            part: part.map(str::to_owned),
            ..self
        }
    }
}

impl Evidence {
    pub(super) fn new(name: &str, value: f64, unit: &str) -> Self {
        Self {
            name: name.to_owned(),
            value,
            unit: unit.to_owned(),
            threshold: None,
        }
    }

    pub(super) fn against(self, threshold: f64) -> Self {
        Self {
            threshold: Some(threshold),
            ..self
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Medium => "medium",
            Self::High => "high",
        })
    }
}

/// Severity of a number that should be small; none where it is.
pub(super) fn severity_above(value: f64, bounds: aimlm_config::Severities) -> Option<(Severity, f64)> {
    if value > bounds.high {
        Some((Severity::High, bounds.high))
    } else if value > bounds.medium {
        Some((Severity::Medium, bounds.medium))
    } else {
        None
    }
}
