use serde::{Deserialize, Serialize};

/// From where on the analysis reports a finding. The defaults are those of the system that aimlm re-creates.
///
/// ```
/// use aimlm_core::{Config, Thresholds};
///
/// let mut thresholds = Thresholds::default();
/// thresholds.inference_latency_seconds.high = 0.25;
/// let config = Config::builder().thresholds(thresholds).build()?;
/// assert_eq!(config.thresholds.inference_latency_seconds.high, 0.25);
/// # Ok::<_, aimlm_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Thresholds {
    /// Mean model load, in seconds.
    pub model_load_seconds: Severities,
    /// Mean inference latency, in seconds.
    pub inference_latency_seconds: Severities,
    /// Mean data set load, in seconds.
    pub dataset_load_seconds: Severities,
    /// Mean coordination overhead of distributed tasks, in seconds.
    pub coordination_overhead_seconds: Severities,
    /// Mean training rate, in samples a second: at most `medium` is a medium rating, at most `high` a low one.
    pub training_samples_per_second: Severities,
    /// Mean utilisation of a worker, 0 to 1, under which it is named.
    pub worker_utilization: f64,
}

/// The bounds of a finding's two severities, each finite and over 0. `medium` is not over `high`; for a rate,
/// of which little is bad, not under it.
///
/// ```
/// use aimlm_core::{Severities, Thresholds};
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
            inference_latency_seconds: bounds(0.1, 0.5),
            dataset_load_seconds: bounds(10.0, 30.0),
            coordination_overhead_seconds: bounds(5.0, 10.0),
            training_samples_per_second: bounds(1000.0, 100.0),
            worker_utilization: 0.5,
        }
    }
}

impl Thresholds {
    /// What is wrong with the order of bounds, one line each: a number that grows worse passes `medium` first.
    pub(super) fn out_of_order(&self) -> impl Iterator<Item = String> {
        let rising = [
            ("model_load_seconds", self.model_load_seconds),
            ("inference_latency_seconds", self.inference_latency_seconds),
            ("dataset_load_seconds", self.dataset_load_seconds),
            (
                "coordination_overhead_seconds",
                self.coordination_overhead_seconds,
            ),
        ];
        let rising = rising
            .into_iter()
            .filter(|(_, bounds)| bounds.medium > bounds.high)
            .map(|(name, bounds)| bounds.refused(name, "over", "most"));
        let rate = self.training_samples_per_second;
        let falling =
            (rate.medium < rate.high).then(|| rate.refused("training_samples_per_second", "under", "least"));
        rising.chain(falling)
    }
}

impl Severities {
    fn refused(self, name: &str, side: &str, bound: &str) -> String {
        let Self { medium, high } = self;
        format!(
            "`thresholds.{name}.medium` is {medium}, {side} `thresholds.{name}.high`, which is {high}; \
             allowed: at {bound} as much"
        )
    }
}
