use std::time::Duration;

use super::Thresholds;

/// Settings of one instance.
///
/// They come from defaults, a TOML or JSON file, the environment and a [builder](Self::builder); the later wins
/// over the earlier, key by key. In a file they stand under the key `ai_ml.metrics`; other keys of the file are
/// ignored. Whatever is wrong under that key or in the variable of a setting is an error that lists every mistake,
/// each with its place, its value and what is allowed. `docs/configuration.md` lists keys and variables.
///
/// ```
/// use aimlm::Config;
///
/// let config = Config::from_toml_str(
///     r#"
///     [server]
///     port = 8080
///
///     [ai_ml.metrics]
///     history_size = 5000
///     thresholds.model_load_seconds.high = 20
///     "#,
/// )?;
/// assert_eq!(config.history_size, 5000);
/// assert_eq!(config.thresholds.get("model_load_seconds.high"), Some(20.0));
/// assert_eq!(config.max_series, Config::default().max_series);
/// # Ok::<_, aimlm::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Config {
    /// Whether calls are recorded. Can be changed at run time. Default: yes.
    pub enabled: bool,
    /// Whether resident memory is sampled while a call of any stage is in flight; `track_memory` asks for it
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
    /// How many rows a table of a report has at most; the rest is summed in one more. 0 to 1,000,000, 0 for
    /// all; default 20. JSON has every row.
    pub report_rows: usize,
    /// Whether Markdown and text say how the recording itself is doing, also when nothing is wrong with it.
    /// Default: no.
    pub report_engine: bool,
    /// From where on the analysis reports a finding.
    pub thresholds: Thresholds,
    /// See [`warnings`](Self::warnings).
    pub(super) warnings: Vec<String>,
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
            report_rows: 20,
            report_engine: false,
            thresholds: Thresholds::default(),
            warnings: Vec::new(),
        }
    }
}

impl Config {
    /// Variables that start with `AIMLM_` and are no settings, one line each: they are not taken, and every report of
    /// an instance with this configuration says so.
    ///
    /// ```
    /// assert!(aimlm::Config::default().warnings().is_empty());
    /// ```
    #[must_use]
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }
}
