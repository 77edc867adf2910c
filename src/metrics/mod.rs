//! What users hold: an instance, its calls, its results.

mod attribute;
mod describe;
mod guard;
mod by_hand;
mod retrieve;
pub mod stage;
mod stage_words;
mod track;

use aimlm_config::Config;
use aimlm_core::collector;
use aimlm_core::ring;
use aimlm_core::series::{GLOBAL, Instance};
use aimlm_vocabulary::Error;
pub use attribute::{begun, kept, lent};
pub use by_hand::TrainingStats;
pub use describe::git_revision;
pub use guard::Guard;
pub use track::Track;

/// An instance of metrics: the global one, which attributes record into, or one of its own.
///
/// Cloning is cheap and gives the same instance. An instance of its own lives until its last clone and the last
/// of its calls are gone.
///
/// ```
/// use std::time::Duration;
/// use aimlm::Metrics;
///
/// let metrics = Metrics::default_instance();
/// let answer = metrics.track_inference("resnet50-v1").batch_size(8).run(|_| 6 * 7);
/// assert_eq!(answer, 42);
/// metrics.record_inference("resnet50-v1", Duration::from_millis(12));
///
/// let report = metrics.report();
/// assert_eq!(report.metrics.inference["resnet50-v1"].calls.counts.started, 2);
/// println!("{}", report.to_markdown());
/// ```
#[derive(Debug, Clone)]
pub struct Metrics {
    pub(crate) instance: Instance,
}

// A call that unwinds is recorded as such; no panic leaves an instance half-changed.
impl std::panic::UnwindSafe for Metrics {}
impl std::panic::RefUnwindSafe for Metrics {}

/// An instance of its own with the default configuration, as [`Metrics::default_instance`].
impl Default for Metrics {
    fn default() -> Self {
        Self::default_instance()
    }
}

impl Metrics {
    /// The instance that attributes record into. On first use it reads the environment; see
    /// [`Config::from_env`]. What is wrong in it is named in every report, and the defaults are in force in
    /// its place.
    #[must_use]
    pub fn global() -> Self {
        Self {
            instance: Instance::default(),
        }
    }

    /// Configures the global instance. Call it before the first annotated call.
    ///
    /// # Errors
    ///
    /// If a setting is out of range, or the global instance is in use already.
    pub fn init_global(config: Config) -> Result<Self, Error> {
        let config = config.checked()?;
        ring::watch_forks();
        if GLOBAL.configure(config, Vec::new()) {
            Ok(Self::global())
        } else {
            Err(Error::already_initialized())
        }
    }

    /// An instance of its own, with nothing shared with any other.
    ///
    /// # Errors
    ///
    /// If a setting is out of range.
    pub fn new(config: Config) -> Result<Self, Error> {
        Ok(Self::with(config.checked()?))
    }

    /// An instance of its own with the default configuration.
    #[must_use]
    pub fn default_instance() -> Self {
        Self::with(Config::default())
    }

    fn with(config: Config) -> Self {
        ring::watch_forks();
        collector::keep_up();
        Self {
            instance: Instance::new(config),
        }
    }

    /// The configuration in force.
    #[must_use]
    pub fn config(&self) -> &Config {
        ring::watch_forks();
        self.instance.namespace().config()
    }

    /// Whether calls are recorded.
    #[must_use]
    pub fn is_enabled(&self) -> bool {
        // The configuration, read on first use, may say no.
        let _ = self.config();
        self.instance.namespace().is_enabled()
    }

    /// Switches recording on or off, from now on. Calls in flight are recorded to their end.
    pub fn set_enabled(&self, enabled: bool) {
        ring::watch_forks();
        self.instance.namespace().set_enabled(enabled);
    }

    /// Forgets everything recorded. Calls in flight stay in flight and count when they end.
    pub fn reset(&self) {
        aimlm_core::capture::reset(self.instance.namespace());
    }
}
