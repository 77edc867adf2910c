//! Calls by outcome, against the test's own counters.

use std::sync::atomic::{AtomicU64, Ordering};

use aimlm::{Metrics, track_inference, track_operation};

use crate::figures::page;

#[track_operation(name = "op", error_kind = |error| (*error).to_owned(), metrics = metrics)]
fn ends(metrics: &Metrics, how: u64) -> Result<u64, &'static str> {
    match how % 7 {
        0 => panic!("on purpose"),
        1 => Err("timeout"),
        2 => Err("refused")?,
        _ => Ok(how),
    }
}

#[track_inference(model = "some", ok_if = |answer: &Option<u8>| answer.is_some(), metrics = metrics)]
fn answers(metrics: &Metrics, n: u64) -> Option<u8> {
    (!n.is_multiple_of(3)).then_some(1)
}

#[test]
fn of_many_threads() {
    let metrics = Metrics::default_instance();
    let counters: [AtomicU64; 7] = Default::default();
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let (metrics, counters) = (&metrics, &counters);
            scope.spawn(move || {
                for n in 0..700 {
                    let how = n * 31 + thread;
                    counters[(how % 7) as usize].fetch_add(1, Ordering::Relaxed);
                    let call = std::panic::AssertUnwindSafe(|| ends(metrics, how));
                    drop(std::panic::catch_unwind(call));
                }
            });
        }
    });
    let n = |how: usize| counters[how].load(Ordering::Relaxed);
    let page = page(&metrics);
    let calls = page.operation("op");
    assert_eq!(
        calls.counts(),
        [2800, 0, 2800 - n(0) - n(1) - n(2), n(1) + n(2), n(0), 0]
    );
    assert_eq!(
        calls.error_kinds(),
        [("refused".into(), n(2)), ("timeout".into(), n(1))]
    );
    assert_eq!(calls.failed_latency("count"), Some((n(0) + n(1) + n(2)) as f64));
    let table = page.table("Errors by kind");
    let cell = |title| table.cell(&["operation", "op", "refused"], &[title]);
    assert_eq!(cell("Errors"), Some(n(2).to_string().as_str()));
    crate::tables::shows("share", cell("Of its errors"), n(2) as f64 / (n(1) + n(2)) as f64);
    let table = page.table("Operations");
    assert_eq!(table.cell(&["op"], &["Calls"]), Some("2,800"));
    assert_eq!(table.cell(&["op"], &["Panics"]), Some(n(0).to_string().as_str()));
    assert_eq!(
        table.cell(&["op"], &["Errors"]),
        Some((n(1) + n(2)).to_string().as_str())
    );
}

#[test]
fn of_options() {
    let metrics = Metrics::default_instance();
    let some = (0..100).filter_map(|n| answers(&metrics, n)).count() as u64;
    assert_eq!(
        page(&metrics).inference("some").counts(),
        [100, 0, some, 100 - some, 0, 0]
    );
}

/// What started is counted by itself: at every moment it is what the test has begun, and in flight what is open.
#[test]
fn at_every_moment() {
    let metrics = Metrics::default_instance();
    let mut random = fastrand::Rng::with_seed(3);
    let (mut open, mut begun, mut ok, mut failed) = (Vec::new(), 0_u64, 0_u64, 0_u64);
    for step in 0..2000 {
        if open.is_empty() || random.bool() {
            open.push(metrics.track_inference("m").start());
            begun += 1;
        } else {
            let call = open.swap_remove(random.usize(..open.len()));
            if random.u8(..4) == 0 {
                crate::hand::fail(call);
                failed += 1;
            } else {
                crate::hand::succeed(call);
                ok += 1;
            }
        }
        if step % 50 == 0 {
            let page = page(&metrics);
            assert_eq!(
                page.inference("m").counts(),
                [begun, open.len() as u64, ok, failed, 0, 0]
            );
            assert_eq!(page.head_count("in flight"), open.len() as u64);
        }
    }
}

/// Guards that end on other threads than they began on.
#[test]
fn across_threads() {
    let metrics = Metrics::default_instance();
    let calls: Vec<_> = (0..200)
        .map(|_| metrics.track_operation("sent").start())
        .collect();
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::scope(|scope| {
        scope.spawn(move || receiver.into_iter().take(150).for_each(crate::hand::succeed));
        for call in calls {
            // The receiver is gone after 150: what it did not take is dropped without a word.
            if let Err(unsent) = sender.send(call) {
                crate::hand::fail(unsent.0);
            }
        }
        drop(sender);
    });
    let counts = page(&metrics).operation("sent").counts();
    assert_eq!((counts[0], counts[1], counts[2]), (200, 0, 150));
    assert_eq!(counts[2..].iter().sum::<u64>(), 200);
}

/// Switched off: what is begun then does not count, what was begun before does.
#[test]
fn switched_off_and_on() {
    let metrics = Metrics::default_instance();
    let before = metrics.track_operation("op").start();
    metrics.set_enabled(false);
    let within = metrics.track_operation("op").start();
    metrics.record_operation("op", crate::clock::ms(1));
    metrics.track_operation("other").run(|_| ());
    metrics.set_enabled(true);
    crate::hand::succeed(within);
    assert_eq!(page(&metrics).operation("op").counts(), [1, 1, 0, 0, 0, 0]);
    crate::hand::succeed(before);
    metrics.track_operation("op").run(|_| ());
    let page = page(&metrics);
    assert_eq!(page.operation("op").counts(), [2, 0, 2, 0, 0, 0]);
    assert_eq!(page.series(), 1);
}
