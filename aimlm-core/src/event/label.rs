use core::fmt;

use serde::{Deserialize, Serialize};

macro_rules! labels {
    ($($(#[$doc:meta])* $variant:ident = $name:literal),+ $(,)?) => {
        /// A text that, beside stage and subject, tells one series from another.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[non_exhaustive]
        pub enum Label {
            $($(#[$doc])* $variant,)+
        }

        impl Label {
            /// Every label.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The label's name in macros, reports and exports, `snake_case`.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }
        }
    };
}

labels! {
    /// Where something was loaded from: a path, a hub, a bucket.
    Source = "source",
    /// The framework of a model.
    Framework = "framework",
    /// The format of a file or data set.
    Format = "format",
    /// The device that computes.
    Device = "device",
    /// What is done to a data set.
    Operation = "operation",
    /// The data set that an evaluation ran on.
    Dataset = "dataset",
    /// A part of a distributed task.
    Phase = "phase",
    /// The name of a free metric.
    Metric = "metric",
    /// The worker or rank.
    Worker = "worker",
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
