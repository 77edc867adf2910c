use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::ModelThresholds;

/// From where on the analysis reports a finding. `docs/configuration.md` says where each default comes from.
///
/// ```
/// use aimlm::{Config, Thresholds};
///
/// let mut thresholds = Thresholds::default();
/// thresholds.inference_latency_seconds.high = 0.25;
/// let config = Config::builder().thresholds(thresholds).build()?;
/// assert_eq!(config.thresholds.inference_latency_seconds.high, 0.25);
/// # Ok::<_, aimlm::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Thresholds {
    /// Mean model load, in seconds.
    pub model_load_seconds: Severities,
    /// Mean initialisation of a model, in seconds.
    pub model_initialization_seconds: Severities,
    /// Mean inference latency, in seconds; of models whose calls say how many tokens they generate, see
    /// [`output_token_seconds`](field@Self::output_token_seconds).
    pub inference_latency_seconds: Severities,
    /// 95th percentile of inference latency, in seconds; of models whose calls do not say how many tokens they
    /// generate.
    pub inference_p95_seconds: Severities,
    /// Seconds for each token generated, of models whose calls say how many they generate.
    pub output_token_seconds: Severities,
    /// Mean data set load, in seconds.
    pub dataset_load_seconds: Severities,
    /// Mean time of an operation of preprocessing, in seconds.
    pub dataset_preprocessing_seconds: Severities,
    /// Mean fetch of a batch or shard, in seconds.
    pub data_loading_seconds: Severities,
    /// Mean write of a checkpoint, in seconds.
    pub checkpoint_save_seconds: Severities,
    /// Mean read of a checkpoint, in seconds.
    pub checkpoint_load_seconds: Severities,
    /// Mean coordination overhead of a run of a distributed task, in seconds.
    pub coordination_overhead_seconds: Severities,
    /// Mean exchange of data between workers, in seconds.
    pub communication_seconds: Severities,
    /// Mean synchronisation of workers, in seconds.
    pub synchronization_seconds: Severities,
    /// Training rate, in samples a second: at most `medium` is a medium rating, at most `high` a low one.
    pub training_samples_per_second: Severities,
    /// How many times as long as the median of all epochs an epoch may take.
    pub slow_epoch_factor: Severities,
    /// How many times as long as the first third of the epochs the last third may take.
    pub epoch_growth_factor: Severities,
    /// Time of validation over time of training.
    pub validation_share: Severities,
    /// Mean utilisation of a worker, 0 to 1, under which it is named.
    pub worker_utilization: f64,
    /// Bounds of single models, by name, in place of those above.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub models: BTreeMap<String, ModelThresholds>,
}

/// The bounds of a finding's two severities, each finite and over 0. `medium` is not over `high`; for a rate,
/// of which little is bad, not under it.
///
/// ```
/// use aimlm::{Severities, Thresholds};
///
/// assert_eq!(Thresholds::default().model_load_seconds, Severities { medium: 5.0, high: 10.0 });
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Severities {
    /// Bound of a medium finding.
    pub medium: f64,
    /// Bound of a high finding.
    pub high: f64,
}

impl Default for Thresholds {
    fn default() -> Self {
        let bounds = |medium, high| Severities { medium, high };
        Self {
            model_load_seconds: bounds(5.0, 10.0),
            model_initialization_seconds: bounds(5.0, 10.0),
            inference_latency_seconds: bounds(0.1, 0.5),
            inference_p95_seconds: bounds(0.3, 1.5),
            output_token_seconds: bounds(0.1, 0.2),
            dataset_load_seconds: bounds(10.0, 30.0),
            dataset_preprocessing_seconds: bounds(10.0, 30.0),
            data_loading_seconds: bounds(1.0, 5.0),
            checkpoint_save_seconds: bounds(10.0, 30.0),
            checkpoint_load_seconds: bounds(10.0, 30.0),
            coordination_overhead_seconds: bounds(5.0, 10.0),
            communication_seconds: bounds(5.0, 10.0),
            synchronization_seconds: bounds(5.0, 10.0),
            training_samples_per_second: bounds(1000.0, 100.0),
            slow_epoch_factor: bounds(2.0, 5.0),
            epoch_growth_factor: bounds(1.5, 3.0),
            validation_share: bounds(0.5, 1.0),
            worker_utilization: 0.5,
            models: BTreeMap::new(),
        }
    }
}

macro_rules! pairs {
    ($($name:ident),+ $(,)?) => {
        /// The pairs of bounds of numbers of which much is bad. A table of functions, not of the bounds: a first call
        /// may have a small stack.
        const RISING: &[(&str, fn(&Thresholds) -> Severities)] =
            &[$((stringify!($name), |thresholds| thresholds.$name)),+];
    };
}

pairs! {
    model_load_seconds,
    model_initialization_seconds,
    inference_latency_seconds,
    inference_p95_seconds,
    output_token_seconds,
    dataset_load_seconds,
    dataset_preprocessing_seconds,
    data_loading_seconds,
    checkpoint_save_seconds,
    checkpoint_load_seconds,
    coordination_overhead_seconds,
    communication_seconds,
    synchronization_seconds,
    slow_epoch_factor,
    epoch_growth_factor,
    validation_share,
}

impl Thresholds {
    /// What is wrong with the order of bounds, and with the bounds of single models, one line each: a number
    /// that grows worse passes `medium` first.
    pub(super) fn out_of_order(&self) -> impl Iterator<Item = String> {
        let rising = RISING
            .iter()
            .filter_map(|(name, bounds)| bounds(self).not_rising(name));
        let falling = self
            .training_samples_per_second
            .not_falling("training_samples_per_second");
        rising.chain(falling).chain(self.refused_models())
    }
}

impl Severities {
    pub(super) fn not_rising(self, name: &str) -> Option<String> {
        (self.medium > self.high).then(|| self.refused(name, "over", "most"))
    }

    pub(super) fn not_falling(self, name: &str) -> Option<String> {
        (self.medium < self.high).then(|| self.refused(name, "under", "least"))
    }

    fn refused(self, name: &str, side: &str, bound: &str) -> String {
        let Self { medium, high } = self;
        format!(
            "`thresholds.{name}.medium` is {medium}, {side} `thresholds.{name}.high`, which is {high}; \
             allowed: at {bound} as much"
        )
    }
}
