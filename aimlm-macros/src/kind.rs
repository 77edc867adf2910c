//! The kind table: which arguments each attribute takes, and what they become.

/// One attribute.
#[derive(Debug)]
pub(crate) struct Kind {
    /// The attribute's name.
    pub(crate) name: &'static str,
    /// The variant of `Stage`.
    pub(crate) stage: &'static str,
    /// The argument that names the subject.
    pub(crate) subject: &'static str,
    /// Without the subject's argument, the function's name is the subject.
    pub(crate) subject_is_optional: bool,
    /// Texts.
    pub(crate) labels: &'static [&'static str],
    /// Whole numbers.
    pub(crate) counts: &'static [&'static str],
    /// Real numbers.
    pub(crate) reals: &'static [&'static str],
}

/// Arguments that every attribute takes.
pub(crate) const COMMON: &[&str] = &[
    "metrics",
    "track_memory",
    "ok_if",
    "error_if",
    "error_kind",
    "timing",
    "crate",
];

/// What an argument of a kind stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Subject,
    Label,
    Count,
    Real,
    Common,
}

impl Kind {
    /// What the argument stands for, if this attribute takes it.
    pub(crate) fn role(&self, key: &str) -> Option<Role> {
        if key == self.subject {
            Some(Role::Subject)
        } else if self.labels.contains(&key) {
            Some(Role::Label)
        } else if self.counts.contains(&key) {
            Some(Role::Count)
        } else if self.reals.contains(&key) {
            Some(Role::Real)
        } else if COMMON.contains(&key) {
            Some(Role::Common)
        } else {
            None
        }
    }

    /// Every argument, the subject first.
    pub(crate) fn arguments(&self) -> impl Iterator<Item = &'static str> {
        let own = [self.labels, self.counts, self.reals, COMMON];
        [self.subject]
            .into_iter()
            .chain(own.into_iter().flatten().copied())
    }

    /// The attributes that take the argument.
    pub(crate) fn taking(key: &str) -> impl Iterator<Item = &'static str> {
        ALL.iter()
            .filter(move |kind| kind.role(key).is_some())
            .map(|kind| kind.name)
    }
}

/// The name of the enum variant for an argument: `batch_size` is `BatchSize`.
pub(crate) fn variant(key: &str) -> String {
    let mut variant = String::new();
    for word in key.split('_') {
        let mut letters = word.chars();
        variant.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        variant.push_str(letters.as_str());
    }
    variant
}

macro_rules! kinds {
    ($(
        $constant:ident = $name:literal, $stage:literal, $subject:literal $(or $optional:ident)?;
        [$($label:literal),*] [$($count:literal),*] [$($real:literal),*];
    )*) => {
        $(
            pub(crate) const $constant: &Kind = &Kind {
                name: $name,
                stage: $stage,
                subject: $subject,
                subject_is_optional: false $(|| stringify!($optional).len() > 0)?,
                labels: &[$($label),*],
                counts: &[$($count),*],
                reals: &[$($real),*],
            };
        )*

        /// Every attribute.
        pub(crate) const ALL: &[&Kind] = &[$($constant),*];
    };
}

kinds! {
    MODEL_LOAD = "track_model_load", "ModelLoad", "model";
        ["source", "framework", "format", "device"] ["size_bytes"] [];
    MODEL_INITIALIZATION = "track_model_initialization", "ModelInitialization", "model";
        ["device", "framework"] [] [];
    INFERENCE = "track_inference", "Inference", "model";
        ["device"] ["batch_size", "tokens_in", "tokens_out"] [];
    TRAINING_EPOCH = "track_training_epoch", "TrainingEpoch", "model";
        ["device"] ["epoch", "num_samples"] ["loss", "accuracy", "learning_rate", "gradient_norm"];
    TRAINING_STEP = "track_training_step", "TrainingStep", "model";
        ["device"] ["epoch", "step", "batch_size", "num_samples", "tokens_in"]
        ["loss", "accuracy", "learning_rate", "gradient_norm"];
    VALIDATION = "track_validation", "Validation", "model";
        ["dataset", "device"] ["epoch", "num_samples"] ["loss", "accuracy"];
    DATASET_LOAD = "track_dataset_load", "DatasetLoad", "dataset";
        ["source", "format"] ["size_bytes", "num_samples"] [];
    DATASET_PREPROCESSING = "track_dataset_preprocessing", "DatasetPreprocessing", "dataset";
        ["operation"] ["size_bytes", "num_samples"] [];
    CHECKPOINT_SAVE = "track_checkpoint_save", "CheckpointSave", "model";
        ["format"] ["size_bytes", "epoch", "step"] [];
    CHECKPOINT_LOAD = "track_checkpoint_load", "CheckpointLoad", "model";
        ["format"] ["size_bytes", "epoch", "step"] [];
    DISTRIBUTED_TASK = "track_distributed_task", "DistributedTask", "task";
        ["phase"] ["num_workers"] [];
    COMMUNICATION = "track_communication", "Communication", "operation" or function;
        ["worker"] ["size_bytes", "num_workers"] [];
    OPERATION = "track_operation", "Operation", "name" or function;
        [] ["items", "size_bytes"] [];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variants_are_camel_case() {
        assert_eq!(variant("batch_size"), "BatchSize");
        assert_eq!(variant("loss"), "Loss");
    }

    #[test]
    fn each_argument_has_one_role() {
        for kind in ALL {
            let mut arguments: Vec<_> = kind.arguments().collect();
            let n = arguments.len();
            arguments.sort_unstable();
            arguments.dedup();
            assert_eq!(arguments.len(), n, "{}", kind.name);
        }
    }
}
