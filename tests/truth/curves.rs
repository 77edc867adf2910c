//! Training curves: points in the order of their epochs or steps, and what is first, last, smallest and largest.

use aimlm::{Metrics, Outcome};

use crate::clock::{close, ms, same};
use crate::figures::{Page, page};

pub(crate) fn losses(metrics: &Metrics, losses: impl IntoIterator<Item = (u64, f64)>) {
    for (epoch, loss) in losses {
        metrics.record_training_stats("net", epoch).loss(loss).record();
    }
}

pub(crate) fn member(page: &Page, curve: &str, member: &str) -> Option<f64> {
    page.curve("net", curve, member).as_f64()
}

#[test]
fn in_order_of_epochs() {
    let metrics = Metrics::default_instance();
    losses(&metrics, [(2, 0.2), (0, 0.9), (1, 0.5), (3, 0.4)]);
    let page = page(&metrics);
    assert_eq!(
        page.points("net", "loss"),
        [(0.0, 0.9), (1.0, 0.5), (2.0, 0.2), (3.0, 0.4)]
    );
    for (name, value) in [
        ("count", 4.0),
        ("first", 0.9),
        ("last", 0.4),
        ("min", 0.2),
        ("max", 0.9),
        ("mean", 0.5),
        ("not_finite", 0.0),
    ] {
        same(name, member(&page, "loss", name), value);
    }
}

#[test]
fn backwards() {
    let metrics = Metrics::default_instance();
    losses(&metrics, (0..=2).rev().map(|epoch| (epoch, epoch as f64)));
    let page = page(&metrics);
    assert_eq!(page.points("net", "loss"), [(0.0, 0.0), (1.0, 1.0), (2.0, 2.0)]);
    assert_eq!(member(&page, "loss", "last"), Some(2.0));
}

/// Of one epoch recorded twice the later counts, once.
#[test]
fn epochs_again() {
    let metrics = Metrics::default_instance();
    losses(&metrics, [(0, 0.9), (1, 0.7), (1, 0.6), (2, 0.5), (0, 0.8)]);
    let page = page(&metrics);
    assert_eq!(page.points("net", "loss"), [(0.0, 0.8), (1.0, 0.6), (2.0, 0.5)]);
    assert_eq!(member(&page, "loss", "count"), Some(3.0));
    same("mean", member(&page, "loss", "mean"), 1.9 / 3.0);
    assert_eq!(member(&page, "loss", "max"), Some(0.8));
    assert_eq!(member(&page, "loss", "first"), Some(0.8));
}

/// A run that stops after epoch 3 and goes on from a checkpoint of epoch 1.
#[test]
fn resumed() {
    let metrics = Metrics::default_instance();
    losses(&metrics, [(0, 0.9), (1, 0.8), (2, 0.7), (3, 9.0)]);
    losses(&metrics, [(2, 0.6), (3, 0.5), (4, 0.4)]);
    let page = page(&metrics);
    let expected = [(0.0, 0.9), (1.0, 0.8), (2.0, 0.6), (3.0, 0.5), (4.0, 0.4)];
    assert_eq!(page.points("net", "loss"), expected);
    assert_eq!(member(&page, "loss", "max"), Some(0.9));
    assert_eq!(member(&page, "loss", "last"), Some(0.4));
}

/// The loss of an epoch by its call and by statistics is one loss.
#[test]
fn both_ways() {
    let metrics = Metrics::default_instance();
    for epoch in 0..4_u64 {
        let mut call = metrics
            .track_training_epoch("net")
            .epoch(epoch)
            .num_samples(10)
            .start();
        call.loss(1.0 / (epoch + 1) as f64);
        call.finish(Outcome::Ok);
        losses(&metrics, [(epoch, 1.0 / (epoch + 1) as f64)]);
    }
    let page = page(&metrics);
    assert_eq!(member(&page, "loss", "count"), Some(4.0));
    let expected: Vec<_> = (0..4)
        .map(|epoch| (f64::from(epoch), 1.0 / f64::from(epoch + 1)))
        .collect();
    assert_eq!(page.points("net", "loss"), expected);
    assert_eq!(
        page.table("Curves").cell(&["net", "loss"], &["Points"]),
        Some("4")
    );
}

#[test]
fn not_finite() {
    let metrics = Metrics::default_instance();
    let values = [
        0.5,
        f64::NAN,
        0.25,
        f64::INFINITY,
        f64::NEG_INFINITY,
        -3.0,
        f64::MAX,
        f64::MIN_POSITIVE,
    ];
    losses(
        &metrics,
        values
            .into_iter()
            .enumerate()
            .map(|(epoch, loss)| (epoch as u64, loss)),
    );
    let page = page(&metrics);
    assert_eq!(member(&page, "loss", "count"), Some(8.0));
    assert_eq!(member(&page, "loss", "not_finite"), Some(3.0));
    assert_eq!(member(&page, "loss", "first_not_finite_at"), Some(1.0));
    assert_eq!(member(&page, "loss", "min"), Some(-3.0));
    assert_eq!(member(&page, "loss", "max"), Some(f64::MAX));
    close("mean", member(&page, "loss", "mean"), f64::MAX / 5.0);
    assert_eq!(page.findings("not_finite").len(), 1);
}

/// One step of many, wherever it is, at any length.
#[test]
fn one_of_many_is_not_finite() {
    for (n, at) in [(600_u64, 1_u64), (1100, 551), (20_000, 12_345), (20_000, 19_999)] {
        let metrics = Metrics::default_instance();
        for step in 0..n {
            let mut call = metrics.track_training_step("net").step(step).start();
            call.loss(if step == at { f64::NAN } else { 1.0 + step as f64 });
            call.finish(Outcome::Ok);
        }
        let page = page(&metrics);
        assert_eq!(member(&page, "step_loss", "count"), Some(n as f64));
        assert_eq!(member(&page, "step_loss", "not_finite"), Some(1.0));
        assert_eq!(
            member(&page, "step_loss", "first_not_finite_at"),
            Some(at as f64),
            "of {n}"
        );
        assert_eq!(member(&page, "step_loss", "first"), Some(1.0));
        assert_eq!(
            member(&page, "step_loss", "max"),
            Some(if at + 1 == n { n - 1 } else { n } as f64)
        );
        let finding = page.findings("not_finite")[0]["message"]
            .as_str()
            .unwrap()
            .replace(',', "");
        assert!(finding.contains(&at.to_string()), "{finding}");
        let course = page
            .table("Curves")
            .cell(&["net", "step_loss"], &["Course"])
            .unwrap_or_default()
            .to_owned();
        assert!(course.contains('×'), "{n} steps, not finite at {at}: {course}");
    }
}

/// A curve that is level has a level course.
#[test]
fn level() {
    let metrics = Metrics::default_instance();
    losses(&metrics, (0..100).map(|epoch| (epoch, 0.1)));
    losses(&metrics, [(100, 0.1), (101, 0.1), (102, 0.1)]);
    let table = page(&metrics).table("Curves");
    let course: Vec<char> = table
        .cell(&["net", "loss"], &["Course"])
        .unwrap()
        .chars()
        .collect();
    assert!(
        course.len() > 1 && course.iter().all(|bar| *bar == course[0]),
        "{course:?}"
    );
}

/// Few of many are finite: they have a course all the same.
#[test]
fn few_finite() {
    let metrics = Metrics::default_instance();
    losses(
        &metrics,
        (0..64).map(|epoch| (epoch, if epoch % 4 == 1 { epoch as f64 } else { f64::NAN })),
    );
    let page = page(&metrics);
    let table = page.table("Curves");
    let course = table.cell(&["net", "loss"], &["Course"]).unwrap_or_default();
    assert!(course.contains('▁') && course.contains('█'), "“{course}”");
    assert_eq!(member(&page, "loss", "min"), Some(1.0));
    assert_eq!(member(&page, "loss", "max"), Some(61.0));
}

/// A curve by epochs is whole up to five thousand of them.
#[test]
fn five_thousand_epochs() {
    let metrics = Metrics::default_instance();
    let y = |epoch: u64| ((epoch * 7919) % 5003) as f64;
    losses(&metrics, (0..5000).map(|epoch| (epoch, y(epoch))));
    let page = page(&metrics);
    let points = page.points("net", "loss");
    assert_eq!(points.len(), 5000);
    assert!(
        points
            .iter()
            .enumerate()
            .all(|(at, point)| *point == (at as f64, y(at as u64)))
    );
}

/// Free metrics under their names, validation and steps under theirs; utilisation and rates beside.
#[test]
fn by_name() {
    let metrics = Metrics::default_instance();
    for epoch in 0..3_u64 {
        let e = epoch as f64;
        metrics
            .record_training_stats("net", epoch)
            .accuracy(0.1 * e)
            .learning_rate(0.01 / (e + 1.0))
            .gradient_norm(e)
            .metric("perplexity", 40.0 - e)
            .metric("-", -e)
            .record();
        let mut validation = metrics.track_validation("net").epoch(epoch).start();
        validation.loss(5.0 - e).accuracy(0.5 + 0.1 * e);
        validation.finish(Outcome::Ok);
    }
    let page = page(&metrics);
    for (curve, first, last) in [
        ("accuracy", 0.0, 0.2),
        ("learning_rate", 0.01, 0.01 / 3.0),
        ("gradient_norm", 0.0, 2.0),
        ("perplexity", 40.0, 38.0),
        ("-", 0.0, -2.0),
        ("validation_loss", 5.0, 3.0),
        ("validation_accuracy", 0.5, 0.7),
    ] {
        same(curve, member(&page, curve, "first"), first);
        same(curve, member(&page, curve, "last"), last);
        assert_eq!(member(&page, curve, "count"), Some(3.0), "{curve}");
        let xs: Vec<f64> = page.points("net", curve).iter().map(|point| point.0).collect();
        assert_eq!(xs, [0.0, 1.0, 2.0], "{curve}");
    }
}

/// Threads that record epochs of one model in no order; numbers of epochs at the ends of their range.
#[test]
fn from_threads_and_at_the_edges() {
    let metrics = Metrics::default_instance();
    std::thread::scope(|scope| {
        for thread in 0..4_u64 {
            let metrics = &metrics;
            scope.spawn(move || {
                for n in 0..100 {
                    let epoch = (n * 4 + thread) * 37 % 401;
                    metrics
                        .record_training_stats("net", epoch)
                        .loss(epoch as f64 / 2.0)
                        .record();
                }
            });
        }
    });
    losses(&metrics, [(1 << 52, -1.0)]);
    let page = page(&metrics);
    let points = page.points("net", "loss");
    assert_eq!(points.len(), 401);
    let mut expected: Vec<f64> = (0..400_u32).map(|n| f64::from(n * 37 % 401)).collect();
    expected.sort_by(f64::total_cmp);
    expected.push((1_u64 << 52) as f64);
    assert!(points.iter().zip(&expected).all(|(point, x)| point.0 == *x));
    assert_eq!(member(&page, "loss", "last"), Some(-1.0));
    assert_eq!(member(&page, "loss", "min"), Some(-1.0));
    metrics.record_training_epoch("net", ms(1));
}

/// The first that is not finite, of windows and of label sets, is the one of the smallest step.
#[test]
fn the_first_of_all_windows() {
    let metrics = Metrics::default_instance();
    let mut windows = Vec::new();
    for (at, bad) in [(0, 700_u64), (1, 300), (2, 900)] {
        for step in (0..1000).filter(|step| step % 3 == at) {
            let device = ["a", "b"][step as usize % 2];
            let mut call = metrics
                .track_training_step("net")
                .device(device)
                .step(step)
                .start();
            call.loss(if step / 3 == bad / 3 { f64::INFINITY } else { 1.0 });
            call.finish(Outcome::Ok);
        }
        windows.push(metrics.snapshot_and_reset());
    }
    for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
        let mut whole = windows[order[0]].clone();
        whole.merge(&windows[order[1]]);
        whole.merge(&windows[order[2]]);
        let page = crate::figures::page_of(&whole, metrics.config());
        assert_eq!(member(&page, "step_loss", "not_finite"), Some(3.0), "{order:?}");
        assert_eq!(
            member(&page, "step_loss", "first_not_finite_at"),
            Some(301.0),
            "{order:?}"
        );
        assert_eq!(member(&page, "step_loss", "count"), Some(1000.0), "{order:?}");
    }
}
