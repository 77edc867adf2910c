//! The stages, as types: each has the numbers and texts that make sense for it, the same as its attribute.

use super::{Guard, Track};
use crate::event::{Field, Label, Stage};
use crate::probe::{Count, Real, Text};

/// A stage as a type.
pub trait Kind: sealed::Sealed {
    /// The same, as a value.
    const STAGE: Stage;
    /// The texts that a call of the stage can have.
    const LABELS: &'static [Label];
    /// The numbers that a call of the stage can carry.
    const FIELDS: &'static [Field];
}

mod sealed {
    pub trait Sealed {}
}

/// One table for both: what is said before a call, and what is said while it runs.
macro_rules! stages {
    ($($stage:ident {
        $(text $text:ident = $label:ident $text_doc:literal;)*
        $(count $count:ident = $count_field:ident $count_doc:literal;)*
        $(real $real:ident = $real_field:ident $real_doc:literal;)*
    })+) => {$(
        #[doc = concat!("[`Stage::", stringify!($stage), "`].")]
        #[derive(Debug, Clone, Copy)]
        pub struct $stage;

        impl sealed::Sealed for $stage {}

        impl Kind for $stage {
            const STAGE: Stage = Stage::$stage;
            const LABELS: &'static [Label] = &[$(Label::$label),*];
            const FIELDS: &'static [Field] = &[$(Field::$count_field,)* $(Field::$real_field,)*];
        }

        impl<'a> Track<'a, $stage> {
            $(
                #[doc = $text_doc]
                pub fn $text(self, $text: &'a (impl Text + ?Sized)) -> Self {
                    self.with_text(Label::$label, $text.text())
                }
            )*
            $(
                #[doc = $count_doc]
                #[inline]
                pub fn $count(self, $count: impl Count) -> Self {
                    self.with(Field::$count_field, $count.count())
                }
            )*
            $(
                #[doc = $real_doc]
                #[inline]
                pub fn $real(self, $real: impl Real) -> Self {
                    self.with(Field::$real_field, $real.real())
                }
            )*
        }

        impl Guard<$stage> {
            $(
                #[doc = $count_doc]
                #[inline]
                pub fn $count(&mut self, $count: impl Count) -> &mut Self {
                    self.set(Field::$count_field, $count.count())
                }
            )*
            $(
                #[doc = $real_doc]
                #[inline]
                pub fn $real(&mut self, $real: impl Real) -> &mut Self {
                    self.set(Field::$real_field, $real.real())
                }
            )*
        }
    )+};
}

stages! {
    ModelLoad {
        text source = Source "Where it is loaded from.";
        text framework = Framework "Its framework.";
        text format = Format "The format of its file.";
        text device = Device "Where it will run.";
        count size_bytes = SizeBytes "Size of the model, in bytes.";
    }
    ModelInitialization {
        text device = Device "Where it will run.";
        text framework = Framework "Its framework.";
    }
    Inference {
        text device = Device "Where it runs.";
        count batch_size = BatchSize "How many requests are answered together.";
        count tokens_in = TokensIn "Tokens of the prompt.";
        count tokens_out = TokensOut "Tokens generated.";
    }
    TrainingEpoch {
        text device = Device "Where it runs.";
        count epoch = Epoch "Number of the epoch.";
        count num_samples = NumSamples "Samples of the epoch.";
        real loss = Loss "The loss.";
        real accuracy = Accuracy "The accuracy, 0 to 1.";
        real learning_rate = LearningRate "The learning rate.";
        real gradient_norm = GradientNorm "The norm of the gradient.";
    }
    TrainingStep {
        text device = Device "Where it runs.";
        count epoch = Epoch "Number of the epoch.";
        count step = Step "Number of the step.";
        count batch_size = BatchSize "Rows trained on.";
        count num_samples = NumSamples "Samples trained on, where they are not rows.";
        count tokens_in = TokensIn "Tokens trained on.";
        real loss = Loss "The loss.";
        real accuracy = Accuracy "The accuracy, 0 to 1.";
        real learning_rate = LearningRate "The learning rate.";
        real gradient_norm = GradientNorm "The norm of the gradient.";
    }
    Validation {
        text dataset = Dataset "What it is evaluated on.";
        text device = Device "Where it runs.";
        count epoch = Epoch "Number of the epoch.";
        count num_samples = NumSamples "Samples evaluated.";
        real loss = Loss "The loss.";
        real accuracy = Accuracy "The accuracy, 0 to 1.";
    }
    DatasetLoad {
        text source = Source "Where it is loaded from.";
        text format = Format "Its format.";
        count size_bytes = SizeBytes "Size of the data set, in bytes.";
        count num_samples = NumSamples "Samples loaded.";
    }
    DatasetPreprocessing {
        text operation = Operation "What is done to it.";
        count size_bytes = SizeBytes "Bytes transformed.";
        count num_samples = NumSamples "Samples transformed.";
    }
    DataLoading {
        count size_bytes = SizeBytes "Bytes fetched.";
    }
    CheckpointSave {
        text format = Format "The format of the file.";
        count size_bytes = SizeBytes "Bytes written.";
        count epoch = Epoch "Number of the epoch.";
        count step = Step "Number of the step.";
    }
    CheckpointLoad {
        text format = Format "The format of the file.";
        count size_bytes = SizeBytes "Bytes read.";
        count epoch = Epoch "Number of the epoch.";
        count step = Step "Number of the step.";
    }
    DistributedTask {
        text phase = Phase "The part of the task that this is.";
        count num_workers = NumWorkers "Workers that take part.";
    }
    Communication {
        text worker = Worker "The worker or rank.";
        count size_bytes = SizeBytes "Bytes sent or received.";
        count num_workers = NumWorkers "Workers that take part.";
    }
    Synchronization {
        count size_bytes = SizeBytes "Bytes synchronised.";
    }
    Operation {
        count items = Items "Things processed.";
        count size_bytes = SizeBytes "Bytes processed.";
    }
}
