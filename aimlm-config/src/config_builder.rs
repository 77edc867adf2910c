use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};

use super::{
    Config, Thresholds,
    environment::Environment,
    problems::Problems,
    setting_rows::for_each_setting,
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

macro_rules! setters {
    ($(
        $(#[doc = $doc:literal])+
        $name:ident: $type:ty = $default:expr;
        key $key:literal $kind:ident($($range:expr),*);
        meaning $meaning:literal;
        $(#[doc = $setter:literal])+
        set($argument:ident: $taken:ty) $value:expr;
    )+) => {
        impl ConfigBuilder {
            $(
                $(#[doc = $setter])+
                pub fn $name(mut self, $argument: $taken) -> Self {
                    self.values.$name = $value;
                    self.with($key)
                }
            )+
        }
    };
}

for_each_setting!(setters);
