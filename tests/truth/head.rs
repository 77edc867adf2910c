//! The line at the top, and what goes over the limit of series.

use aimlm::{Config, Metrics, Outcome, Snapshot};

use crate::clock::{ms, sleep_ms};
use crate::figures::{page, page_of};
use crate::hand::succeed;

#[test]
fn series_after_a_reset() {
    let metrics = Metrics::default_instance();
    for n in 0..7 {
        metrics.record_operation(&format!("op-{n}"), ms(1));
    }
    assert_eq!(page(&metrics).series(), 7);
    metrics.reset();
    let empty = page(&metrics);
    assert_eq!(empty.series(), 0);
    assert!(
        empty.head_has("series").is_none_or(|n| n == 0),
        "{}",
        empty.head()
    );
    assert_eq!(empty.head_count("calls"), 0);
    metrics.record_operation("op-3", ms(1));
    metrics.record_operation("new", ms(1));
    assert_eq!(page(&metrics).series(), 2);
}

/// The series of two processes are those that either has, not their sum.
#[test]
fn series_of_a_merge() {
    let parts: [Snapshot; 2] = [["a", "b", "c"], ["b", "c", "d"]].map(|names| {
        let metrics = Metrics::default_instance();
        for name in names {
            metrics.record_operation(name, ms(1));
        }
        metrics.snapshot()
    });
    let mut whole = parts[0].clone();
    whole.merge(&parts[1]);
    let page = page_of(&whole, &Config::default());
    assert_eq!(page.series(), 4);
    assert!(page.head_has("series").is_none_or(|n| n == 4), "{}", page.head());
    assert_eq!(page.head_count("calls"), 6);
}

#[test]
fn series_of_windows() {
    let metrics = Metrics::default_instance();
    metrics.record_operation("a", ms(1));
    metrics.record_operation("b", ms(1));
    let mut whole = metrics.snapshot_and_reset();
    metrics.record_operation("b", ms(1));
    whole.merge(&metrics.snapshot_and_reset());
    whole.merge(&metrics.snapshot());
    let page = page_of(&whole, metrics.config());
    assert_eq!((page.series(), page.head_count("calls")), (2, 3));
}

/// What the head calls failed is what the findings call failed.
#[test]
fn failed_calls() {
    let metrics = Metrics::default_instance();
    let outcomes = [
        Outcome::Ok,
        Outcome::Error,
        Outcome::Error,
        Outcome::Panicked,
        Outcome::Cancelled,
    ];
    for outcome in outcomes {
        metrics.track_inference("m").record_as(outcome, ms(10));
    }
    let page = page(&metrics);
    assert_eq!(page.head_count("calls"), 5);
    let failed = page.head_count("failed");
    let evidence = |kind: &str| {
        let finding = page.findings(kind)[0];
        finding["evidence"][0]["value"].as_f64().unwrap() as u64
    };
    let panicked = page
        .head()
        .contains("panicked")
        .then(|| page.head_count("panicked"));
    assert_eq!(evidence("errors"), 2, "errors");
    assert_eq!(evidence("panics"), 1, "panics");
    match panicked {
        Some(panicked) => assert_eq!((failed, panicked), (2, 1)),
        None => assert_eq!(failed, 3),
    }
    // A word means one thing: where the head counts panics as failed, so does the sentence that says failed.
    let message = page.findings("errors")[0]["message"].as_str().unwrap();
    let says_failed = message.contains("failed");
    assert!(
        !says_failed || message.starts_with(&failed.to_string()),
        "{message} / {}",
        page.head()
    );
}

/// The limit of series hides nothing that is in flight.
#[test]
fn in_flight_over_the_limit() {
    let metrics = Metrics::new(Config::builder().max_series(2).build().unwrap()).unwrap();
    let open: Vec<_> = (0..5)
        .map(|n| {
            let name = format!("op-{n}");
            metrics.record_operation(&name, ms(1));
            metrics.track_operation(&name).start()
        })
        .collect();
    let shown = page(&metrics);
    assert_eq!(shown.head_count("in flight"), 5);
    let all: u64 = shown.snapshot.series.iter().map(|series| series.in_flight).sum();
    assert_eq!(all, 5);
    open.into_iter().for_each(succeed);
    let shown = page(&metrics);
    assert_eq!(shown.head_count("in flight"), 0);
    let ended: u64 = shown
        .snapshot
        .series
        .iter()
        .map(|series| series.outcomes.ok)
        .sum();
    assert_eq!(ended, 10);
}

/// Nothing can have been busy for longer than was recorded.
#[test]
fn recorded_is_no_shorter_than_busy() {
    let metrics = Metrics::default_instance();
    let call = metrics.track_operation("long").start();
    sleep_ms(60);
    metrics.reset();
    sleep_ms(5);
    succeed(call);
    let after = page(&metrics);
    let busy = after.operation("long").busy().unwrap_or(0.0);
    assert!(
        after.window_seconds() >= busy * 0.999,
        "recorded {} busy {busy}",
        after.window_seconds()
    );
    let metrics = Metrics::default_instance();
    metrics.record_training_epoch("m", ms(3_600_000));
    let after = page(&metrics);
    let busy = after.training("m", "epochs").busy().unwrap();
    assert!(
        after.window_seconds() >= busy * 0.999,
        "recorded {} busy {busy}",
        after.window_seconds()
    );
}

/// One of twenty names over the limit has 6.5 % of the calls: what is said about it is an estimate, or true.
#[test]
fn the_noisiest_subject() {
    for calls in [62_u64, 620, 40_000] {
        let metrics = Metrics::new(Config::builder().max_series(1).build().unwrap()).unwrap();
        metrics.record_operation("first", ms(1));
        let mut each = [0_u64; 20];
        for n in 0..calls {
            // Of 62 calls one name has four, two have three … as even as it can be.
            let name = if n % 31 < 2 {
                0
            } else {
                1 + (n % 31 + n / 31) as usize % 19
            };
            each[name] += 1;
            metrics.record_operation(&format!("name-{name}"), ms(1));
        }
        let page = page(&metrics);
        assert_eq!(page.json["engine"]["overflow_calls"].as_u64(), Some(calls));
        let Some(share) = page.json["engine"]["overflow_subject_share"].as_f64() else {
            continue;
        };
        let most = *each.iter().max().unwrap() as f64 / calls as f64;
        // The schema calls it a bound: the part that the subject made up at the least.
        assert!(
            share <= most + 0.05,
            "of {calls} calls {share} are said to be for one name; {most} at most are"
        );
        let message = page.findings("series_limit")[0]["message"].as_str().unwrap();
        assert!(!message.contains("100 %"), "{message}");
    }
}

/// Most calls over the limit are for one name: it is named, and its share is a bound.
#[test]
fn a_noisy_subject() {
    let metrics = Metrics::new(Config::builder().max_series(1).build().unwrap()).unwrap();
    metrics.record_operation("first", ms(1));
    for n in 0..20_000_u32 {
        let name = if n % 10 < 7 {
            "noisy".to_owned()
        } else {
            format!("name-{}", n % 1000)
        };
        metrics.record_operation(&name, ms(1));
    }
    let page = page(&metrics);
    assert_eq!(page.json["engine"]["overflow_subject"], "noisy");
    let share = page.json["engine"]["overflow_subject_share"].as_f64().unwrap();
    assert!((0.35..=0.75).contains(&share), "{share}");
}

/// Seconds since the instance was made or last reset.
#[test]
fn the_window() {
    let begin = std::time::Instant::now();
    let metrics = Metrics::default_instance();
    let made = std::time::Instant::now();
    metrics.record_operation("op", ms(1));
    sleep_ms(100);
    let low = made.elapsed().as_secs_f64();
    let shown = page(&metrics);
    crate::clock::Bounds {
        low,
        high: begin.elapsed().as_secs_f64(),
    }
    .hold("window", shown.window_seconds());
    let begin = std::time::Instant::now();
    metrics.reset();
    let reset = std::time::Instant::now();
    metrics.record_operation("op", ms(1));
    sleep_ms(50);
    let low = reset.elapsed().as_secs_f64();
    let shown = page(&metrics);
    crate::clock::Bounds {
        low,
        high: begin.elapsed().as_secs_f64(),
    }
    .hold("window", shown.window_seconds());
}
