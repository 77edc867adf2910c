//! What reading costs: a snapshot and a report of 2,000 series, what they hold, and what a thread that records
//! notices of it; and what idling costs.
//!
//! `cargo bench --bench snapshot`. It prints Markdown and never fails on a time.

use std::hint::black_box;
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use aimlm::{Config, Detail, Metrics, Report, track_operation};

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
            // In no order: 389 and 1,000 have no common divisor.
            let duration = Duration::from_nanos(1_000 + call * 389 % CALLS * 999);
            metrics.track_inference(&model).batch_size(8).record(duration);
        }
    }
    metrics
}

/// Milliseconds, best of fifteen.
fn best<R>(mut what: impl FnMut() -> R) -> f64 {
    let once = |_| {
        let begun = Instant::now();
        black_box(what());
        begun.elapsed().as_secs_f64() * 1e3
    };
    (0..15).map(once).fold(f64::INFINITY, f64::min)
}

/// Seconds of processor time that this process used, in hundredths.
fn cpu_seconds() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let mut fields = stat.rsplit(')').next()?.split_whitespace().skip(11);
    let mut ticks = || fields.next()?.parse::<f64>().ok();
    Some((ticks()? + ticks()?) / 100.0)
}

#[track_operation]
#[inline(never)]
fn annotated(x: u64) -> u64 {
    black_box(x)
}

/// Million records a second that one thread folds out of the rings of others, median of 21.
fn swept() -> Option<f64> {
    const THREADS: u64 = 16;
    const EACH: u64 = 250;
    const ROUNDS: usize = 21;
    let metrics = Metrics::global();
    let barrier = Barrier::new(THREADS as usize + 1);
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                for _ in 0..ROUNDS {
                    barrier.wait();
                    (0..EACH).for_each(|x| {
                        black_box(annotated(x));
                    });
                    barrier.wait();
                    barrier.wait();
                }
            });
        }
        let once = |_| {
            metrics.reset();
            let before = metrics.snapshot().engine.folded_by_others;
            barrier.wait();
            barrier.wait();
            let begun = Instant::now();
            let first = metrics.snapshot();
            let with = begun.elapsed();
            let begun = Instant::now();
            black_box(metrics.snapshot());
            let without = begun.elapsed();
            barrier.wait();
            let records = first.engine.folded_by_others - before;
            records as f64 / with.saturating_sub(without).as_secs_f64() / 1e6
        };
        let mut rates: Vec<f64> = (0..ROUNDS).map(once).filter(|rate| rate.is_finite()).collect();
        rates.sort_by(f64::total_cmp);
        rates.get(rates.len() / 2).copied()
    })
}

/// Milliseconds that memory alone takes: one load from each cache line that the calls of the histories lie in,
/// two slots of 24 bytes each, and fresh memory for the 14 bytes that each call takes in a snapshot.
fn floor() -> f64 {
    let live: Vec<Vec<u8>> = (0..SERIES).map(|_| vec![1; 48 * CALLS as usize]).collect();
    best(|| {
        let copied = live.iter().map(|slots| {
            let lines = slots.iter().step_by(64);
            black_box(lines.fold(0_u8, |all, byte| all | byte));
            slots[..14 * CALLS as usize].to_vec()
        });
        copied.collect::<Vec<_>>()
    })
}

/// Nanoseconds of an annotated call, alone and while another thread takes one snapshot after the other.
fn disturbed() -> [f64; 2] {
    const ROUND: u64 = 1_000_000;
    let once = || best(|| (0..ROUND).map(annotated).sum::<u64>()) * 1e6 / ROUND as f64;
    let alone = once();
    let done = AtomicBool::new(false);
    let beside = std::thread::scope(|scope| {
        scope.spawn(|| {
            // Relaxed: nothing else is published with it.
            while !done.load(Ordering::Relaxed) {
                black_box(Metrics::global().snapshot());
            }
        });
        let beside = once();
        done.store(true, Ordering::Relaxed);
        beside
    });
    [alone, beside]
}

fn main() {
    if let Some(rate) = swept() {
        println!("A reader folds {rate:.0} M records/s out of the rings of other threads; budget 40.\n");
    }
    println!("| {SERIES} series of {CALLS} calls each | without history | history of 1,000 calls | budget |");
    println!("|---|--:|--:|---|");
    let (without, with) = (filled(0), filled(1_000));
    let snapshots = [&without, &with].map(|metrics| best(|| metrics.snapshot()));
    println!(
        "| snapshot | {:.1} ms | {:.1} ms | 20 ms |",
        snapshots[0], snapshots[1]
    );
    let counters = [&without, &with].map(|metrics| best(|| metrics.snapshot_with(Detail::Counters)));
    println!(
        "| counters only | {:.1} ms | {:.1} ms | 5 ms |",
        counters[0], counters[1]
    );
    println!("| the same bytes, read and written | – | {:.1} ms | – |", floor());
    let reports = [&without, &with].map(|metrics| {
        let snapshot = metrics.snapshot();
        best(|| Report::new(&snapshot, metrics.config()))
    });
    println!(
        "| report of it | {:.1} ms | {:.1} ms | 40 ms |",
        reports[0], reports[1]
    );
    let both = [&without, &with].map(|metrics| best(|| metrics.report()));
    println!("| both | {:.1} ms | {:.1} ms | 60 ms |", both[0], both[1]);
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

    let [alone, beside] = disturbed();
    println!(
        "\nAn annotated call takes {alone:.1} ns, and {beside:.1} ns while another thread takes snapshots; budget: \
         undisturbed."
    );

    let before = cpu_seconds();
    std::thread::sleep(Duration::from_secs(5));
    if let (Some(before), Some(after)) = (before, cpu_seconds()) {
        println!(
            "\nProcessor time while idle for 5 s: {:.0} ms; budget: none measurable.",
            (after - before) * 1e3
        );
    }
}
