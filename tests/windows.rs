//! Windows of a reader against what was recorded in each, where the recorder joins, resets and begins anew.

use std::time::Duration;

use aimlm::{Config, Detail, Metrics, Number, Snapshot, Stage};

const MONTH: Duration = Duration::from_secs(30 * 86_400);

fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}

fn instance() -> Metrics {
    Metrics::new(Config::default()).unwrap()
}

/// More calls after a reset than before it: no count shrank.
#[test]
fn what_grew_after_a_reset_is_of_the_window_alone() {
    let metrics = instance();
    (0..3).for_each(|_| metrics.record_inference("m", ms(10_000)));
    let before = metrics.snapshot();
    metrics.reset();
    (0..5).for_each(|_| metrics.record_inference("m", ms(1_000)));
    let window = metrics.snapshot().since(&before);
    let latency = window.inference_of("m").unwrap().calls.latency;
    assert_eq!(
        (latency.count, latency.total_seconds, latency.max_seconds),
        (5, 5.0, Some(1.0))
    );
    assert_eq!(
        Snapshot::from_run_file(window.to_run_file().as_bytes()),
        Ok(window)
    );
}

/// However often the spans of busy time are joined meanwhile.
#[test]
fn busy_time_of_windows_adds_up() {
    let metrics = instance();
    let mut last = metrics.snapshot();
    let mut sum = 0;
    for n in 0..300_u64 {
        metrics.record_inference("m", Duration::from_micros(300));
        std::thread::sleep(Duration::from_micros(400 + n * 7 % 300));
        let now = metrics.snapshot();
        let window = now.since(&last);
        let busy = &window.series[0].busy;
        // What was recorded by its duration began before the window did.
        assert!(
            busy.nanoseconds() <= 310_000,
            "window {n}: {}",
            busy.nanoseconds()
        );
        sum += busy.nanoseconds();
        last = now;
    }
    let whole = last.series[0].busy.nanoseconds();
    assert!(sum.abs_diff(whole) <= whole / 1000, "{sum} {whole}");
}

/// A subject whose second label set comes in the window.
#[test]
fn a_second_label_set_brings_nothing_along() {
    let metrics = instance();
    let call = |device: &str, long: u64| metrics.track_inference("m").device(device).record(ms(long));
    for _ in 0..20 {
        call("a", 10);
        std::thread::sleep(ms(12));
    }
    let before = metrics.snapshot();
    for device in ["b", "a"] {
        call(device, 10);
        std::thread::sleep(ms(12));
    }
    let window = metrics.snapshot().since(&before);
    let busy = window.inference_of("m").unwrap().calls.busy_seconds.unwrap();
    assert!((0.015..0.025).contains(&busy), "{busy}");
}

/// Counters know sums; of extremes only those that went further.
#[test]
fn windows_of_counters_make_nothing_up() {
    let metrics = instance();
    let counters = || metrics.snapshot_with(Detail::Counters);
    for device in ["a", "b"] {
        metrics
            .track_inference("m")
            .device(device)
            .batch_size(8_u64)
            .record(ms(40));
    }
    std::thread::sleep(ms(60));
    let first = counters();
    for device in ["a", "b"] {
        metrics
            .track_inference("m")
            .device(device)
            .batch_size(2_u64)
            .record(ms(5));
        std::thread::sleep(ms(8));
    }
    let window = counters().since(&first);
    let calls = window.inference_of("m").unwrap().calls;
    assert_eq!((calls.counts.ok, calls.latency.total_seconds), (2, 0.01));
    assert_eq!(
        (calls.latency.min_seconds, calls.latency.max_seconds),
        (None, None)
    );
    assert_eq!(calls.numbers[&Number::BatchSize].max, None);
    let busy = calls.busy_seconds.unwrap();
    assert!((0.009..0.0115).contains(&busy), "{busy}");
    // Whole and brief in turn tell no more than the brief.
    let window = metrics.snapshot().since(&first);
    assert_eq!(
        window.inference_of("m").unwrap().calls.numbers[&Number::BatchSize].median,
        None
    );
    let mut both = window;
    both.merge(&first);
    assert_eq!(both.inference_of("m").unwrap().calls.latency.p95_seconds, None);
}

/// A reader that comes while calls end has each of them in one window, with its number.
#[test]
fn curves_and_histories_of_windows_are_those_of_their_counts() {
    let metrics = instance();
    let mut seen = (0, 0, 0);
    std::thread::scope(|scope| {
        let work = scope.spawn(|| {
            for step in 0..300_u64 {
                let mut call = metrics.track_training_step("m").step(step).start();
                std::thread::sleep(Duration::from_micros(100));
                call.loss(step as f64);
                call.ok();
            }
        });
        let mut last = Snapshot::default();
        loop {
            let is_over = work.is_finished();
            let now = metrics.snapshot();
            for series in now.since(&last).subject(Stage::TrainingStep, "m") {
                let Some(loss) = series.field(Number::Loss) else {
                    assert_eq!(series.outcomes.ok, 0);
                    continue;
                };
                seen = (
                    seen.0 + series.outcomes.ok,
                    seen.1 + loss.curve.len(),
                    seen.2 + series.history.len(),
                );
                assert!(!loss.curve_is_whole || loss.curve.len() as u64 == loss.count);
            }
            last = now;
            if is_over {
                break;
            }
        }
    });
    assert_eq!(seen, (300, 300, 300));
}

/// What a process holds is no more for being looked at twice.
#[test]
fn memory_of_windows_is_that_of_the_process() {
    let metrics = instance();
    metrics.record_operation("a", ms(1));
    let first = metrics.snapshot_and_reset();
    metrics.record_operation("a", ms(1));
    let second = metrics.snapshot();
    let mut whole = first.clone();
    whole.merge(&second);
    assert_eq!(whole.engine.rings, first.engine.rings.max(second.engine.rings));
    assert_eq!(whole.engine.max_series_bytes, first.engine.max_series_bytes);
    assert_eq!(whole.operation("a").unwrap().calls.counts.ok, 2);
}

/// A rank that is told after the first look is the same process.
#[test]
fn who_says_a_rank_later_is_still_one() {
    let metrics = instance();
    metrics.record_operation("a", ms(1));
    let mut whole = metrics.snapshot_and_reset();
    metrics.describe(|run| {
        run.rank(1, 2);
    });
    metrics.record_operation("a", ms(1));
    whole.merge(&metrics.snapshot());
    assert_eq!((whole.sources.len(), whole.sources[0].rank), (1, Some(1)));
}

#[test]
fn a_call_over_windows_counts_once_when_they_are_merged() {
    let metrics = Metrics::default_instance();
    let first = metrics.track_inference("m").start();
    metrics.record_inference("m", Duration::from_secs(1));
    let early = metrics.snapshot_and_reset();
    let second = metrics.track_inference("m").start();
    let third = metrics.track_inference("m").device("gpu").start();
    first.ok();
    let middle = metrics.snapshot_and_reset();
    second.ok();
    let late = metrics.snapshot();
    third.ok();
    let of = |snapshot: &Snapshot| {
        let all = snapshot.subject(Stage::Inference, "m").cloned();
        let all = all.reduce(|mut all, series| {
            all.merge(&series);
            all
        });
        all.map(|all| (all.started, all.carried, all.in_flight, all.outcomes.ok))
            .unwrap()
    };
    assert_eq!(of(&early), (2, 0, 1, 1));
    assert_eq!(of(&middle), (3, 1, 2, 1));
    assert_eq!(of(&late), (2, 2, 1, 1));
    for order in [
        [&early, &middle, &late],
        [&late, &early, &middle],
        [&middle, &late, &early],
    ] {
        let mut left = order[0].clone();
        left.merge(order[1]);
        left.merge(order[2]);
        let mut right = order[1].clone();
        right.merge(order[2]);
        let mut whole = order[0].clone();
        whole.merge(&right);
        for merged in [left, whole] {
            assert_eq!(of(&merged), (4, 0, 1, 3));
        }
    }
}

#[test]
fn series_are_those_of_the_window() {
    let metrics = Metrics::default_instance();
    let record = || (0..7).for_each(|at| metrics.record_operation(&at.to_string(), Duration::from_secs(1)));
    record();
    let mut all = metrics.snapshot_and_reset();
    assert_eq!(metrics.snapshot().engine.series, 0);
    record();
    all.merge(&metrics.snapshot());
    assert_eq!((all.engine.series, all.series.len()), (7, 7));
}

#[test]
fn a_window_holds_all_that_it_was_busy() {
    let metrics = Metrics::default_instance();
    metrics.record_training_epoch("m", MONTH);
    let mut snapshot = metrics.snapshot_and_reset();
    assert!(
        snapshot.window_ns >= MONTH.as_nanos() as u64,
        "{}",
        snapshot.window_ns
    );
    metrics.record_training_epoch("m", Duration::from_secs(1));
    let next = metrics.snapshot();
    assert!(next.window_ns < (MONTH / 30).as_nanos() as u64);
    snapshot.merge(&next);
    assert!(snapshot.window_ns >= MONTH.as_nanos() as u64);
}
