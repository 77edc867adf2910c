use std::{path::Path, time::Duration};

use super::{
    ConfigBuilder, Thresholds,
    file::{Format, Source},
    problems::Problems,
    table::settings,
};
use crate::Error;

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
    /// Settings layer by layer.
    ///
    /// ```
    /// use aimlm::Config;
    ///
    /// let config = Config::builder().history_size(0).build()?;
    /// assert_eq!(config.history_size, 0);
    /// # Ok::<_, aimlm::Error>(())
    /// ```
    pub fn builder() -> ConfigBuilder {
        ConfigBuilder::default()
    }

    /// The defaults, under the file that `AIMLM_CONFIG` names (if it is set), under the other `AIMLM_` variables.
    ///
    /// ```
    /// let config = aimlm::Config::from_env()?;
    /// assert!(!config.analysis_percentiles.is_empty());
    /// # Ok::<_, aimlm::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// A file that can not be read, an unknown key, a value that is not allowed. An unknown variable is a
    /// [warning](Self::warnings).
    pub fn from_env() -> Result<Self, Error> {
        Self::builder().env().build()
    }

    /// As [`from_env`](Self::from_env), but leaves out what is wrong, and gives that as well, one line each.
    pub fn from_env_without_problems() -> (Box<Self>, Vec<String>) {
        Self::builder().env().build_without_problems()
    }

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

    /// The defaults, under a file. `.toml` and `.json` say what it is; any other name leaves it to the content.
    ///
    /// ```
    /// use aimlm::Config;
    ///
    /// let path = std::env::temp_dir().join(format!("aimlm-doc-{}.json", std::process::id()));
    /// std::fs::write(&path, r#"{"ai_ml": {"metrics": {"max_series": 64}}}"#)?;
    /// let config = Config::from_file(&path)?;
    /// assert_eq!(config.max_series, 64);
    /// # std::fs::remove_file(&path)?;
    /// # Ok::<_, Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// A file that can not be read or is not valid TOML or JSON, an unknown or duplicate key under
    /// `ai_ml.metrics`, a value that is not allowed. Without `ai_ml.metrics`, a setting at the top of the file.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, Error> {
        Self::builder().file(path).build()
    }

    /// The defaults, under a TOML text; see [`from_file`](Self::from_file).
    ///
    /// ```
    /// use aimlm::Config;
    ///
    /// let error = Config::from_toml_str("[ai_ml.metrics]\nhistroy_size = 5").unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "aimlm configuration: TOML:2:1: unknown key `histroy_size`, which is 5; \
    ///      did you mean `history_size`, a whole number from 0 to 1000000?"
    /// );
    /// ```
    ///
    /// # Errors
    ///
    /// As [`from_file`](Self::from_file).
    pub fn from_toml_str(text: &str) -> Result<Self, Error> {
        Self::from_text(text, Format::Toml)
    }

    /// The defaults, under a JSON text; see [`from_file`](Self::from_file).
    ///
    /// ```
    /// use aimlm::Config;
    ///
    /// let config = Config::from_json_str(r#"{"ai_ml.metrics": {"enabled": false}}"#)?;
    /// assert!(!config.enabled);
    /// # Ok::<_, aimlm::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`from_file`](Self::from_file).
    pub fn from_json_str(text: &str) -> Result<Self, Error> {
        Self::from_text(text, Format::Json)
    }

    fn from_text(text: &str, format: Format) -> Result<Self, Error> {
        let (mut config, mut problems) = (Self::default(), Problems::default());
        Source::text(text, format).apply(&mut config, &mut problems);
        problems.none_in(config)
    }

    /// The same settings with every value proven to be in its range and the percentiles sorted, each once: for
    /// a configuration whose fields were set directly.
    ///
    /// ```
    /// let mut config = aimlm::Config::default();
    /// config.analysis_percentiles = vec![99.0, 50.0, 99.0];
    /// assert_eq!(config.checked()?.analysis_percentiles, [50.0, 99.0]);
    /// # Ok::<_, aimlm::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// A value that is not allowed.
    pub fn checked(mut self) -> Result<Self, Error> {
        let mut problems = Problems::default();
        for setting in settings() {
            let value = setting.get(&mut self);
            for refusal in setting.put(&value, &mut self).err().into_iter().flatten() {
                problems.push(|| refusal.message(&setting.key, &setting.kind));
            }
        }
        problems.none_in(self)
    }
}
