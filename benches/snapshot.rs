//! What reading costs: a snapshot and a report of 2,000 series, and what they hold; and what idling costs.
//!
//! `cargo bench --bench snapshot`. It prints Markdown and never fails on a time.

use std::hint::black_box;
use std::time::{Duration, Instant};

use aimlm::{Config, Metrics};

const SERIES: usize = 2_000;
const CALLS: u64 = 1_000;

/// Series with latencies over three decades, 1 µs to 1 ms.
fn filled(history_size: usize) -> Metrics {
    let config = Config::builder()
        .history_size(history_size)
        .build()
        .expect("settings in range");
    let metrics = Metrics::new(config).expect("settings in range");
    for number in 0..SERIES {
        let model = format!("model-{number}");
        for call in 0..CALLS {
            let duration = Duration::from_nanos(1_000 + call * 999);
            metrics.track_inference(&model).batch_size(8).record(duration);
        }
    }
    metrics
}

/// Milliseconds, best of five.
fn best<R>(mut what: impl FnMut() -> R) -> f64 {
    let once = |_| {
        let begun = Instant::now();
        black_box(what());
        begun.elapsed().as_secs_f64() * 1e3
    };
    (0..5).map(once).fold(f64::INFINITY, f64::min)
}

/// Seconds of processor time that this process used, in hundredths.
fn cpu_seconds() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let mut fields = stat.rsplit(')').next()?.split_whitespace().skip(11);
    let mut ticks = || fields.next()?.parse::<f64>().ok();
    Some((ticks()? + ticks()?) / 100.0)
}

fn main() {
    println!("| {SERIES} series of {CALLS} calls each | without history | history of 1,000 calls | budget |");
    println!("|---|--:|--:|---|");
    let (without, with) = (filled(0), filled(1_000));
    let snapshots = [&without, &with].map(|metrics| best(|| metrics.snapshot()));
    println!(
        "| snapshot | {:.1} ms | {:.1} ms | 20 ms |",
        snapshots[0], snapshots[1]
    );
    let reports = [&without, &with].map(|metrics| best(|| metrics.comprehensive_report()));
    println!(
        "| snapshot and report | {:.1} ms | {:.1} ms | – |",
        reports[0], reports[1]
    );
    let engines = [&without, &with].map(|metrics| metrics.snapshot().engine);
    let held = engines
        .each_ref()
        .map(|engine| engine.series_bytes as f64 / 1024.0 / SERIES as f64);
    println!(
        "| held for each series | {:.1} KiB | {:.1} KiB | 16 KiB, history apart |",
        held[0], held[1]
    );
    let ring = engines[0].ring_bytes as f64 / 1024.0 / engines[0].rings as f64;
    println!("| held for each thread | {ring:.1} KiB | {ring:.1} KiB | 16 KiB |");
    drop((without, with));

    let before = cpu_seconds();
    std::thread::sleep(Duration::from_secs(5));
    if let (Some(before), Some(after)) = (before, cpu_seconds()) {
        println!(
            "\nProcessor time while idle for 5 s: {:.0} ms; budget: none measurable.",
            (after - before) * 1e3
        );
    }
}
