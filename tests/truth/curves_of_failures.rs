//! What calls that failed leave of themselves in training curves.

use aimlm::{Metrics, Outcome};

use crate::clock::same;
use crate::curves::{losses, member};
use crate::figures::page;

/// Numbers of calls that failed are on no curve; those that are not finite are still told.
#[test]
fn of_calls_that_failed() {
    let metrics = Metrics::default_instance();
    for (step, loss, outcome) in [
        (0, 2.0, Outcome::Ok),
        (1, 90.0, Outcome::Error),
        (2, 1.0, Outcome::Ok),
        (3, f64::NAN, Outcome::Panicked),
    ] {
        let mut call = metrics.track_training_step("net").step(step).start();
        call.loss(loss);
        call.finish(outcome);
    }
    let page = page(&metrics);
    let points = page.points("net", "step_loss");
    let finite: Vec<_> = points
        .iter()
        .copied()
        .filter(|point| point.1.is_finite())
        .collect();
    assert_eq!(finite, [(0.0, 2.0), (2.0, 1.0)]);
    assert_eq!(member(&page, "step_loss", "max"), Some(2.0));
    same("mean", member(&page, "step_loss", "mean"), 1.5);
    assert_eq!(member(&page, "step_loss", "count"), Some(points.len() as f64));
    assert_eq!(page.findings("not_finite").len(), 1);
}

/// A call that fails before it says its step stands at the next place, before what is recorded there.
#[test]
fn of_calls_that_failed_without_a_place() {
    for is_said in [false, true] {
        let metrics = Metrics::default_instance();
        for n in 0..6_u64 {
            let failed = n % 3 == 2;
            let mut call = metrics.track_training_step("net").start();
            if is_said && !failed {
                call.step(10 * n);
            }
            call.loss(if failed { f64::NAN } else { n as f64 });
            call.finish(if failed { Outcome::Error } else { Outcome::Ok });
        }
        let page = page(&metrics);
        let points = page.points("net", "step_loss");
        let xs = points.iter().map(|point| point.0).collect::<Vec<_>>();
        let expected = if is_said {
            [0.0, 10.0, 30.0, 30.0, 40.0, 41.0]
        } else {
            [0.0, 1.0, 2.0, 2.0, 3.0, 4.0]
        };
        assert_eq!(xs, expected);
        let bad: Vec<bool> = points.iter().map(|point| point.1.is_nan()).collect();
        assert_eq!(bad, [false, false, true, false, false, true]);
        assert_eq!(member(&page, "step_loss", "first_not_finite_at"), Some(xs[2]));
        assert_eq!(
            (
                member(&page, "step_loss", "first"),
                member(&page, "step_loss", "last")
            ),
            (Some(0.0), None)
        );
        let legacy = page.legacy();
        let steps = &legacy["training"]["models"]["net"]["steps"];
        assert_eq!(steps["loss_curve"].as_array().unwrap().len(), 5);
        assert_eq!(steps["loss_curve"][2].as_f64(), Some(3.0));
    }
}

/// What was corrected is not told, by whichever process; what calls failed with is.
#[test]
fn not_finite_and_corrected() {
    let metrics = Metrics::default_instance();
    losses(&metrics, [(1, 0.75)]);
    losses(&metrics, [(3, f64::NAN); 7]);
    let broken = metrics.snapshot();
    losses(&metrics, [(3, 0.5)]);
    let page = page(&metrics);
    assert_eq!(member(&page, "loss", "count"), Some(2.0));
    assert_eq!(member(&page, "loss", "not_finite"), Some(0.0));
    assert_eq!(member(&page, "loss", "first_not_finite_at"), None);
    assert!(page.findings("not_finite").is_empty());

    let other = Metrics::default_instance();
    losses(&other, [(3, 0.5), (4, f64::NAN)]);
    let mut both = broken;
    both.merge(&other.snapshot());
    let loss = &both.training_of("net").unwrap().curves["loss"];
    assert_eq!((loss.count, loss.not_finite), (3, 1));
    assert_eq!(loss.first_not_finite_at, Some(4.0));

    for _ in 0..3 {
        let mut failed = metrics.track_training_epoch("net").epoch(3).start();
        failed.loss(f64::NAN);
        failed.finish(Outcome::Error);
    }
    let mut again = metrics.track_training_epoch("net").epoch(3).start();
    again.loss(0.25);
    again.finish(Outcome::Ok);
    let loss = &metrics.snapshot().training_of("net").unwrap().curves["loss"];
    assert_eq!((loss.count, loss.not_finite, loss.last), (5, 3, Some(0.25)));
    assert_eq!(loss.first_not_finite_at, Some(3.0));
}
