use serde::{Deserialize, Serialize};

use crate::{Evidence, FindingKind, Severity, Target};

/// One thing worth attention, with what shows it and what to do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Finding {
    /// Which rule found it; the names do not change.
    pub kind: FindingKind,
    /// How much it matters.
    pub severity: Severity,
    /// What it is about.
    #[serde(default)]
    pub target: Target,
    /// What is the case, in one sentence. Names in it are cut where they are long and show control
    /// characters as escapes; `target` has the name as it is.
    pub message: String,
    /// The numbers that show it.
    #[serde(default)]
    pub evidence: Vec<Evidence>,
    /// What else belongs to it, line by line: each error of a configuration.
    #[serde(default)]
    pub details: Vec<String>,
    /// What the data suggest to do, in one sentence or two; empty where they suggest nothing.
    #[serde(default)]
    pub action: String,
}

impl Finding {
    /// What is the case, in one sentence, without evidence, details and action.
    #[must_use]
    pub fn new(kind: FindingKind, severity: Severity, target: Target, message: String) -> Self {
        Self {
            kind,
            severity,
            target,
            message,
            evidence: Vec::new(),
            details: Vec::new(),
            action: String::new(),
        }
    }

    /// The same with the numbers that show it.
    #[must_use]
    pub fn shown_by(self, evidence: Vec<Evidence>) -> Self {
        Self { evidence, ..self }
    }

    /// The same with what the data suggest to do.
    #[must_use]
    pub fn advising(self, action: impl Into<String>) -> Self {
        Self {
            action: action.into(),
            ..self
        }
    }
}
