use serde::{Deserialize, Serialize};

/// A number that shows a finding.
///
/// ```
/// use aimlm::Evidence;
///
/// let mean = Evidence::new("mean", 6.2, "s").against(5.0);
/// assert_eq!((mean.value, mean.threshold), (6.2, Some(5.0)));
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Evidence {
    /// What was measured: `mean latency`, or the name of a worker.
    pub name: String,
    /// How much it was.
    #[serde(with = "aimlm_snapshot::nan_as_null")]
    pub value: f64,
    /// Its unit, as UCUM writes it: `s`, `By`, `1` for ratios, `{call}` for things counted.
    pub unit: String,
    /// The threshold that it crossed.
    #[serde(default)]
    pub threshold: Option<f64>,
}

impl Evidence {
    /// A number with its unit, as UCUM writes it.
    #[must_use]
    pub fn new(name: &str, value: f64, unit: &str) -> Self {
        Self {
            name: name.to_owned(),
            value,
            unit: unit.to_owned(),
            threshold: None,
        }
    }

    /// The same, and the threshold that it crossed, in the same unit.
    #[must_use]
    pub fn against(self, threshold: f64) -> Self {
        Self {
            threshold: Some(threshold),
            ..self
        }
    }
}
