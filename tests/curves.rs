//! Curves: the course of losses and other numbers over epochs and steps.

mod support;

use std::time::Duration;

use aimlm::Metrics;

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
