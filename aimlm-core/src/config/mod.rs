//! Settings of an instance: defaults, file, environment, builder; the later wins over the earlier.

mod thresholds;

use std::time::Duration;

pub use thresholds::{Severities, Thresholds};

/// Settings of one instance.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Config {
    /// Whether calls are recorded. Can be changed at run time. Default: yes.
    pub enabled: bool,
    /// Whether resident memory is sampled while any inference is in flight; `track_memory` asks for it
    /// function by function. Default: no.
    pub track_memory_usage: bool,
    /// How many calls of each series are kept one by one. 0 to 1,000,000; default 1,000.
    pub history_size: usize,
    /// The percentiles of reports. Each over 0 and under 100; default 50, 90, 95, 99.
    pub analysis_percentiles: Vec<f64>,
    /// How many series an instance may have; calls of further subjects are counted in one overflow series.
    /// 1 to 1,000,000; default 2,000.
    pub max_series: usize,
    /// How often the collector sweeps the rings of threads that have gone quiet. Reports do not depend on it.
    /// 1 ms to 1 h; default 100 ms.
    pub flush_interval: Duration,
    /// How often resident memory is sampled while calls that track it are in flight. 1 ms to 1 h; default 50 ms.
    pub memory_sample_interval: Duration,
    /// From where on the analysis reports a finding.
    pub thresholds: Thresholds,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            enabled: true,
            track_memory_usage: false,
            history_size: 1000,
            analysis_percentiles: vec![50.0, 90.0, 95.0, 99.0],
            max_series: 2000,
            flush_interval: Duration::from_millis(100),
            memory_sample_interval: Duration::from_millis(50),
            thresholds: Thresholds::default(),
        }
    }
}

impl Config {
    pub(crate) fn from_env() -> Result<Self, crate::Error> {
        Ok(Self::default())
    }
}
