use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    time::Duration,
};

use super::{
    Config, Thresholds,
    environment::Environment,
    problems::Problems,
    settings_file,
    settings_table::{THRESHOLDS, settings},
};
use crate::Error;

/// Settings from defaults, files, the environment and setters. The later of these wins over the earlier, key by
/// key, in whatever order the methods are called.
///
/// ```
/// use std::time::Duration;
///
/// use aimlm::Config;
///
/// let config = Config::builder()
///     .env()
///     .history_size(10_000)
///     .flush_interval(Duration::from_millis(250))
///     .build()?;
/// assert_eq!(config.history_size, 10_000);
/// # Ok::<_, aimlm::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
#[must_use = "nothing is configured until `build`"]
pub struct ConfigBuilder {
    files: Vec<PathBuf>,
    environment: Option<Environment>,
    /// Boxed: a first call may have a small stack, and every method moves the builder.
    values: Box<Config>,
    /// Keys of the table that setters have set in `values`, and [`THRESHOLDS`] for all of them.
    set: Vec<&'static str>,
}

impl ConfigBuilder {
    /// Reads a file of settings at [`build`](Self::build). Of several files the one added later wins.
    ///
    /// ```
    /// let error = aimlm::Config::builder().file("no/such.toml").build().unwrap_err();
    /// assert!(error.to_string().starts_with("can not read the configuration file `no/such.toml`: "));
    /// ```
    pub fn file(mut self, path: impl AsRef<Path>) -> Self {
        self.files.push(path.as_ref().into());
        self
    }

    /// Takes the `AIMLM_` variables as they are now. The file that `AIMLM_CONFIG` names wins over
    /// [`file`](Self::file), the other variables over both.
    ///
    /// ```
    /// let config = aimlm::Config::builder().env().build()?;
    /// # assert_eq!(config, aimlm::Config::from_env()?);
    /// # Ok::<_, aimlm::Error>(())
    /// ```
    pub fn env(self) -> Self {
        self.variables(std::env::vars_os())
    }

    pub(super) fn variables(mut self, variables: impl IntoIterator<Item = (OsString, OsString)>) -> Self {
        self.environment = Some(Environment::new(variables));
        self
    }

    /// Sets [`Config::enabled`].
    ///
    /// ```
    /// assert!(!aimlm::Config::builder().enabled(false).build()?.enabled);
    /// # Ok::<_, aimlm::Error>(())
    /// ```
    pub fn enabled(mut self, enabled: bool) -> Self {
        self.values.enabled = enabled;
        self.with("enabled")
    }

    /// Sets [`Config::track_memory_usage`].
    ///
    /// ```
    /// assert!(aimlm::Config::builder().track_memory_usage(true).build()?.track_memory_usage);
    /// # Ok::<_, aimlm::Error>(())
    /// ```
    pub fn track_memory_usage(mut self, track: bool) -> Self {
        self.values.track_memory_usage = track;
        self.with("track_memory_usage")
    }

    /// Sets [`Config::history_size`], 0 to 1,000,000.
    ///
    /// ```
    /// let error = aimlm::Config::builder().history_size(2_000_000).build().unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "aimlm configuration: `history_size` is 2000000; allowed: a whole number from 0 to 1000000"
    /// );
    /// ```
    pub fn history_size(mut self, calls: usize) -> Self {
        self.values.history_size = calls;
        self.with("history_size")
    }

    /// Sets [`Config::analysis_percentiles`], at least one, each over 0 and under 100.
    ///
    /// ```
    /// let config = aimlm::Config::builder().analysis_percentiles([99.9, 50.0]).build()?;
    /// assert_eq!(config.analysis_percentiles, [50.0, 99.9]);
    /// # Ok::<_, aimlm::Error>(())
    /// ```
    pub fn analysis_percentiles(mut self, percentiles: impl IntoIterator<Item = f64>) -> Self {
        self.values.analysis_percentiles = percentiles.into_iter().collect();
        self.with("analysis_percentiles")
    }

    /// Sets [`Config::max_series`], 1 to 1,000,000.
    ///
    /// ```
    /// assert_eq!(aimlm::Config::builder().max_series(64).build()?.max_series, 64);
    /// # Ok::<_, aimlm::Error>(())
    /// ```
    pub fn max_series(mut self, series: usize) -> Self {
        self.values.max_series = series;
        self.with("max_series")
    }

    /// Sets [`Config::flush_interval`], 1 ms to 1 h.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let second = Duration::from_secs(1);
    /// assert_eq!(aimlm::Config::builder().flush_interval(second).build()?.flush_interval, second);
    /// # Ok::<_, aimlm::Error>(())
    /// ```
    pub fn flush_interval(mut self, interval: Duration) -> Self {
        self.values.flush_interval = interval;
        self.with("flush_interval_ms")
    }

    /// Sets [`Config::memory_sample_interval`], 1 ms to 1 h.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let builder = aimlm::Config::builder().memory_sample_interval(Duration::from_millis(10));
    /// assert_eq!(builder.build()?.memory_sample_interval, Duration::from_millis(10));
    /// # Ok::<_, aimlm::Error>(())
    /// ```
    pub fn memory_sample_interval(mut self, interval: Duration) -> Self {
        self.values.memory_sample_interval = interval;
        self.with("memory_sample_interval_ms")
    }

    /// Sets [`Config::report_rows`], 0 to 1,000,000; 0 for all.
    ///
    /// ```
    /// assert_eq!(aimlm::Config::builder().report_rows(0).build()?.report_rows, 0);
    /// # Ok::<_, aimlm::Error>(())
    /// ```
    pub fn report_rows(mut self, rows: usize) -> Self {
        self.values.report_rows = rows;
        self.with("report_rows")
    }

    /// Sets [`Config::report_engine`].
    ///
    /// ```
    /// assert!(aimlm::Config::builder().report_engine(true).build()?.report_engine);
    /// # Ok::<_, aimlm::Error>(())
    /// ```
    pub fn report_engine(mut self, always: bool) -> Self {
        self.values.report_engine = always;
        self.with("report_engine")
    }

    /// Sets [`Config::thresholds`], all of them.
    ///
    /// ```
    /// use aimlm::{Config, Thresholds};
    ///
    /// let mut thresholds = Thresholds::default();
    /// thresholds.set("worker_utilization", 0.8)?;
    /// let config = Config::builder().thresholds(thresholds).build()?;
    /// assert_eq!(config.thresholds.get("worker_utilization"), Some(0.8));
    /// # Ok::<_, aimlm::Error>(())
    /// ```
    pub fn thresholds(mut self, thresholds: Thresholds) -> Self {
        self.values.thresholds = thresholds;
        self.with(THRESHOLDS)
    }

    fn with(mut self, key: &'static str) -> Self {
        self.set.push(key);
        self
    }

    /// The settings of all layers.
    ///
    /// ```
    /// use aimlm::Config;
    ///
    /// assert_eq!(Config::builder().build()?, Config::default());
    /// # Ok::<_, aimlm::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// A file that can not be read; else everything that is wrong in any layer, one line each. Variables that are no
    /// settings are [warnings](Config::warnings).
    pub fn build(self) -> Result<Config, Error> {
        let (config, problems) = self.read();
        problems.none_in(*config)
    }

    /// The settings of all layers without what is wrong in them, and what that is, one line each.
    pub fn build_without_problems(self) -> (Box<Config>, Vec<String>) {
        let (config, problems) = self.read();
        problems.taken_from(config)
    }

    fn read(self) -> (Box<Config>, Problems) {
        let Self {
            files,
            environment,
            mut values,
            set,
        } = self;
        let (mut config, mut problems) = (Box::<Config>::default(), Problems::default());
        for path in files {
            settings_file::apply(&path, "read the configuration file", &mut config, &mut problems);
        }
        if let Some(environment) = environment {
            if let Some(path) = environment.file() {
                let doing = "read the configuration file that AIMLM_CONFIG names,";
                settings_file::apply(&path, doing, &mut config, &mut problems);
            }
            environment.apply(&mut config, &mut problems);
        }
        for setting in settings().filter(|setting| set.contains(&&*setting.key)) {
            let value = setting.get(&mut values);
            for refusal in setting.put(&value, &mut config).err().into_iter().flatten() {
                problems.push(|| refusal.message(&setting.key, &setting.kind));
            }
        }
        if set.contains(&THRESHOLDS) {
            config.thresholds = std::mem::take(&mut values.thresholds);
        }
        (config, problems)
    }
}
