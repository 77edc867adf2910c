use std::marker::PhantomData;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use aimlm_core::event::{Label, Outcome, Payload, Stage};
use aimlm_core::probe::{
    OwnValue, SaidNumbers, SeriesId, Text, TextRef, carry, is_still_on, label, named, outcome_of, record,
};
use aimlm_core::reporter;
use aimlm_core::ring;
use aimlm_core::series::{KeyRef, Namespace};
use aimlm_core::site::PlainForm;

use super::{Guard, Metrics, stage};
use crate::reporter::REPORTER;

/// A call about to be made: say what is known of it, then start it, run it or record it.
///
/// The methods for numbers and texts are those of the stage, as its attribute takes them; a data set has no batch size.
#[derive(Debug)]
#[must_use = "nothing is recorded before `start`, `run` or `record`"]
pub struct Track<'a, S> {
    metrics: &'a Metrics,
    subject: &'a str,
    labels: Option<Box<Labels<'a>>>,
    values: SaidNumbers,
    track_memory: bool,
    stage: PhantomData<S>,
}

/// The texts of a call that has any. In a box, as what has them dropped is kept in memory and most calls have none.
#[derive(Debug, Default)]
struct Labels<'a>(Vec<(Label, TextRef<'a>)>);

impl<'a, S: stage::Kind> Track<'a, S> {
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) const fn new(metrics: &'a Metrics, subject: &'a str) -> Self {
        Self {
            metrics,
            subject,
            labels: None,
            values: SaidNumbers::new(),
            track_memory: false,
            stage: PhantomData,
        }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn with(mut self, what: Payload, bits: u64) -> Self {
        self.values.set(what, bits);
        self
    }

    pub(super) fn with_text(mut self, label: Label, text: TextRef<'a>) -> Self {
        let labels = &mut self.labels.get_or_insert_default().0;
        labels.retain(|(own, _)| *own != label);
        labels.push((label, text));
        self
    }

    /// A number of your own, under a name of your own, or one of the vocabulary that other stages have. See
    /// [`Guard::number`].
    #[inline]
    pub fn number(self, name: &str, value: impl OwnValue) -> Self {
        let (what, bits) = named(name, value);
        self.with(what, bits)
    }

    /// A text of your own, under a name of your own, or one of the vocabulary that other stages have. It tells the calls of
    /// one series from those of another, so its values must be few. A process takes 128 names.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let metrics = aimlm::Metrics::default_instance();
    /// for tenant in ["free", "paid"] {
    ///     metrics.track_inference("llm").label("tenant", tenant).record(Duration::from_millis(8));
    /// }
    /// let tenant = aimlm::Label::of_name("tenant").unwrap();
    /// let snapshot = metrics.snapshot();
    /// assert_eq!(snapshot.series[1].label(tenant), Some("paid"));
    /// ```
    pub fn label(self, name: &str, text: &'a (impl Text + ?Sized)) -> Self {
        match label(name) {
            Some(label) => self.with_text(label, text.text()),
            None => self,
        }
    }

    /// Samples resident memory while calls of this series are in flight.
    pub const fn track_memory(mut self) -> Self {
        self.track_memory = true;
        self
    }

    /// The series, if anything is to be recorded.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn series(&self) -> Option<SeriesId> {
        let (metrics, stage, subject, memory) = (self.metrics, S::STAGE, self.subject, self.track_memory);
        match &self.labels {
            None if !memory => find(metrics, stage, subject),
            labels => find_labelled(metrics, stage, subject, labels.as_deref(), memory),
        }
    }

    /// Starts the call. The guard ends it, and has to be told of its success.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn start(self) -> Guard<S> {
        Guard::begin(self.series(), self.values)
    }

    /// Runs the call: `body` may add numbers to it. It succeeds when `body` returns anything but an `Err`, and has
    /// panicked when it unwinds.
    ///
    /// ```
    /// let metrics = aimlm::Metrics::default_instance();
    /// let parse = |text: &str| metrics.track_operation("parse").run(|call| {
    ///     call.size_bytes(text.len());
    ///     text.parse::<u32>()
    /// });
    /// assert!(parse("12").is_ok() && parse("twelve").is_err());
    ///
    /// let counts = metrics.snapshot().operation("parse").unwrap().calls.counts;
    /// assert_eq!((counts.ok, counts.error), (1, 1));
    /// ```
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn run<T>(self, body: impl FnOnce(&mut Guard<S>) -> T) -> T {
        let mut guard = self.start();
        let returned = body(&mut guard);
        guard.finish(outcome_of(&returned));
        returned
    }

    /// Runs the call as [`run`](Self::run) does, once the future is polled. Dropped before it is ready, the call was
    /// cancelled.
    ///
    /// ```
    /// # use std::{pin::pin, task::{Context, Waker}};
    /// # async fn generate(prompt: &str) -> Result<Vec<u32>, String> { Ok(vec![0; prompt.len()]) }
    /// # let metrics = aimlm::Metrics::default_instance();
    /// let answered = metrics.track_inference("llm").run_async(async |call| {
    ///     let tokens = generate("hello").await?;
    ///     call.tokens_out(tokens.len());
    ///     Ok::<_, String>(tokens)
    /// });
    /// # let _ = pin!(answered).poll(&mut Context::from_waker(Waker::noop()));
    /// # assert_eq!(metrics.snapshot().inference_of("llm").unwrap().calls.counts.ok, 1);
    /// ```
    pub async fn run_async<T>(self, body: impl AsyncFnOnce(&mut Guard<S>) -> T) -> T {
        let mut running = Running {
            guard: self.start(),
            left: Outcome::Cancelled,
        };
        let body = body(&mut running.guard);
        let returned = carry(body, AssertUnwindSafe(Some(&mut running.left))).await;
        running.guard.end(outcome_of(&returned));
        returned
    }

    /// Records a success that took `duration` and ended just now.
    pub fn record(self, duration: Duration) {
        self.record_as(Outcome::Ok, duration);
    }

    /// Records a call that took `duration` and ended just now.
    pub fn record_as(self, outcome: Outcome, duration: Duration) {
        if let Some(series) = self.series() {
            record(series, outcome, duration, &self.values);
        }
    }
}

// What finds a series is out of line, and is given no reference to the call: it would have to be in memory for it.

#[inline(never)]
fn find(metrics: &Metrics, stage: Stage, subject: &str) -> Option<SeriesId> {
    let namespace = metrics.instance.namespace();
    if !namespace.is_enabled() {
        return None;
    }
    match namespace.series_at_hand(PlainForm::of(stage), subject) {
        // Whether it records was asked by who made the series.
        Some(number) => SeriesId::new(number),
        None => find_or_make(namespace, stage, subject),
    }
}

#[inline(never)]
fn find_or_make(namespace: &Namespace, stage: Stage, subject: &str) -> Option<SeriesId> {
    make(
        namespace,
        &KeyRef {
            stage,
            subject,
            labels: &[],
        },
        false,
    )
}

#[inline(never)]
fn find_labelled(
    metrics: &Metrics,
    stage: Stage,
    subject: &str,
    labels: Option<&Labels<'_>>,
    memory: bool,
) -> Option<SeriesId> {
    let namespace = metrics.instance.namespace();
    if !namespace.is_enabled() {
        return None;
    }
    let labels: Vec<_> = labels
        .into_iter()
        .flat_map(|labels| &labels.0)
        .map(|(label, text)| (*label, text.as_str()))
        .collect();
    make(
        namespace,
        &KeyRef {
            stage,
            subject,
            labels: &labels,
        },
        memory,
    )
}

fn make(namespace: &Namespace, key: &KeyRef<'_>, memory: bool) -> Option<SeriesId> {
    ring::watch_forks();
    reporter::introduce(&REPORTER);
    let series = namespace.series(key, None, memory);
    series.filter(|_| is_still_on(namespace)).and_then(SeriesId::new)
}

/// A call that runs in a future of ours, which says how it was left.
struct Running<S> {
    guard: Guard<S>,
    left: Outcome,
}

impl<S> Drop for Running<S> {
    fn drop(&mut self) {
        self.guard.end(self.left);
    }
}

/// A method for each stage that has calls.
macro_rules! tracks {
    ($(
        $(#[$doc:meta])*
        $variant:ident $name:ident of $noun:ident {
            $(call $call:ident($subject:ident $(or $function:ident)?) $tracks:literal $timed:literal;)?
            labels { $($labels:tt)* }
            counts { $($counts:tt)* }
            reals { $($reals:tt)* }
            $(times { $($times:tt)* })?
            $(levels { $($levels:tt)* })?
            items [$($items:ident),*];
            $($by_epoch:ident;)?
        }
    )+) => {
        impl Metrics {
            $($(
                #[doc = $tracks]
                #[inline]
                pub fn $call<'a>(&'a self, $subject: &'a str) -> Track<'a, stage::$variant> {
                    Track::new(self, $subject)
                }
            )?)+
        }
    };
}

aimlm_vocabulary::for_each_stage!(tracks);
