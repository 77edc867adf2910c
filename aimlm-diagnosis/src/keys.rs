//! Thresholds by the keys that settings call them by.

use aimlm_vocabulary::Error;

use crate::rules::RULES;
use crate::threshold::{Bound, DefaultBounds, Threshold};
use crate::{Rule, Severity, Thresholds};

/// Every rule, in the order of kinds in reports.
#[must_use]
pub fn rules() -> &'static [&'static Rule] {
    RULES
}

impl Threshold {
    /// Every threshold of every rule.
    pub fn all() -> impl Iterator<Item = &'static Self> {
        RULES.iter().flat_map(|rule| rule.thresholds.iter().copied())
    }
}

impl Bound {
    /// Every bound of every threshold.
    pub fn all() -> impl Iterator<Item = Self> {
        Threshold::all().flat_map(Threshold::each)
    }

    /// The bound of a key, such as `model_load_seconds.high`.
    #[must_use]
    pub fn of_key(key: &str) -> Option<Self> {
        let (name, severity) = match key.split_once('.') {
            Some((name, severity)) => (name, Some(severity)),
            None => (key, None),
        };
        let threshold = Threshold::all().find(|threshold| threshold.key == name)?;
        let mut bounds = threshold.each();
        bounds.find(|bound| bound.severity().map(Severity::name) == severity)
    }
}

/// By key, as a file of settings has it under `thresholds`: `model_load_seconds.high`, `worker_utilization`.
impl Thresholds {
    /// The value of a bound, in the unit that its key says; none of a key that no rule has.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<f64> {
        Some(self.value(Bound::of_key(key)?))
    }

    /// The same for one model: its own, or the general one.
    #[must_use]
    pub fn get_for(&self, model: &str, key: &str) -> Option<f64> {
        Some(self.value_for(model, Bound::of_key(key)?))
    }

    /// Sets a bound. That of a medium finding may for a while be beyond that of a high one; a configuration refuses them
    /// then.
    ///
    /// ```
    /// let error = aimlm::Thresholds::default().set("worker_utilization", 2.0).unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "aimlm configuration: `thresholds.worker_utilization` is 2; allowed: a number from 0 to 1"
    /// );
    /// ```
    ///
    /// # Errors
    ///
    /// A key that no rule has, a value that is not allowed.
    pub fn set(&mut self, key: &str, value: f64) -> Result<(), Error> {
        let bound = Bound::of_key(key).ok_or_else(|| unknown(key, value))?;
        let refused = || refused(&bound.to_string(), value, bound);
        self.put(bound, value).then_some(()).ok_or_else(refused)
    }

    /// Sets a bound of one model in place of the general one.
    ///
    /// # Errors
    ///
    /// As [`set`](Self::set); also a bound that single models do not have.
    pub fn set_for(&mut self, model: &str, key: &str, value: f64) -> Result<(), Error> {
        let name = format!("models.{model:?}.{key}");
        let bound = Bound::of_key(key).filter(|bound| bound.threshold().for_models);
        let bound = bound.ok_or_else(|| unknown(&name, value))?;
        let refused = || refused(&name, value, bound);
        self.put_for(model, bound, value)
            .then_some(())
            .ok_or_else(refused)
    }

    /// How severe a number is about a subject by the threshold of this key; none where it crosses no bound.
    #[must_use]
    pub fn severity(&self, key: &str, subject: &str, value: f64) -> Option<Severity> {
        let threshold = Threshold::all().find(|threshold| threshold.key == key)?;
        Some(self.crossed(threshold, subject, value)?.severity)
    }

    /// What is wrong with the order of bounds, and of those of single models, one line each: a number that grows worse
    /// passes that of a medium finding first.
    pub fn out_of_order(&self) -> impl Iterator<Item = String> {
        let general = Threshold::all().filter_map(|threshold| self.wrong(threshold, None));
        general.chain(self.models().flat_map(move |model| {
            let own = Threshold::all().filter(move |threshold| self.has_own(model, threshold));
            own.filter_map(move |threshold| self.wrong(threshold, Some(model)))
        }))
    }

    /// Bounds that are out of order become those by default, and models whose are go by the general ones.
    pub fn put_in_order(&mut self) {
        for threshold in Threshold::all() {
            if self.wrong(threshold, None).is_some() {
                self.forget(threshold);
            }
        }
        let is_wrong = |model: &&str| Threshold::all().any(|own| self.wrong(own, Some(model)).is_some());
        let wrong: Vec<String> = self.models().filter(is_wrong).map(str::to_owned).collect();
        wrong.iter().for_each(|model| self.forget_model(model));
    }

    fn wrong(&self, threshold: &'static Threshold, model: Option<&str>) -> Option<String> {
        let value = |severity| {
            let bound = threshold.bound(severity);
            model.map_or_else(|| self.value(bound), |model| self.value_for(model, bound))
        };
        let (medium, high) = (value(Severity::Medium), value(Severity::High));
        let (side, most) = match threshold.bounds {
            DefaultBounds::Over { .. } if medium > high => ("over", "most"),
            DefaultBounds::UpTo { .. } if medium < high => ("under", "least"),
            _ => return None,
        };
        let name = match model {
            Some(model) => format!("thresholds.models.{model:?}.{}", threshold.key),
            None => format!("thresholds.{}", threshold.key),
        };
        Some(format!(
            "`{name}.medium` is {medium}, {side} `{name}.high`, which is {high}; allowed: at {most} as much"
        ))
    }
}

fn refused(name: &str, value: f64, bound: Bound) -> Error {
    let allowed = bound.allowed();
    Error::config(format!("`thresholds.{name}` is {value}; allowed: {allowed}"))
}

fn unknown(name: &str, value: f64) -> Error {
    Error::config(format!(
        "unknown key `thresholds.{name}`, which is {value}; `docs/configuration.md` lists those there are"
    ))
}
