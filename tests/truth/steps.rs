//! Curves of steps: however steps are numbered, nothing recorded vanishes.

use aimlm::{Metrics, Outcome};

use crate::clock::{close, same};
use crate::figures::{page, page_of};

fn step(metrics: &Metrics, device: &str, numbers: Option<(u64, u64)>, loss: f64) {
    let call = metrics.track_training_step("net").device(device);
    let call = match numbers {
        Some((epoch, step)) => call.epoch(epoch).step(step),
        None => call,
    };
    let mut call = call.start();
    call.loss(loss);
    call.finish(Outcome::Ok);
}

/// Steps that begin anew with each epoch are steps of different epochs, not the same step again.
#[test]
fn numbered_within_epochs() {
    let metrics = Metrics::default_instance();
    for epoch in 0..3_u64 {
        for n in 0..10 {
            step(&metrics, "cpu", Some((epoch, n)), (epoch * 10 + n) as f64);
        }
    }
    let page = page(&metrics);
    let member = |name| page.curve("net", "step_loss", name).as_f64();
    assert_eq!(member("count"), Some(30.0));
    assert_eq!((member("min"), member("max")), (Some(0.0), Some(29.0)));
    same("mean", member("mean"), 14.5);
    assert_eq!((member("first"), member("last")), (Some(0.0), Some(29.0)));
    assert_eq!(page.points("net", "step_loss").len(), 30);
}

/// Steps that nobody numbered, on two devices: each has its ordinal, and none stands for another.
#[test]
fn without_numbers_on_two_devices() {
    let metrics = Metrics::default_instance();
    for n in 0..6_u64 {
        step(&metrics, ["a", "b"][n as usize % 2], None, n as f64);
    }
    let page = page(&metrics);
    let member = |name| page.curve("net", "step_loss", name).as_f64();
    assert_eq!(member("count"), Some(6.0));
    assert_eq!((member("min"), member("max")), (Some(0.0), Some(5.0)));
    same("mean", member("mean"), 2.5);
    assert_eq!(page.points("net", "step_loss").len(), 6);
}

/// The same in two windows of one process.
#[test]
fn without_numbers_in_two_windows() {
    let metrics = Metrics::default_instance();
    let mut windows = Vec::new();
    for n in 0..6_u64 {
        step(&metrics, "cpu", None, n as f64);
        if n % 3 == 2 {
            windows.push(metrics.snapshot_and_reset());
        }
    }
    for order in [[0, 1], [1, 0]] {
        let mut whole = windows[order[0]].clone();
        whole.merge(&windows[order[1]]);
        let page = page_of(&whole, metrics.config());
        let member = |name| page.curve("net", "step_loss", name).as_f64();
        assert_eq!(member("count"), Some(6.0), "{order:?}");
        assert_eq!(page.points("net", "step_loss").len(), 6, "{order:?}");
        same("mean", member("mean"), 2.5);
        assert_eq!(member("max"), Some(5.0));
    }
}

/// Ranks of one model that each say the loss of the same step: a curve has one of them, sums have none twice.
#[test]
fn the_same_step_on_two_ranks() {
    let metrics = Metrics::default_instance();
    for n in 0..5_u64 {
        for (rank, device) in ["a", "b"].into_iter().enumerate() {
            step(&metrics, device, Some((0, n)), n as f64 + rank as f64 / 2.0);
        }
    }
    let page = page(&metrics);
    let xs: Vec<f64> = page
        .points("net", "step_loss")
        .iter()
        .map(|point| point.0)
        .collect();
    assert!(xs.windows(2).all(|pair| pair[0] <= pair[1]), "{xs:?}");
    let count = page.curve("net", "step_loss", "count").as_f64();
    assert_eq!(count, Some(xs.len() as f64), "as many points as are counted");
}

/// A long run: what is thinned is the picture, not the figures.
#[test]
fn many() {
    let metrics = Metrics::default_instance();
    let y = |n: u64| ((n * 7919) % 10_007) as f64 + 1.0;
    let n = 30_000_u64;
    for at in 0..n {
        step(&metrics, "cpu", Some((0, at)), y(at));
    }
    let page = page(&metrics);
    let member = |name| page.curve("net", "step_loss", name).as_f64();
    let ys = || (0..n).map(y);
    assert_eq!(member("count"), Some(n as f64));
    assert_eq!((member("first"), member("last")), (Some(y(0)), Some(y(n - 1))));
    assert_eq!(member("min"), ys().reduce(f64::min));
    assert_eq!(member("max"), ys().reduce(f64::max));
    close("mean", member("mean"), ys().sum::<f64>() / n as f64);
    let points = page.points("net", "step_loss");
    assert!(points.len() >= 200, "{}", points.len());
    assert!(points.windows(2).all(|pair| pair[0].0 < pair[1].0));
    assert!(
        points.iter().all(|(x, loss)| *loss == y(*x as u64)),
        "every point is one that was recorded"
    );
    let table = page.table("Curves");
    crate::tables::shows("points", table.cell(&["net", "step_loss"], &["Points"]), n as f64);
}
