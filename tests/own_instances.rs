//! Instances of one's own that attributes name: however they are named, each call is counted in its own.

mod support;

use std::mem;
use std::sync::{LazyLock, Mutex};
use std::task::{Context, Waker};
use std::time::Duration;

use aimlm::{Metrics, track_inference, track_operation};
use support::{block_on, yield_now};

/// How many calls of an operation started, succeeded, and are in flight.
fn counts(metrics: &Metrics, operation: &str) -> (u64, u64, u64) {
    let counts = metrics.snapshot().operation(operation).unwrap().calls.counts;
    (counts.started, counts.ok, counts.in_flight)
}

/// Lets the numbers of retired series be given out again, and takes them all.
fn others() -> Vec<Metrics> {
    let gone = Metrics::default_instance();
    (0..100).for_each(|number| gone.record_operation(&number.to_string(), Duration::ZERO));
    drop(gone);
    let others: Vec<_> = (0..300).map(|_| Metrics::default_instance()).collect();
    for other in &others {
        other.record_operation("other", Duration::ZERO);
    }
    others
}

#[test]
fn a_call_that_outlives_its_instance_counts_in_no_other() {
    #[track_operation(metrics = metrics)]
    async fn lets_go(metrics: Metrics) {
        drop(metrics);
        yield_now().await;
    }

    let start = |number: u64| {
        let metrics = Metrics::default_instance();
        let call = metrics.track_operation("outlives").start();
        if number.is_multiple_of(2) {
            assert_eq!(counts(&metrics, "outlives"), (1, 0, 1));
        }
        call
    };
    let calls: Vec<_> = (0..20).map(start).collect();
    let mut futures: Vec<_> = (0..20)
        .map(|_| Box::pin(lets_go(Metrics::default_instance())))
        .collect();
    for future in &mut futures {
        let mut context = Context::from_waker(Waker::noop());
        assert!(future.as_mut().poll(&mut context).is_pending());
    }
    let others = others();
    calls.into_iter().for_each(aimlm::Guard::ok);
    futures.into_iter().for_each(block_on);
    for other in &others {
        assert_eq!(counts(other, "other"), (1, 1, 0));
    }
}

#[test]
fn a_function_knows_the_series_of_each_instance() {
    #[track_operation(name = "fixed", metrics = metrics)]
    fn fixed(metrics: &Metrics) {}

    #[track_inference(model = "labelled", device = "cpu", metrics = metrics)]
    fn labelled(metrics: &Metrics) {}

    let mut instances = vec![Metrics::global()];
    for number in 1..=5 {
        instances.push(Metrics::default_instance());
        // The newest, those before, and the newest again.
        instances.iter().rev().for_each(fixed);
        fixed(&instances[number]);
    }
    for (number, instance) in instances.iter().enumerate() {
        let calls = if number == 0 { 5 } else { 7 - number as u64 };
        assert_eq!(counts(instance, "fixed"), (calls, calls, 0), "{number}");
    }
    instances.iter().rev().for_each(labelled);
    for instance in &instances {
        let snapshot = instance.snapshot();
        let series = snapshot.series.iter().find(|series| series.subject == "labelled");
        assert_eq!(series.unwrap().label(aimlm::Label::Device), Some("cpu"));
        assert_eq!(series.unwrap().outcomes.ok, 1);
    }
    instances[5].set_enabled(false);
    fixed(&instances[5]);
    assert_eq!(counts(&instances[5], "fixed"), (2, 2, 0));
}

#[test]
fn an_instance_over_its_limit_counts_a_fixed_function_under_other() {
    #[track_operation(name = "over the limit", metrics = metrics)]
    fn over(metrics: &Metrics) {}

    let config = aimlm::Config::builder().max_series(1).build().unwrap();
    let metrics = Metrics::new(config).unwrap();
    metrics.record_operation("the one", Duration::ZERO);
    over(&metrics);
    metrics.reset();
    (0..100).for_each(|_| over(&metrics));
    let snapshot = metrics.snapshot();
    assert_eq!(snapshot.engine.overflow_calls, 100);
    assert_eq!(
        snapshot.engine.overflow_subject.as_deref(),
        Some("over the limit")
    );
}

struct Service {
    metrics: Metrics,
    names: Vec<String>,
    locked: Mutex<(Metrics, String)>,
}

impl Service {
    fn new() -> Self {
        let metrics = Metrics::default_instance();
        Self {
            names: vec!["second".into(), "first".into()],
            locked: Mutex::new((metrics.clone(), "locked".into())),
            metrics,
        }
    }

    fn next_name(&mut self) -> String {
        self.names.pop().unwrap()
    }

    fn locked_name(&self) -> String {
        self.locked.lock().unwrap().1.clone()
    }

    /// Replaces the instance by another.
    fn replace(&mut self) -> usize {
        self.metrics = Metrics::default_instance();
        1
    }

    #[track_operation(name = self.next_name(), size_bytes = self.names.len(), metrics = self.metrics)]
    fn changes_what_the_instance_is_in(&mut self) {}

    #[track_operation(name = self.locked_name(), metrics = self.locked.lock().unwrap().0)]
    fn locks_twice(&self) {}

    #[track_operation(name = "literal", metrics = self.locked.lock().unwrap().0)]
    fn locks_in_its_body(&self) -> String {
        self.locked_name()
    }

    #[track_operation(name = "replaced", size_bytes = self.replace(), metrics = self.metrics)]
    fn replaces_the_instance(&mut self) {}

    #[track_operation(name = "async", size_bytes = self.locked_name().len(), metrics = self.metrics)]
    async fn waits(&self) {
        yield_now().await;
    }
}

#[test]
fn what_begins_a_call_may_lock_change_and_replace_what_the_instance_is_in() {
    let mut service = Service::new();
    let metrics = service.metrics.clone();
    service.changes_what_the_instance_is_in();
    service.changes_what_the_instance_is_in();
    service.locks_twice();
    service.locks_in_its_body();
    fn is_send(future: impl Future<Output = ()> + Send) -> impl Future<Output = ()> {
        future
    }
    block_on(is_send(service.waits()));
    service.replaces_the_instance();
    for name in ["first", "second", "locked", "literal", "async", "replaced"] {
        assert_eq!(counts(&metrics, name), (1, 1, 0), "{name}");
    }
    assert!(service.metrics.snapshot().series.is_empty());
}

static OWN: LazyLock<Metrics> = LazyLock::new(Metrics::default_instance);

#[track_inference(model = name.trim(), batch_size = mem::take(batch).len(), metrics = OWN)]
fn of_a_static(name: &str, batch: &mut Vec<u8>) {}

#[test]
fn a_static_and_what_is_moved_into_a_function_can_be_named() {
    #[track_operation(name = "moved", size_bytes = batch.len(), metrics = metrics)]
    fn moved(metrics: Metrics, batch: Vec<u8>) -> (Metrics, Vec<u8>) {
        (metrics, batch)
    }

    #[track_operation(name = "made", metrics = Metrics::clone(metrics))]
    fn made(metrics: &Metrics) {}

    let mut batch = vec![1, 2];
    of_a_static(" static ", &mut batch);
    assert!(batch.is_empty());
    let calls = OWN.snapshot().inference_of("static").unwrap().calls;
    assert_eq!(
        (calls.counts.ok, calls.numbers[&aimlm::Number::BatchSize].total),
        (1, 2.0)
    );
    let (metrics, _) = moved(Metrics::default_instance(), batch);
    made(&metrics);
    assert_eq!(counts(&metrics, "moved"), (1, 1, 0));
    assert_eq!(counts(&metrics, "made"), (1, 1, 0));
}
