use std::marker::PhantomData;
use std::mem::ManuallyDrop;

use aimlm_core::event::{Outcome, Payload};
use aimlm_core::probe::{Call, OwnValue, SaidNumbers, SeriesId, carry, error_kind, named};

/// A call that is running.
///
/// It succeeds only if it is told so, with [`ok`](Self::ok) or [`finish_with`](Self::finish_with). Left without a
/// word, by `?` or an early `return`, it is an error:
///
/// ```
/// use aimlm::Metrics;
///
/// fn ask(metrics: &Metrics, prompt: &str) -> Result<u32, std::num::ParseIntError> {
///     let mut call = metrics.track_inference("echo").tokens_in(prompt.len()).start();
///     let answer = prompt.parse()?;
///     call.tokens_out(1);
///     call.ok();
///     Ok(answer)
/// }
///
/// let metrics = Metrics::default_instance();
/// assert!(ask(&metrics, "12").is_ok() && ask(&metrics, "twelve").is_err());
/// let counts = metrics.snapshot().inference_of("echo").unwrap().calls.counts;
/// assert_eq!((counts.ok, counts.error), (1, 1));
/// ```
///
/// While its thread unwinds, it has panicked:
///
/// ```
/// # let metrics = aimlm::Metrics::default_instance();
/// let unwound = std::panic::catch_unwind(|| {
///     let call = metrics.track_inference("echo").start();
///     let answer: u32 = "twelve".parse().unwrap();
///     call.ok();
///     answer
/// });
/// assert!(unwound.is_err());
/// assert_eq!(metrics.snapshot().inference_of("echo").unwrap().calls.counts.panicked, 1);
/// ```
///
/// In async code a guard sees that it is dropped, but not whether its function returned or its future was dropped. What
/// may be cancelled runs in [`Track::run_async`](super::Track::run_async), or is awaited through
/// [`watch`](Self::watch): cut off by a timeout it is cancelled, and no error.
///
/// ```
/// # use std::{future::{Future, pending}, pin::pin, task::{Context, Waker}};
/// # struct Elapsed;
/// # /// Gives up at once.
/// # async fn timeout<F: Future>(future: F) -> Result<F::Output, Elapsed> {
/// #     let mut future = pin!(future);
/// #     match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
/// #         std::task::Poll::Ready(output) => Ok(output),
/// #         std::task::Poll::Pending => Err(Elapsed),
/// #     }
/// # }
/// # let metrics = aimlm::Metrics::default_instance();
/// async fn ask(metrics: &aimlm::Metrics) -> Result<(), Elapsed> {
///     let mut call = metrics.track_inference("hangs").start();
///     let answer = timeout(call.watch(pending())).await?;
///     call.ok();
///     Ok(answer)
/// }
/// # let mut asked = pin!(ask(&metrics));
/// # let _ = asked.as_mut().poll(&mut Context::from_waker(Waker::noop()));
/// let counts = metrics.snapshot().inference_of("hangs").unwrap().calls.counts;
/// assert_eq!((counts.cancelled, counts.error), (1, 0));
/// ```
///
/// The attribute times a stream or an iterator to its end, and sees none of its items. One that counts them holds its
/// guard. Left by its reader before the end, it says that it was cancelled: a guard alone would be an error.
///
/// ```
/// use aimlm::{Guard, Outcome, stage::Inference};
///
/// struct Answer {
///     call: Option<Guard<Inference>>,
///     sent: usize,
/// }
///
/// impl Iterator for Answer {
///     type Item = &'static str;
///
///     fn next(&mut self) -> Option<Self::Item> {
///         let Some(token) = ["to", "be", "or"].get(self.sent) else {
///             let mut call = self.call.take()?;
///             call.tokens_out(self.sent);
///             call.ok();
///             return None;
///         };
///         self.sent += 1;
///         Some(token)
///     }
/// }
///
/// impl Drop for Answer {
///     fn drop(&mut self) {
///         // While the thread unwinds the guard sees it by itself.
///         if let Some(call) = self.call.take_if(|_| !std::thread::panicking()) {
///             call.finish(Outcome::Cancelled);
///         }
///     }
/// }
///
/// let metrics = aimlm::Metrics::default_instance();
/// let ask = || Answer { call: Some(metrics.track_inference("llm").start()), sent: 0 };
/// assert_eq!(ask().count(), 3);
/// assert_eq!(ask().next(), Some("to")); // and dropped
/// let calls = metrics.snapshot().inference_of("llm").unwrap().calls;
/// assert_eq!((calls.counts.ok, calls.counts.cancelled), (1, 1));
/// assert_eq!(calls.numbers[&aimlm::Number::TokensOut].total, 3.0);
/// ```
///
/// A guard may be dropped on another thread than the one that started it.
#[derive(Debug)]
#[must_use = "a call without `ok` is an error: bind the guard to a name, not to `_`"]
pub struct Guard<S> {
    call: Call<SaidNumbers>,
    // A call that a drop makes while the thread unwinds has not panicked itself.
    unwinding: bool,
    stage: PhantomData<S>,
}

impl<S> Guard<S> {
    /// Begins a call of `series`, or, if that is none, one that is not recorded.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn begin(series: Option<SeriesId>, values: SaidNumbers) -> Self {
        let unwinding = std::thread::panicking();
        Self {
            call: Call::of(series, values, ()),
            unwinding,
            stage: PhantomData,
        }
    }

    /// A number of your own, under a name of your own, or one of the vocabulary that other stages have. The type of the
    /// value says what is kept of it, see [`OwnValue`]: of floats and signed integers a curve, of unsigned integers and
    /// durations a distribution. A process takes 128 names of up to 64 bytes; what is under more is left out, and the report
    /// says so.
    ///
    /// ```
    /// let metrics = aimlm::Metrics::default_instance();
    /// for (rows, waited) in [(8_u32, 3), (20, 5)] {
    ///     let waited = std::time::Duration::from_millis(waited);
    ///     let mut call = metrics.track_operation("rank").number("waited", waited).start();
    ///     call.number("rows_scored", rows);
    ///     call.ok();
    /// }
    /// let numbers = metrics.snapshot().operation("rank").unwrap().calls.numbers;
    /// let of = |name| numbers[&aimlm::Number::of_name(name).unwrap()];
    /// assert_eq!((of("rows_scored").median, of("rows_scored").max), (Some(8.0), Some(20.0)));
    /// assert_eq!((of("waited").kind, of("waited").mean), (aimlm::NumberKind::Time, Some(0.004)));
    /// ```
    #[inline]
    pub fn number(&mut self, name: &str, value: impl OwnValue) -> &mut Self {
        let (what, bits) = named(name, value);
        self.set(what, bits)
    }

    /// Ends the call as a success.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn ok(self) {
        self.finish(Outcome::Ok);
    }

    /// Ends the call as an error.
    #[inline]
    pub fn fail(self) {
        self.finish(Outcome::Error);
    }

    /// Names the kind of the error that the call ends with, if it ends with one: in a closure, before its `Err`. A process
    /// tells at most 255 kinds apart.
    #[inline]
    pub fn error_kind(&mut self, kind: &str) -> &mut Self {
        self.set(Payload::ERROR_KIND, error_kind(kind));
        self
    }

    /// Ends the call as an error of a kind. A process tells at most 255 kinds apart.
    #[inline]
    pub fn fail_with(mut self, kind: &str) {
        self.set(Payload::ERROR_KIND, error_kind(kind));
        self.finish(Outcome::Error);
    }

    /// Ends the call as `result` says, and hands it through.
    ///
    /// # Errors
    ///
    /// The one in `result`.
    #[inline]
    pub fn finish_with<T, E>(self, result: Result<T, E>) -> Result<T, E> {
        self.finish(if result.is_ok() {
            Outcome::Ok
        } else {
            Outcome::Error
        });
        result
    }

    /// Ends the call with this outcome.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn finish(self, outcome: Outcome) {
        // Nothing is left to drop.
        ManuallyDrop::new(self).end(outcome);
    }

    /// Hands a future through. If it is dropped before it is ready, and the guard after it, the call was cancelled.
    pub fn watch<F: Future>(&mut self, future: F) -> impl Future<Output = F::Output> + use<'_, F, S> {
        carry(future, self.call.cancellable())
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn end(&mut self, outcome: Outcome) {
        self.call.finish(outcome, ());
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn set(&mut self, what: Payload, bits: u64) -> &mut Self {
        if let Some(values) = self.call.values_mut() {
            values.set(what, bits);
        }
        self
    }
}

impl<S> Drop for Guard<S> {
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn drop(&mut self) {
        if self.call.is_recorded() {
            self.call
                .set_abandoned(left(self.call.abandoned(), self.unwinding));
        }
    }
}

/// The outcome of a call that nobody ended.
#[cold]
#[inline(never)]
fn left(abandoned: Outcome, unwinding: bool) -> Outcome {
    match abandoned {
        Outcome::Cancelled => Outcome::Cancelled,
        _ if std::thread::panicking() && !unwinding => Outcome::Panicked,
        _ => Outcome::Error,
    }
}
