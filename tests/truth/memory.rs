//! Sampled memory: of the process, while calls are in flight.

use aimlm::{Config, Metrics};

use crate::clock::{ms, sleep_ms};
use crate::figures::{Page, page};
use crate::hand::succeed;

fn metrics(every_stage: bool) -> Metrics {
    let config = Config::builder()
        .memory_sample_interval(ms(5))
        .track_memory_usage(every_stage);
    Metrics::new(config.build().unwrap()).unwrap()
}

/// Waits until a report shows what is waited for.
#[track_caller]
fn until(metrics: &Metrics, shows: impl Fn(&Page) -> bool) {
    while !shows(&page(metrics)) {
        sleep_ms(10);
    }
}

/// The samples of each series of a subject.
fn samples(page: &Page, subject: &str) -> Vec<u64> {
    let series = page
        .snapshot
        .series
        .iter()
        .filter(|series| series.subject == subject);
    series
        .filter_map(|series| Some(series.memory.as_ref()?.samples))
        .collect()
}

/// Two label sets in flight at once see the same samples: each is one sample of the process.
#[test]
fn samples_of_two_devices() {
    let metrics = metrics(false);
    let outer = metrics.track_inference("m").device("a").track_memory().start();
    let inner = metrics.track_inference("m").device("b").track_memory().start();
    until(&metrics, |page| {
        let samples = samples(page, "m");
        samples.len() == 2 && samples.iter().all(|&n| n >= 8)
    });
    succeed(inner);
    succeed(outer);
    let page = page(&metrics);
    let longest = samples(&page, "m").into_iter().max().unwrap();
    assert_eq!(
        page.inference("m").memory("samples"),
        Some(longest as f64),
        "{:?}",
        samples(&page, "m")
    );
    let recent = &page.at(&["inference", "m", "calls", "sampled_memory", "recent_bytes"]);
    assert_eq!(recent.as_array().unwrap().len() as u64, longest.min(1000));
}

/// The setting reaches every stage.
#[test]
fn every_stage_is_sampled() {
    let metrics = metrics(true);
    let load = metrics.track_model_load("m").start();
    let step = metrics.track_training_step("m").start();
    let infer = metrics.track_inference("m").start();
    let op = metrics.track_operation("op").start();
    let task = metrics.track_distributed_task("t").start();
    until(&metrics, |page| {
        [("m", 3), ("op", 1), ("t", 1)].iter().all(|&(subject, series)| {
            let samples = samples(page, subject);
            samples.len() == series && samples.iter().all(|&n| n >= 5)
        })
    });
    let page = page(&metrics);
    for (what, calls) in [
        ("model load", page.model("m", "load")),
        ("step", page.training("m", "steps")),
        ("inference", page.inference("m")),
        ("operation", page.operation("op")),
        ("task", page.task("t")),
    ] {
        assert!(
            calls.memory("samples").is_some_and(|n| n > 0.0),
            "no samples of the {what}"
        );
    }
    succeed(load);
    succeed(step);
    succeed(infer);
    succeed(op);
    succeed(task);
}

/// What a call holds is in the samples taken meanwhile; smallest, mean and largest are in order.
#[test]
fn what_a_call_holds() {
    const HELD: usize = 96 << 20;
    let metrics = metrics(false);
    let call = metrics.track_operation("op").track_memory().start();
    // Each page written to, so that it is resident.
    let mut held = vec![0_u8; HELD];
    held.iter_mut().step_by(4096).for_each(|byte| *byte = 1);
    let before = samples(&page(&metrics), "op").iter().sum::<u64>();
    until(&metrics, |page| {
        samples(page, "op").iter().sum::<u64>() > before + 3
    });
    assert_eq!(
        held.iter().map(|byte| usize::from(*byte)).sum::<usize>(),
        HELD / 4096
    );
    drop(held);
    succeed(call);
    let page = page(&metrics);
    let calls = page.operation("op");
    let [min, mean, max, last] =
        ["min_bytes", "mean_bytes", "max_bytes", "last_bytes"].map(|member| calls.memory(member).unwrap());
    assert!(max >= HELD as f64, "{max}");
    assert!(
        min <= mean && mean <= max && min <= last && last <= max,
        "{min} {mean} {max} {last}"
    );
    let table = page.table("Memory of the process, sampled");
    crate::tables::shows("max", table.cell(&["operation", "op"], &["Max"]), max);
    crate::tables::shows("mean", table.cell(&["operation", "op"], &["Mean"]), mean);
}

/// No samples, no memory.
#[test]
fn nothing_without_asking() {
    let metrics = metrics(false);
    let call = metrics.track_operation("op").start();
    sleep_ms(30);
    succeed(call);
    assert_eq!(page(&metrics).operation("op").memory("samples"), None);
}

/// A call that was met has its samples: what is there after its end is not its own.
#[test]
fn none_after_calls_that_were_met() {
    let metrics = metrics(false);
    let read = || {
        let snapshot = metrics.snapshot();
        let series = snapshot.series.iter().find_map(|series| series.memory.as_ref());
        let samples = series.map_or(0, |memory| memory.samples);
        (samples, snapshot.engine.collector_sweeps)
    };
    let wait = |done: &dyn Fn() -> bool| {
        while !done() {
            sleep_ms(1);
        }
    };
    const ROUNDS: usize = 20;
    let mut after = 0;
    for _ in 0..ROUNDS {
        let before = read().0;
        let call = metrics.track_inference("m").track_memory().start();
        wait(&|| read().0 > before);
        succeed(call);
        let (samples, sweeps) = read();
        wait(&|| read().1 > sweeps + 4);
        after += usize::from(read().0 > samples);
    }
    // One that was being taken when the call ended comes after it.
    assert!(after <= ROUNDS / 2, "{after} of {ROUNDS}");
}
