use super::{Thresholds, setting_rows::for_each_setting};

macro_rules! config {
    ($(
        $(#[doc = $doc:literal])+
        $name:ident: $type:ty = $default:expr;
        key $key:literal $kind:ident($($range:expr),*);
        meaning $meaning:literal;
        $(#[doc = $setter:literal])+
        set($argument:ident: $taken:ty) $value:expr;
    )+) => {
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
            $(
                $(#[doc = $doc])+
                pub $name: $type,
            )+
            /// From where on the analysis reports a finding.
            pub thresholds: Thresholds,
            /// See [`warnings`](Self::warnings).
            pub(super) warnings: Vec<String>,
        }

        impl Default for Config {
            fn default() -> Self {
                Self {
                    $($name: $default,)+
                    thresholds: Thresholds::default(),
                    warnings: Vec::new(),
                }
            }
        }
    };
}

for_each_setting!(config);

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
