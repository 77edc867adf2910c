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
fn a_recorded_duration_is_reported_to_the_nanosecond() {
    let metrics = Metrics::default_instance();
    metrics.record_model_load("x", Duration::from_secs(100));
    let mut state = 7_u64;
    let durations: Vec<u64> = (0..900)
        .map(|at| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            state >> (20 + at % 44)
        })
        .collect();
    for &ns in &durations {
        metrics.record_operation("many", Duration::from_nanos(ns));
    }
    for _ in 0..3 {
        let loads = of(&metrics, Stage::ModelLoad, "x");
        assert_eq!(loads.latency.sum(), 100_000_000_000);
        assert_eq!(loads.latency.min(), loads.latency.max());
        let many = of(&metrics, Stage::Operation, "many");
        assert_eq!(many.latency.sum(), durations.iter().sum::<u64>());
        assert_eq!(many.latency.min(), durations.iter().copied().min());
        assert_eq!(many.latency.max(), durations.iter().copied().max());
        let kept: Vec<u64> = many.history.calls().map(|call| call.duration_ns).collect();
        assert_eq!(kept, durations);
        std::thread::sleep(Duration::from_millis(15));
    }
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

fn kept(metrics: &Metrics, name: &str) -> Vec<u64> {
    let series = of(metrics, Stage::Operation, name);
    series.history.calls().map(|call| call.duration_ns).collect()
}

#[test]
fn a_history_is_the_last_calls() {
    let metrics = with_history(50);
    for at in 0..200 {
        metrics.record_operation("numbered", Duration::from_micros(3000 + at));
    }
    let expected: Vec<u64> = (150..200).map(|at| (3000 + at) * 1000).collect();
    assert_eq!(kept(&metrics, "numbered"), expected);

    (0..140).for_each(|_| metrics.record_operation("faster", Duration::from_millis(900)));
    (0..60).for_each(|_| metrics.record_operation("faster", Duration::from_millis(1)));
    assert_eq!(kept(&metrics, "faster"), [1_000_000; 50]);

    let metrics = Metrics::default_instance();
    for at in 0..1500 {
        metrics.record_operation("burst", Duration::from_micros(at));
    }
    let expected: Vec<u64> = (500..1500).map(|at| at * 1000).collect();
    assert_eq!(kept(&metrics, "burst"), expected);
}

#[test]
fn a_history_is_the_last_calls_of_every_thread() {
    let metrics = with_history(300);
    for round in 0..10 {
        std::thread::scope(|scope| {
            for thread in 0..3 {
                let metrics = &metrics;
                scope.spawn(move || {
                    for at in 0..100 {
                        let number = round * 1000 + thread * 100 + at;
                        metrics.record_operation("threads", Duration::from_micros(number));
                    }
                });
            }
        });
        // What a round brought is in the history before the next one begins.
        drop(metrics.snapshot());
    }
    let mut last = kept(&metrics, "threads");
    last.sort_unstable();
    let expected: Vec<u64> = (9000..9300).map(|at| at * 1000).collect();
    assert_eq!(last, expected);
}

/// However fast the machine is: what is there follows each other, or says that it does not.
#[test]
fn a_history_that_leaves_calls_out_says_so() {
    for (size, calls) in [(50, 100_000), (1_000, 100_000), (20_000, 200_000)] {
        let metrics = with_history(size);
        for step in 0..calls {
            metrics.track_training_step("m").step(step).start().ok();
        }
        let steps = || {
            let series = of(&metrics, Stage::TrainingStep, "m");
            (series.history.thinned, support::numbers(&series, "step"))
        };
        let (thinned, last) = steps();
        assert_eq!(last.last(), Some(&(calls as f64 - 1.0)));
        let follow = last.windows(2).all(|pair| pair[1] == pair[0] + 1.0);
        assert!(thinned || follow && last.len() == size, "{size}: {}", last.len());
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
fn the_first_number_that_is_not_finite_is_known_at_any_length() {
    for (steps, bad) in [(1_100, 551), (200_000, 1), (200_000, 123_457), (200_000, 199_998)] {
        let metrics = Metrics::default_instance();
        for step in 0..steps {
            let loss = if step == bad { f64::NAN } else { 0.5 };
            metrics.record_training_stats("m", step).loss(loss).record();
        }
        let curve = &metrics.snapshot().training_of("m").unwrap().curves["loss"];
        assert_eq!(curve.first_not_finite_at, Some(bad as f64));
        assert_eq!(curve.not_finite, 1);
        assert!(
            curve.points.iter().any(|point| !point.y.is_finite()),
            "{steps} {bad}"
        );
    }
}

#[test]
fn a_curve_is_in_order_of_x_and_the_later_of_one_x_counts() {
    let metrics = Metrics::default_instance();
    for (epoch, loss) in [(2, 0.2), (1, 0.1), (0, 0.0), (1, 0.5)] {
        metrics.record_training_stats("m", epoch).loss(loss).record();
    }
    let curve = &metrics.snapshot().training_of("m").unwrap().curves["loss"];
    let points: Vec<_> = curve.points.iter().map(|point| (point.x, point.y)).collect();
    assert_eq!(points, [(0.0, 0.0), (1.0, 0.5), (2.0, 0.2)]);
    assert_eq!((curve.first, curve.last), (Some(0.0), Some(0.2)));
}

#[test]
fn a_loss_said_twice_for_one_epoch_counts_once() {
    let metrics = Metrics::default_instance();
    for epoch in 0..10 {
        let mut guard = metrics.track_training_epoch("m").epoch(epoch).start();
        guard.loss(epoch as f64);
        guard.ok();
        metrics
            .record_training_stats("m", epoch)
            .loss(epoch as f64)
            .record();
    }
    let curve = &metrics.snapshot().training_of("m").unwrap().curves["loss"];
    assert_eq!((curve.count, curve.points.len()), (10, 10));
    assert_eq!(curve.mean, Some(4.5));
}

#[test]
fn curves_of_epochs_are_whole_up_to_five_thousand() {
    let metrics = Metrics::default_instance();
    for epoch in 0..5_000 {
        metrics
            .record_training_stats("m", epoch)
            .loss(epoch as f64)
            .record();
    }
    let curve = &metrics.snapshot().training_of("m").unwrap().curves["loss"];
    assert_eq!(curve.points.len(), 5_000);
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
    metrics.record_training_epoch("m", DAY * 30);
    let mut snapshot = metrics.snapshot_and_reset();
    assert!(
        snapshot.window_ns >= (DAY * 30).as_nanos() as u64,
        "{}",
        snapshot.window_ns
    );
    metrics.record_training_epoch("m", Duration::from_secs(1));
    let next = metrics.snapshot();
    assert!(next.window_ns < DAY.as_nanos() as u64);
    snapshot.merge(&next);
    assert!(snapshot.window_ns >= (DAY * 30).as_nanos() as u64);
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
fn curves_merge_in_any_order() {
    let part = |epochs: &[(u64, f64)]| {
        let metrics = Metrics::default_instance();
        for &(epoch, loss) in epochs {
            metrics.record_training_stats("m", epoch).loss(loss).record();
        }
        metrics.snapshot()
    };
    let parts = [
        part(&[(2, 0.2), (0, 0.0), (5, 9.0)]),
        part(&[(1, 0.1), (5, 0.5), (2, 0.25)]),
        part(&[(3, f64::NAN), (2, 0.3)]),
    ];
    let expected = [(0.0, 0.0), (1.0, 0.1), (2.0, 0.3), (3.0, f64::NAN), (5.0, 0.5)];
    for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0], [1, 0, 2]] {
        let mut left = parts[order[0]].clone();
        left.merge(&parts[order[1]]);
        left.merge(&parts[order[2]]);
        let mut rest = parts[order[1]].clone();
        rest.merge(&parts[order[2]]);
        let mut right = parts[order[0]].clone();
        right.merge(&rest);
        for merged in [left, right] {
            let curve = &merged.training_of("m").unwrap().curves["loss"];
            let points: Vec<_> = curve.points.iter().map(|point| (point.x, point.y)).collect();
            assert_eq!(format!("{points:?}"), format!("{expected:?}"));
            assert_eq!((curve.last, curve.first_not_finite_at), (Some(0.5), Some(3.0)));
        }
    }
}

/// A step that fails because its loss is no number.
#[test]
fn a_loss_that_is_no_number_is_seen_though_its_call_failed() {
    let metrics = Metrics::default_instance();
    for step in 0..20 {
        let mut guard = metrics.track_training_step("m").step(step).start();
        guard.loss(if step == 7 { f64::NAN } else { 1.0 });
        if step == 7 { guard.fail() } else { guard.ok() }
    }
    let curve = &metrics.snapshot().training_of("m").unwrap().curves["step_loss"];
    assert_eq!((curve.not_finite, curve.first_not_finite_at), (1, Some(7.0)));
    assert_eq!((curve.count, curve.mean), (20, Some(1.0)));
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

/// One NaN among steps that begin anew with each epoch stands in its epoch, also once the curve is thinned.
#[test]
fn a_step_that_is_not_finite_stands_in_its_epoch() {
    let metrics = Metrics::default_instance();
    for (epoch, step) in (0..5_u64).flat_map(|epoch| (0..400_u64).map(move |step| (epoch, step))) {
        let loss = if (epoch, step) == (3, 57) { f64::NAN } else { 1.0 };
        let call = metrics.track_training_step("net").epoch(epoch).step(step);
        call.loss(loss).record(Duration::from_nanos(1));
    }
    let training = metrics.snapshot().training_of("net").unwrap();
    let curve = &training.curves["step_loss"];
    assert_eq!((curve.first, curve.first_not_finite_at), (Some(1.0), Some(57.0)));
    let place = |at: usize| (curve.points[at].epoch, curve.points[at].x);
    assert_eq!(place(0), (Some(0.0), 0.0));
    assert_eq!(place(curve.points.len() - 1), (Some(4.0), 399.0));
    let missing = curve.points.iter().find(|point| !point.y.is_finite()).unwrap();
    assert_eq!(missing.epoch, Some(3.0));
}

/// A metric without a name is not the one that is named `metric`.
#[test]
fn a_metric_of_no_name_is_its_own() {
    let metrics = aimlm::Metrics::default_instance();
    metrics
        .record_training_stats("net", 0_u64)
        .metric("", 1.0)
        .metric("metric", 2.0)
        .record();
    let curves = metrics.snapshot().training_of("net").unwrap().curves;
    let lasts: Vec<_> = curves
        .iter()
        .map(|(name, curve)| (name.as_str(), curve.last))
        .collect();
    assert_eq!(lasts, [("", Some(1.0)), ("metric", Some(2.0))]);
}
