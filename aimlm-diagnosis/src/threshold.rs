use core::cmp::Ordering;
use core::fmt;

use crate::Severity;

/// What a rule compares a number with: one or two bounds, where their defaults come from, and what the settings call them.
#[derive(Debug)]
#[non_exhaustive]
pub struct Threshold {
    /// Its key under `thresholds` in the settings, with the unit: `model_load_seconds`.
    pub key: &'static str,
    /// What is compared, in words: `mean model load`.
    pub measures: &'static str,
    /// The unit, as UCUM writes it: `s`, `1` for ratios, `{sample}/s`.
    pub unit: &'static str,
    /// The bounds by default, and on which side of them is a finding.
    pub bounds: DefaultBounds,
    /// Whether a single model may have bounds of its own.
    pub for_models: bool,
    /// Where the defaults come from.
    pub source: &'static str,
}

/// Bounds by default, and on which side of them a number is a finding.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum DefaultBounds {
    /// A number over `medium` is a medium finding, over `high` a high one: of what should be small. Each is over 0, and
    /// `medium` not over `high`.
    Over {
        /// Bound of a medium finding.
        medium: f64,
        /// Bound of a high finding.
        high: f64,
    },
    /// A number up to `medium` is rated medium, up to `high` low, which is a finding: of rates, of which little is bad. Each
    /// is over 0, and `medium` not under `high`.
    UpTo {
        /// Bound of a medium rating.
        medium: f64,
        /// Bound of a low rating.
        high: f64,
    },
    /// A ratio under this, which is from 0 to 1, is a finding.
    Under(f64),
}

/// One number of a threshold.
#[derive(Debug, Clone, Copy)]
pub struct Bound {
    threshold: &'static Threshold,
    severity: Severity,
}

impl Threshold {
    /// Its bounds, that of the milder finding first.
    pub fn each(&'static self) -> impl Iterator<Item = Bound> {
        let severities: &[Severity] = match self.bounds {
            DefaultBounds::Over { .. } | DefaultBounds::UpTo { .. } => &[Severity::Medium, Severity::High],
            DefaultBounds::Under(_) => &[Severity::Medium],
        };
        severities.iter().map(|&severity| self.bound(severity))
    }

    /// The bound of a severity; where there is one alone, that one.
    #[must_use]
    pub const fn bound(&'static self, severity: Severity) -> Bound {
        Bound {
            threshold: self,
            severity: match self.bounds {
                DefaultBounds::Under(_) => Severity::Medium,
                _ => severity,
            },
        }
    }
}

impl Bound {
    /// The threshold that it belongs to.
    #[must_use]
    pub const fn threshold(self) -> &'static Threshold {
        self.threshold
    }

    /// The severity of what crosses it, where the threshold has a bound for each.
    #[must_use]
    pub const fn severity(self) -> Option<Severity> {
        match self.threshold.bounds {
            DefaultBounds::Under(_) => None,
            _ => Some(self.severity),
        }
    }

    /// The value that it has where nobody sets it.
    #[must_use]
    pub const fn default_value(self) -> f64 {
        match (self.threshold.bounds, self.severity) {
            (DefaultBounds::Over { medium, .. } | DefaultBounds::UpTo { medium, .. }, Severity::Medium) => {
                medium
            }
            (DefaultBounds::Over { high, .. } | DefaultBounds::UpTo { high, .. }, Severity::High) => high,
            (DefaultBounds::Under(bound), _) => bound,
        }
    }

    /// Whether it may have this value.
    #[must_use]
    pub fn allows(self, value: f64) -> bool {
        match self.threshold.bounds {
            DefaultBounds::Over { .. } | DefaultBounds::UpTo { .. } => value > 0.0 && value.is_finite(),
            DefaultBounds::Under(_) => (0.0..=1.0).contains(&value),
        }
    }

    /// The values that it may have, in words.
    #[must_use]
    pub const fn allowed(self) -> &'static str {
        match self.threshold.bounds {
            DefaultBounds::Over { .. } | DefaultBounds::UpTo { .. } => "a finite number over 0",
            DefaultBounds::Under(_) => "a number from 0 to 1",
        }
    }

    /// What it means to cross it, in words.
    #[must_use]
    pub fn meaning(self) -> String {
        let measures = self.threshold.measures;
        match (self.threshold.bounds, self.severity) {
            (DefaultBounds::Over { .. }, severity) => format!("{measures}: over this, a {severity} finding"),
            (DefaultBounds::UpTo { .. }, Severity::Medium) => {
                format!("{measures} up to which the rating is medium")
            }
            (DefaultBounds::UpTo { .. }, Severity::High) => {
                format!("{measures} up to which the rating is low, a finding")
            }
            (DefaultBounds::Under(_), _) => format!("{measures} under which there is a finding"),
        }
    }

    /// Its key, as pairs of names compare.
    const fn place(self) -> (&'static str, Severity) {
        (self.threshold.key, self.severity)
    }
}

/// Its key under `thresholds` in the settings: `model_load_seconds.high`.
impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.threshold.key)?;
        match self.severity() {
            Some(severity) => write!(f, ".{severity}"),
            None => Ok(()),
        }
    }
}

impl PartialEq for Bound {
    fn eq(&self, other: &Self) -> bool {
        self.place() == other.place()
    }
}

impl Eq for Bound {}

/// By key.
impl Ord for Bound {
    fn cmp(&self, other: &Self) -> Ordering {
        self.place().cmp(&other.place())
    }
}

impl PartialOrd for Bound {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
