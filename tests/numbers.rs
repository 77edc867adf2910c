//! Every number is what was said, worked out here from the same calls by hand.

mod support;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aimlm::{Config, Metrics, Number, Snapshot, Stage};
use support::of;

const HOUR: Duration = Duration::from_secs(3600);
/// A tenth of a second, in nanoseconds.
const TENTH: i64 = 100_000_000;
const DAY: Duration = Duration::from_secs(86_400);

fn with_history(size: usize) -> Metrics {
    Metrics::new(Config::builder().history_size(size).build().unwrap()).unwrap()
}

fn unix_now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    since.as_nanos().try_into().unwrap()
}

fn is_near(got: u64, exact: u64) -> bool {
    got.abs_diff(exact) as f64 <= exact as f64 * 0.004
}

#[test]
fn the_rank_of_a_percentile_is_exact() {
    let metrics = with_history(10);
    (0..999).for_each(|_| metrics.record_inference("m", Duration::from_millis(1)));
    metrics.record_inference("m", Duration::from_secs(10));
    let snapshot = metrics.snapshot();
    let latency = snapshot.views(&[99.9]).inference_of("m").unwrap().calls.latency;
    let p999 = latency.percentile(99.9).unwrap();
    assert!((p999 - 0.001).abs() < 0.001 * 0.004, "{p999}");
}

#[test]
fn latencies_of_weeks_have_their_own_median() {
    let metrics = with_history(0);
    for hours in [100, 200, 300] {
        metrics.record_training_epoch("m", HOUR * hours);
    }
    let median = of(&metrics, Stage::TrainingEpoch, "m")
        .latency
        .quantile(0.5)
        .unwrap();
    assert!(is_near(median, (HOUR * 200).as_nanos() as u64), "{median}");
}

#[test]
fn the_longest_and_the_shortest_duration_are_kept() {
    let metrics = Metrics::default_instance();
    for (name, duration, ns) in [
        ("longest", Duration::MAX, u64::MAX),
        ("largest", Duration::from_nanos(u64::MAX), u64::MAX),
        ("long", Duration::from_nanos(u64::MAX - 1), u64::MAX - 1),
        ("none", Duration::ZERO, 0),
        ("shortest", Duration::from_nanos(1), 1),
    ] {
        metrics.record_operation(name, duration);
        let series = of(&metrics, Stage::Operation, name);
        assert_eq!(series.latency.sum(), ns, "{name}");
        assert_eq!(
            (series.latency.min(), series.latency.max()),
            (Some(ns), Some(ns)),
            "{name}"
        );
        assert_eq!(series.history.calls().next().unwrap().duration_ns, ns, "{name}");
    }
}

#[test]
fn a_recorded_call_ends_now_however_long_it_took() {
    let metrics = Metrics::default_instance();
    for days in [1, 30, 3650] {
        let name = format!("{days} days");
        let before = unix_now();
        metrics.record_training_epoch(&name, DAY * days);
        let after = unix_now();
        let series = of(&metrics, Stage::TrainingEpoch, &name);
        let (start, end) = (series.first_start_ns.unwrap(), series.last_end_ns.unwrap());
        assert!(
            before - TENTH <= end && end <= after + TENTH,
            "{name}: ends {} ns from now",
            end - after
        );
        assert!(
            (end - start).abs_diff(i64::from(days) * 86_400_000_000_000) < TENTH.unsigned_abs(),
            "{name}: {}",
            end - start
        );
        let kept = series.history.calls().next().unwrap();
        assert!(
            kept.start_ns.abs_diff(start) < TENTH.unsigned_abs(),
            "{name}: {}",
            kept.start_ns
        );
    }
}

#[test]
fn numbers_of_failed_calls_are_apart() {
    let metrics = Metrics::default_instance();
    metrics
        .track_checkpoint_save("m")
        .size_bytes(100)
        .record(Duration::from_secs(1));
    metrics
        .track_checkpoint_save("m")
        .size_bytes(5_000)
        .start()
        .fail();
    let mut failed = metrics.track_training_step("m").start();
    failed.loss(7.0);
    failed.fail();
    let mut step = metrics.track_training_step("m").start();
    step.loss(0.5);
    step.ok();
    let saves = of(&metrics, Stage::CheckpointSave, "m");
    let sizes = saves.field(Number::SizeBytes).unwrap();
    assert_eq!((sizes.count, sizes.sum, sizes.max), (1, 100.0, Some(100.0)));
    let steps = of(&metrics, Stage::TrainingStep, "m");
    assert_eq!(steps.field(Number::Loss).unwrap().sum, 0.5);
    assert_eq!(steps.field(Number::Loss).unwrap().curve.len(), 1);
    for (series, field, sum) in [(&saves, Number::SizeBytes, 5_000.0), (&steps, Number::Loss, 7.0)] {
        let failed = &series.failed_fields[&field];
        assert_eq!((failed.count, failed.sum), (1, sum));
    }
    metrics
        .track_dataset_load("d")
        .size_bytes(10)
        .record(Duration::from_secs(1));
    metrics.track_dataset_load("d").size_bytes(99).start().fail();
    assert_eq!(metrics.snapshot().dataset("d").unwrap().size_bytes(), Some(10.0));
}

fn step_items(describe: impl Fn(&Metrics)) -> Option<(Number, u64)> {
    let metrics = Metrics::default_instance();
    describe(&metrics);
    let rate = of(&metrics, Stage::TrainingStep, "m").rate?;
    Some((rate.items, rate.total_items))
}

#[test]
fn a_step_counts_the_samples_it_says_or_else_its_batch() {
    let second = Duration::from_secs(1);
    let both = step_items(|m| {
        m.track_training_step("m")
            .batch_size(8)
            .num_samples(32)
            .record(second);
    });
    assert_eq!(both, Some((Number::NumSamples, 32)));
    let either = step_items(|m| {
        m.track_training_step("m")
            .num_samples(32)
            .batch_size(8)
            .record(second);
        m.track_training_step("m").num_samples(16).record(second);
        m.track_training_step("m").batch_size(4).record(second);
    });
    assert_eq!(either.map(|(_, total)| total), Some(32 + 16 + 4));
    // Many that look alike.
    let many = step_items(|m| {
        for _ in 0..300 {
            m.track_training_step("m")
                .batch_size(8)
                .num_samples(32)
                .start()
                .ok();
        }
    });
    assert_eq!(many, Some((Number::NumSamples, 300 * 32)));
    let batches = step_items(|m| m.track_training_step("m").batch_size(8).record(second));
    assert_eq!(batches, Some((Number::BatchSize, 8)));
}

#[test]
fn sums_stop_at_the_largest_number() {
    let large = 1_u64 << 62;
    for cut in [1, 2, 3, 8] {
        let metrics = Metrics::default_instance();
        for at in 1..=8 {
            metrics
                .track_inference("m")
                .batch_size(large)
                .tokens_out(large)
                .record(Duration::from_secs(1));
            if at % cut == 0 {
                drop(metrics.snapshot());
            }
        }
        let series = of(&metrics, Stage::Inference, "m");
        assert_eq!(series.rate.as_ref().unwrap().total_items, u64::MAX, "{cut}");
        assert_eq!(
            series.field(Number::TokensOut).unwrap().sum,
            u64::MAX as f64,
            "{cut}"
        );
    }
    let metrics = Metrics::default_instance();
    for _ in 0..5 {
        metrics.record_operation("longest", Duration::MAX);
    }
    let latency = of(&metrics, Stage::Operation, "longest").latency;
    assert_eq!((latency.count(), latency.sum()), (5, u64::MAX));
    assert!(
        latency
            .mean()
            .is_none_or(|mean| mean >= latency.min().unwrap() as f64)
    );
    let metrics = Metrics::default_instance();
    for _ in 0..4 {
        metrics
            .track_operation("o")
            .items(u64::MAX)
            .record(Duration::from_secs(1));
    }
    let series = of(&metrics, Stage::Operation, "o");
    let items = series.field(Number::Items).unwrap();
    assert!(
        items.mean().is_none_or(|mean| mean >= items.min.unwrap()),
        "{items:?}"
    );
    assert_eq!(series.rate.unwrap().total_items, u64::MAX);
}

#[test]
fn merged_sums_stop_there_too() {
    let metrics = Metrics::default_instance();
    for _ in 0..3 {
        metrics.track_operation("o").items(u64::MAX).record(Duration::MAX);
    }
    let mut merged = metrics.snapshot();
    merged.merge(&metrics.snapshot());
    let series = &merged.series[0];
    assert_eq!(series.rate.as_ref().unwrap().total_items, u64::MAX);
    assert_eq!(series.field(Number::Items).unwrap().sum, u64::MAX as f64);
    assert_eq!((series.latency.sum(), series.latency.mean()), (u64::MAX, None));
    assert_eq!(series.field(Number::Items).unwrap().mean(), None);
}

#[test]
fn one_rate_of_training_by_the_clock() {
    let metrics = Metrics::default_instance();
    let epoch = |samples, seconds| {
        let epoch = metrics.track_training_epoch("m").num_samples(samples);
        epoch.record(Duration::from_secs(seconds));
    };
    epoch(900, 1);
    epoch(1_000, 10);
    let report = metrics.comprehensive_report();
    let rate = report.training_efficiency["m"].samples_per_second;
    let epochs = report.metrics.training["m"]
        .epochs
        .clone()
        .unwrap()
        .throughput
        .unwrap();
    // Both end now: the shorter ran while the longer did.
    assert!((rate - 190.0).abs() < 1.9, "{rate}");
    assert_eq!(Some(rate), epochs.per_second);
}

#[test]
fn views_have_the_percentiles_of_the_configuration() {
    let config = Config::builder()
        .analysis_percentiles([25.0, 99.9])
        .build()
        .unwrap();
    let metrics = Metrics::new(config).unwrap();
    metrics.record_inference("m", Duration::from_secs(1));
    let snapshot = metrics.snapshot();
    let text = serde_json::to_string(&snapshot).unwrap();
    let mut merged: Snapshot = serde_json::from_str(&text).unwrap();
    merged.merge(&Metrics::default_instance().snapshot());
    for snapshot in [snapshot, merged] {
        let latency = snapshot.inference_of("m").unwrap().calls.latency;
        assert_eq!(latency.percentiles.keys().collect::<Vec<_>>(), ["p25", "p99.9"]);
    }
}

#[test]
fn one_of_twenty_is_not_said_to_be_most_of_them() {
    let metrics = Metrics::new(Config::builder().max_series(1).build().unwrap()).unwrap();
    metrics.record_operation("first", Duration::from_secs(1));
    for at in 0..46 {
        metrics.record_operation(&format!("other {}", at % 20), Duration::from_secs(1));
    }
    let share = metrics.snapshot().engine.overflow_subject_share.unwrap();
    assert!(share <= 3.0 / 46.0, "{share}");
}

#[test]
fn memory_of_every_stage_is_sampled_and_of_two_labels_once() {
    let config = Config::builder()
        .track_memory_usage(true)
        .memory_sample_interval(Duration::from_millis(1));
    let metrics = Metrics::new(config.build().unwrap()).unwrap();
    let held = ["a", "b"].map(|device| metrics.track_training_step("m").device(device).start());
    // Too short to be met.
    let samples = loop {
        metrics.record_checkpoint_load("short", 1, Duration::from_nanos(1));
        let snapshot = metrics.snapshot();
        let enough =
            |series: &aimlm::SeriesSnapshot| series.memory.as_ref().is_some_and(|memory| memory.samples > 5);
        if snapshot.series.len() == 3 && snapshot.series.iter().all(enough) {
            break snapshot;
        }
        std::thread::sleep(Duration::from_millis(1));
    };
    drop(held);
    let steps: Vec<_> = samples
        .subject(Stage::TrainingStep, "m")
        .map(|series| series.memory.clone().unwrap())
        .collect();
    let merged = samples
        .training_of("m")
        .unwrap()
        .steps
        .unwrap()
        .sampled_memory
        .unwrap();
    let apart: u64 = steps.iter().map(|memory| memory.samples).sum();
    let most = steps.iter().map(|memory| memory.samples).max().unwrap();
    assert!(
        merged.samples < apart && merged.samples <= most + 1,
        "{} {apart} {most}",
        merged.samples
    );
    assert_eq!(merged.recent_at_ns.len(), merged.recent_bytes.len());
    assert!(merged.changes > 0);
}
