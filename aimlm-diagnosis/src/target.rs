use aimlm_vocabulary::Stage;
use serde::{Deserialize, Serialize};

/// What a finding is about; by default the recording itself.
///
/// ```
/// use aimlm::{Stage, Target};
///
/// let target = Target::of(Stage::DistributedTask, "gradients").in_part(Some("aggregation"));
/// assert_eq!(target.subject.as_deref(), Some("gradients"));
/// assert_eq!(target.part.as_deref(), Some("aggregation"));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Target {
    /// The stage; none where it is about the recording itself.
    #[serde(default)]
    pub stage: Option<Stage>,
    /// The model, data set, task or operation; none where it is about several.
    #[serde(default)]
    pub subject: Option<String>,
    /// The phase of a task, or the operation on a data set; none where it is about the whole.
    #[serde(default)]
    pub part: Option<String>,
}

impl Target {
    /// The calls of a stage on one subject.
    #[must_use]
    pub fn of(stage: Stage, subject: &str) -> Self {
        Self {
            subject: Some(subject.to_owned()),
            ..Self::of_all(stage)
        }
    }

    /// A stage, whatever its subjects.
    #[must_use]
    pub fn of_all(stage: Stage) -> Self {
        Self {
            stage: Some(stage),
            ..Self::default()
        }
    }

    /// The same, and of it one phase or operation.
    #[must_use]
    pub fn in_part(self, part: Option<&str>) -> Self {
        Self {
            part: part.map(str::to_owned),
            ..self
        }
    }
}
