use crate::event::{Field, Outcome};
use crate::probe::{Call, error_kind};
use crate::series::Instance;

/// A call that is running. It ends when this is dropped: as a success, or, while its thread unwinds, as a panic.
///
/// A guard may be dropped on another thread than the one that started it.
#[derive(Debug)]
#[must_use = "the call ends when the guard is dropped: bind it to a name, not to `_`"]
pub struct Guard {
    call: Option<Call<Vec<(Field, u64)>, Instance>>,
    // A call that a drop makes while the thread unwinds has not panicked itself.
    unwinding: bool,
}

impl Guard {
    #[inline]
    pub(super) fn new(call: Option<Call<Vec<(Field, u64)>, Instance>>) -> Self {
        Self {
            call,
            unwinding: std::thread::panicking(),
        }
    }

    /// Says how many tokens were generated.
    pub fn tokens_out(&mut self, tokens: u64) -> &mut Self {
        self.count(Field::TokensOut, tokens)
    }

    /// Says how many tokens the prompt had.
    pub fn tokens_in(&mut self, tokens: u64) -> &mut Self {
        self.count(Field::TokensIn, tokens)
    }

    /// Says how many bytes were read, written or sent.
    pub fn size_bytes(&mut self, bytes: u64) -> &mut Self {
        self.count(Field::SizeBytes, bytes)
    }

    /// Says how many samples were processed.
    pub fn num_samples(&mut self, samples: u64) -> &mut Self {
        self.count(Field::NumSamples, samples)
    }

    /// Says what the loss was.
    pub fn loss(&mut self, loss: f64) -> &mut Self {
        self.real(Field::Loss, loss)
    }

    /// Says what the accuracy was, 0 to 1.
    pub fn accuracy(&mut self, accuracy: f64) -> &mut Self {
        self.real(Field::Accuracy, accuracy)
    }

    /// Says what the learning rate was.
    pub fn learning_rate(&mut self, rate: f64) -> &mut Self {
        self.real(Field::LearningRate, rate)
    }

    /// Says what the norm of the gradient was.
    pub fn gradient_norm(&mut self, norm: f64) -> &mut Self {
        self.real(Field::GradientNorm, norm)
    }

    /// Ends the call as an error.
    pub fn fail(self) {
        self.finish(Outcome::Error);
    }

    /// Ends the call as an error of a kind. A process tells at most 255 kinds apart.
    pub fn fail_with(mut self, kind: &str) {
        self.count(Field::ErrorKind, error_kind(kind));
        self.finish(Outcome::Error);
    }

    /// Ends the call with this outcome.
    #[inline]
    pub fn finish(mut self, outcome: Outcome) {
        self.end(outcome);
    }

    #[inline]
    fn end(&mut self, outcome: Outcome) {
        if let Some(call) = &mut self.call {
            call.finish(outcome, ());
        }
        self.call = None;
    }

    /// Ends the call as `result` says, and hands it through.
    ///
    /// # Errors
    ///
    /// The one in `result`.
    pub fn finish_with<T, E>(self, result: Result<T, E>) -> Result<T, E> {
        self.finish(if result.is_ok() {
            Outcome::Ok
        } else {
            Outcome::Error
        });
        result
    }

    fn count(&mut self, field: Field, value: u64) -> &mut Self {
        // The largest number stands for none.
        self.set(field, value.min(u64::MAX - 1))
    }

    fn real(&mut self, field: Field, value: f64) -> &mut Self {
        self.set(field, value.to_bits())
    }

    fn set(&mut self, field: Field, bits: u64) -> &mut Self {
        if let Some(values) = self.call.as_mut().and_then(Call::values_mut) {
            match values.iter_mut().find(|(own, _)| *own == field) {
                Some(value) => value.1 = bits,
                None => values.push((field, bits)),
            }
        }
        self
    }
}

impl Drop for Guard {
    #[inline]
    fn drop(&mut self) {
        if self.call.is_some() {
            self.end(if std::thread::panicking() && !self.unwinding {
                Outcome::Panicked
            } else {
                Outcome::Ok
            });
        }
    }
}
