use serde::{Deserialize, Serialize};

use super::{Severities, Thresholds};

/// The bounds of one model in place of the general ones of [`Thresholds`]; what is `None` is as there.
///
/// ```
/// use aimlm::{Config, ModelSeverities, ModelThresholds, Thresholds};
///
/// let mut slow = ModelThresholds::default();
/// slow.inference_latency_seconds = ModelSeverities { medium: Some(2.0), high: Some(10.0) };
/// let mut thresholds = Thresholds::default();
/// thresholds.models.insert("segmentation-xl".into(), slow);
/// assert_eq!(Config::builder().thresholds(thresholds.clone()).build()?.thresholds, thresholds);
/// # Ok::<_, aimlm::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct ModelThresholds {
    /// As [`Thresholds::model_load_seconds`](field@Thresholds::model_load_seconds).
    pub model_load_seconds: ModelSeverities,
    /// As [`Thresholds::model_initialization_seconds`](field@Thresholds::model_initialization_seconds).
    pub model_initialization_seconds: ModelSeverities,
    /// As [`Thresholds::inference_latency_seconds`](field@Thresholds::inference_latency_seconds).
    pub inference_latency_seconds: ModelSeverities,
    /// As [`Thresholds::inference_p95_seconds`](field@Thresholds::inference_p95_seconds).
    pub inference_p95_seconds: ModelSeverities,
    /// As [`Thresholds::output_token_seconds`](field@Thresholds::output_token_seconds).
    pub output_token_seconds: ModelSeverities,
    /// As [`Thresholds::training_samples_per_second`](field@Thresholds::training_samples_per_second).
    pub training_samples_per_second: ModelSeverities,
}

/// Two bounds of one model, of which each may be the general one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ModelSeverities {
    /// Bound of a medium finding.
    pub medium: Option<f64>,
    /// Bound of a high finding.
    pub high: Option<f64>,
}

/// One pair of bounds that a model may have of its own.
pub(super) struct ModelSetting {
    pub(super) key: &'static str,
    pub(super) of: fn(&mut ModelThresholds) -> &mut ModelSeverities,
    read: fn(&ModelThresholds) -> ModelSeverities,
    general: fn(&Thresholds) -> Severities,
}

macro_rules! model_settings {
    ($($key:ident),+ $(,)?) => {
        /// Every pair of bounds that a model may have of its own.
        pub(super) const MODEL_SETTINGS: &[ModelSetting] = &[$(ModelSetting {
            key: stringify!($key),
            of: |model| &mut model.$key,
            read: |model| model.$key,
            general: |thresholds| thresholds.$key,
        }),+];

        impl Thresholds {
            $(
                /// The bounds of one model: its own, or the general ones.
                pub fn $key(&self, model: &str) -> Severities {
                    let own = self.models.get(model).map(|model| model.$key);
                    own.unwrap_or_default().or(self.$key)
                }
            )+
        }
    };
}

model_settings! {
    model_load_seconds,
    model_initialization_seconds,
    inference_latency_seconds,
    inference_p95_seconds,
    output_token_seconds,
    training_samples_per_second,
}

impl ModelSeverities {
    fn or(self, general: Severities) -> Severities {
        Severities {
            medium: self.medium.unwrap_or(general.medium),
            high: self.high.unwrap_or(general.high),
        }
    }
}

impl Thresholds {
    /// Models whose bounds are not allowed go by the general ones.
    pub fn forget_refused_models(&mut self) {
        let models = self.models.iter();
        let refused = models.filter(|(name, own)| self.refused_of(name, own).next().is_some());
        let refused: Vec<String> = refused.map(|(name, _)| name.clone()).collect();
        for model in refused {
            self.models.remove(&model);
        }
    }

    /// What is wrong with the bounds of single models, one line each.
    pub fn refused_models(&self) -> impl Iterator<Item = String> {
        let models = self.models.iter();
        models.flat_map(|(model, own)| self.refused_of(model, own))
    }

    fn refused_of(&self, model: &str, own: &ModelThresholds) -> impl Iterator<Item = String> {
        MODEL_SETTINGS.iter().filter_map(move |setting| {
            let (name, bounds) = (format!("models.{model:?}.{}", setting.key), (setting.read)(own));
            let not_allowed = |bound: &f64| !(bound.is_finite() && *bound > 0.0);
            if let Some(bound) = bounds.medium.into_iter().chain(bounds.high).find(not_allowed) {
                return Some(format!(
                    "`thresholds.{name}` is {bound}; allowed: a finite number over 0"
                ));
            }
            let whole = bounds.or((setting.general)(self));
            match setting.key {
                "training_samples_per_second" => whole.not_falling(&name),
                _ => whole.not_rising(&name),
            }
        })
    }
}
