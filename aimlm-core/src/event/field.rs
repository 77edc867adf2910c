use core::fmt;

use serde::{Deserialize, Serialize};

/// How the values of a field are carried and added up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldKind {
    /// A whole number, added up exactly.
    Count,
    /// A real number; its course over time is kept as a curve.
    Real,
}

macro_rules! fields {
    ($($(#[$doc:meta])* $variant:ident = $name:literal $kind:ident in $unit:literal),+ $(,)?) => {
        /// A number that a call can carry beside its duration.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[repr(u8)]
        #[non_exhaustive]
        pub enum Field {
            $($(#[$doc])* $variant,)+
        }

        impl Field {
            /// Every field, in report order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The field's name in macros, reports and exports, `snake_case`.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// How values of this field are carried and added up.
            #[must_use]
            pub const fn kind(self) -> FieldKind {
                match self { $(Self::$variant => FieldKind::$kind),+ }
            }

            /// The unit, as UCUM writes it: `By` for bytes, `{item}` for things counted, `1` for ratios.
            #[must_use]
            pub const fn unit(self) -> &'static str {
                match self { $(Self::$variant => $unit),+ }
            }
        }
    };
}

fields! {
    /// Requests or rows answered together by one inference, or trained on in one step.
    BatchSize = "batch_size" Count in "{item}",
    /// Tokens of the prompt.
    TokensIn = "tokens_in" Count in "{token}",
    /// Tokens generated.
    TokensOut = "tokens_out" Count in "{token}",
    /// Bytes read, written or sent.
    SizeBytes = "size_bytes" Count in "By",
    /// Samples trained on, evaluated, loaded or transformed.
    NumSamples = "num_samples" Count in "{sample}",
    /// Number of the epoch.
    Epoch = "epoch" Count in "{epoch}",
    /// Number of the step.
    Step = "step" Count in "{step}",
    /// Workers that take part.
    NumWorkers = "num_workers" Count in "{worker}",
    /// Things processed by a plain operation.
    Items = "items" Count in "{item}",
    /// Loss.
    Loss = "loss" Real in "1",
    /// Accuracy, 0 to 1.
    Accuracy = "accuracy" Real in "1",
    /// Learning rate.
    LearningRate = "learning_rate" Real in "1",
    /// Norm of the gradient.
    GradientNorm = "gradient_norm" Real in "1",
    /// Share of time that a worker was busy, 0 to 1.
    Utilization = "utilization" Real in "1",
    /// Value of a free metric; the series' label `metric` names it.
    Metric = "metric" Real in "1",
    /// Kind of an error, as an interned name; counted by name, never added up.
    ErrorKind = "error_kind" Count in "1",
    /// Ticks of a call too long for the duration bits of its record.
    LongDuration = "long_duration" Count in "{tick}",
    /// How long a recorded call took, as it was said. The record that it stands before says when the call ended.
    Nanoseconds = "nanoseconds" Count in "ns",
}

impl Field {
    /// Number of fields.
    pub(crate) const COUNT: usize = Self::ALL.len();

    /// The field with this number.
    pub(crate) fn from_index(index: u8) -> Option<Self> {
        Self::ALL.get(index as usize).copied()
    }

    /// Whether its numbers are amounts of work, so that they have a rate.
    #[must_use]
    pub(crate) const fn is_amount(self) -> bool {
        matches!(
            self,
            Self::BatchSize
                | Self::TokensIn
                | Self::TokensOut
                | Self::SizeBytes
                | Self::NumSamples
                | Self::Items
        )
    }

    /// Whether users see it; the others carry what the record itself has no bits for.
    #[must_use]
    pub(crate) const fn is_public(self) -> bool {
        !matches!(self, Self::ErrorKind | Self::LongDuration | Self::Nanoseconds)
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_order_agree() {
        for (index, field) in Field::ALL.iter().enumerate() {
            assert_eq!(*field as usize, index);
            assert_eq!(Field::from_index(index as u8), Some(*field));
        }
        assert_eq!(Field::from_index(Field::COUNT as u8), None);
    }
}
