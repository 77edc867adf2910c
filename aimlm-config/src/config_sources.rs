use std::path::Path;

use super::{
    Config, ConfigBuilder, Error,
    problems::Problems,
    settings_file::apply_text,
    settings_table::settings,
    settings_text::{Format, SettingsText},
};

/// Where settings come from.
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
        apply_text(&SettingsText::new(text, format), &mut config, &mut problems);
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
