use std::collections::BTreeMap;

use crate::threshold::{Bound, DefaultBounds, Threshold};
use crate::{Evidence, Severity};

/// From where on a number is a finding: a value for each bound of each rule, and for single models of their own. By default
/// those of the rules; `docs/configuration.md` lists their keys, `docs/findings.md` where they come from.
///
/// ```
/// use aimlm::{Config, Thresholds};
///
/// let mut thresholds = Thresholds::default();
/// thresholds.set("inference_latency_seconds.high", 0.25)?;
/// thresholds.set_for("segmentation-xl", "inference_latency_seconds.high", 10.0)?;
/// let config = Config::builder().thresholds(thresholds).build()?;
/// assert_eq!(config.thresholds.get("inference_latency_seconds.high"), Some(0.25));
/// assert_eq!(config.thresholds.get_for("segmentation-xl", "inference_latency_seconds.high"), Some(10.0));
/// # Ok::<_, aimlm::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Thresholds {
    /// What is not as by default.
    general: BTreeMap<Bound, f64>,
    models: BTreeMap<String, BTreeMap<Bound, f64>>,
}

impl Thresholds {
    /// The value of a bound.
    #[must_use]
    pub fn value(&self, bound: Bound) -> f64 {
        let set = self.general.get(&bound).copied();
        set.unwrap_or_else(|| bound.default_value())
    }

    /// The value of a bound for one subject: a model's own, or the general one.
    #[must_use]
    pub fn value_for(&self, subject: &str, bound: Bound) -> f64 {
        let own = self.models.get(subject).and_then(|own| own.get(&bound));
        own.copied().unwrap_or_else(|| self.value(bound))
    }

    /// Sets a bound; whether it may have this value.
    pub fn put(&mut self, bound: Bound, value: f64) -> bool {
        let is_allowed = bound.allows(value);
        if is_allowed && value.total_cmp(&bound.default_value()).is_ne() {
            self.general.insert(bound, value);
        } else if is_allowed {
            self.general.remove(&bound);
        }
        is_allowed
    }

    /// Sets a bound of one model; whether it may have one of its own, and this value.
    pub fn put_for(&mut self, model: &str, bound: Bound, value: f64) -> bool {
        let is_allowed = bound.threshold().for_models && bound.allows(value);
        if is_allowed {
            self.models
                .entry(model.to_owned())
                .or_default()
                .insert(bound, value);
        }
        is_allowed
    }

    /// The models that have bounds of their own.
    pub fn models(&self) -> impl Iterator<Item = &str> {
        self.models.keys().map(String::as_str)
    }

    /// The general values of what is under a threshold become those by default.
    pub(crate) fn forget(&mut self, threshold: &'static Threshold) {
        threshold.each().for_each(|bound| _ = self.general.remove(&bound));
    }

    /// A model goes by the general values.
    pub(crate) fn forget_model(&mut self, model: &str) {
        self.models.remove(model);
    }

    /// Whether a model has a value of its own for a threshold.
    pub(crate) fn has_own(&self, model: &str, threshold: &'static Threshold) -> bool {
        let own = self.models.get(model);
        own.is_some_and(|own| threshold.each().any(|bound| own.contains_key(&bound)))
    }

    /// The severest bound that a number crosses, of a threshold for what should be small.
    pub(crate) fn crossed(
        &self,
        threshold: &'static Threshold,
        subject: &str,
        value: f64,
    ) -> Option<Crossed> {
        let severest_first = [Severity::High, Severity::Medium].into_iter();
        let mut values =
            severest_first.map(|severity| (severity, self.value_for(subject, threshold.bound(severity))));
        let (severity, bound) = values.find(|&(_, bound)| match threshold.bounds {
            DefaultBounds::Over { .. } => value > bound,
            DefaultBounds::UpTo { .. } => value <= bound,
            DefaultBounds::Under(_) => value < bound,
        })?;
        let severity = threshold.bound(severity).severity().unwrap_or(Severity::Medium);
        Some(Crossed {
            severity,
            bound,
            value,
            unit: threshold.unit,
        })
    }
}

/// A number and the bound that it crossed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Crossed {
    pub(crate) severity: Severity,
    pub(crate) bound: f64,
    value: f64,
    unit: &'static str,
}

impl Crossed {
    /// The number, under a name.
    pub(crate) fn evidence(self, name: &str) -> Evidence {
        Evidence::new(name, self.value, self.unit).against(self.bound)
    }
}
