//! Everything at once, for as long as asked, with the books checked to the last call:
//! `cargo run --release -p aimlm-benches --bin soak -- --minutes 30`.
//!
//! Workers make random calls of every stage, among them errors, panics, cancellations, guards that end on
//! other threads, values and new subjects; threads come and go. Meanwhile reports, exports and resets. Every ten
//! seconds the workers pause, and what was recorded must be what was made. Resident memory must be flat in
//! the second half of the time, once the first has warmed it up. The process fails if either does not hold.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, RwLock};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::{Duration, Instant};

use aimlm::{Config, Guard, Metrics, Outcome, Outcomes, Snapshot, stage, track_inference, track_operation};

const WORKERS: u64 = 8;
const ROUND: Duration = Duration::from_secs(10);
/// How many times as much memory as after warming up is still flat.
const FLAT: f64 = 1.1;

struct Random(u64);

impl Random {
    const fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % n
    }
}

/// Calls made, by outcome, and how many began.
#[derive(Default)]
struct Made {
    ended: [AtomicU64; 4],
    begun: AtomicU64,
}

impl Made {
    fn begin(&self) {
        self.begun.fetch_add(1, Ordering::Relaxed);
    }

    fn add(&self, outcome: Outcome, calls: u64) {
        self.ended[outcome as usize].fetch_add(calls, Ordering::Relaxed);
    }

    /// What has begun, and what has ended by outcome.
    fn read(&self) -> Books {
        Books {
            begun: self.begun.load(Ordering::Relaxed),
            ended: self.ended.each_ref().map(|calls| calls.load(Ordering::Relaxed)),
        }
    }
}

/// Calls that began and ended, of a whole soak, of one window, or of several.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Books {
    begun: u64,
    ended: [u64; 4],
}

impl Books {
    fn add(self, other: Self) -> Self {
        Self {
            begun: self.begun + other.begun,
            ended: std::array::from_fn(|at| self.ended[at] + other.ended[at]),
        }
    }
}

const fn counts(outcomes: Outcomes) -> [u64; 4] {
    [outcomes.ok, outcomes.error, outcomes.panicked, outcomes.cancelled]
}

/// What the window of a snapshot holds: what was in flight when it began had begun before.
fn total(snapshot: &Snapshot) -> Books {
    assert_eq!(snapshot.engine.internal_faults, 0);
    let (mut sum, mut begun) = (Outcomes::default(), 0);
    for series in &snapshot.series {
        sum.merge(&series.outcomes);
        begun += series.started - series.carried;
    }
    Books {
        begun,
        ended: counts(sum),
    }
}

#[track_inference(model = "fixed", batch_size = n)]
fn infer(n: u64) -> Result<u64, &'static str> {
    match n % 16 {
        0 => Err("no"),
        1 => resume_unwind(Box::new(())),
        _ => Ok(n),
    }
}

#[track_operation(name = format!("subject {}", n % 3000))]
fn named(n: u64) {}

#[track_operation]
async fn waits(polls: u64) {
    let mut left = polls;
    std::future::poll_fn(|_| match left {
        0 => Poll::Ready(()),
        _ => {
            left -= 1;
            Poll::Pending
        }
    })
    .await;
}

fn poll(future: impl Future<Output = ()>, times: u64) {
    let mut future = pin!(future);
    for _ in 0..times {
        let _ = future.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    }
}

struct Soak {
    metrics: Metrics,
    made: Made,
    held: Mutex<Vec<Guard<stage::TrainingStep>>>,
    /// Workers read, who checks the books writes.
    working: RwLock<()>,
    stop: AtomicBool,
}

impl Soak {
    fn act(&self, random: &mut Random) {
        let n = random.below(1 << 20);
        let what = random.below(16);
        // Not a guard's end, nor a sample, nor what another instance records.
        if !matches!(what, 12 | 13 | 15) {
            self.made.begin();
        }
        match what {
            0..8 => match catch_unwind(AssertUnwindSafe(|| infer(n))) {
                Ok(Ok(_)) => self.made.add(Outcome::Ok, 1),
                Ok(Err(_)) => self.made.add(Outcome::Error, 1),
                Err(_) => self.made.add(Outcome::Panicked, 1),
            },
            8 => {
                named(n);
                self.made.add(Outcome::Ok, 1);
            }
            9 => {
                poll(waits(3), 4);
                self.made.add(Outcome::Ok, 1);
            }
            10 => {
                poll(waits(3), 1 + n % 3);
                self.made.add(Outcome::Cancelled, 1);
            }
            11 => {
                let guard = self.metrics.track_training_step("model").step(n).start();
                self.held.lock().unwrap().push(guard);
            }
            12 => {
                if let Some(guard) = self.held.lock().unwrap().pop() {
                    guard.fail_with(["timeout", "refused"][n as usize % 2]);
                    self.made.add(Outcome::Error, 1);
                }
            }
            13 => {
                self.metrics
                    .record_training_stats("model", n)
                    .loss(1.0 / n as f64)
                    .record();
            }
            14 => {
                self.record(n, Duration::from_nanos(n * n));
                self.made.add(Outcome::Ok, 1);
            }
            _ => {
                // An instance of its own, gone a moment later.
                let own = Metrics::new(Config::builder().max_series(4).build().unwrap()).unwrap();
                own.record_inference("own", Duration::from_micros(n));
                assert_eq!(own.snapshot().series[0].outcomes.ok, 1);
            }
        }
    }

    /// A call of any other stage.
    fn record(&self, n: u64, time: Duration) {
        let metrics = &self.metrics;
        match n % 14 {
            0 => metrics.record_model_load("model", time),
            1 => metrics.record_model_initialization("model", time),
            2 => metrics.record_training_epoch("model", time),
            3 => metrics.record_validation("model", time),
            4 => metrics.record_dataset_load("data", time),
            5 => metrics.record_dataset_preprocessing("data", time),
            6 => metrics.record_distributed_task("task", time),
            7 => metrics.record_communication("all_reduce", time),
            8 => metrics.record_data_loading("images", n, time),
            9 => metrics.record_checkpoint_save("model", n, time),
            10 => metrics.record_checkpoint_load("model", n, time),
            11 => metrics.record_sync_operation("barrier", n, time),
            _ => metrics.track_dataset_load("data").size_bytes(n).record(time),
        }
    }

    fn work(&self, seed: u64) {
        let mut random = Random(seed);
        while !self.stop.load(Ordering::Relaxed) {
            let _working = self.working.read().unwrap();
            // A thread that lives as long as this batch.
            thread::scope(|scope| {
                let mut short = Random(random.0 ^ 0x5555);
                scope.spawn(move || (0..200).for_each(|_| self.act(&mut short)));
                (0..5_000).for_each(|_| self.act(&mut random));
            });
        }
    }

    /// Reports, exports and resets until the round is over; gives what the resets took.
    fn report(&self, until: Instant, folder: &std::path::Path) -> Books {
        let mut taken = Books::default();
        for turn in 0_u64.. {
            if Instant::now() >= until {
                break;
            }
            match turn % 6 {
                0 => drop(total(&self.metrics.snapshot())),
                1 => self.metrics.export(folder.join("report.json")).unwrap(),
                2 => self.metrics.export(folder.join("report.md")).unwrap(),
                3 => self.metrics.export(folder.join("report.txt")).unwrap(),
                4 => drop(self.metrics.report().to_markdown()),
                _ => taken = taken.add(total(&self.metrics.snapshot_and_reset())),
            }
            thread::sleep(Duration::from_millis(20));
        }
        taken
    }
}

fn mib(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}

fn resident_mib() -> f64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = statm
        .split_whitespace()
        .nth(1)
        .and_then(|pages| pages.parse::<u64>().ok());
    mib(pages.unwrap_or(0) * 4096)
}

fn minutes() -> f64 {
    let mut arguments = std::env::args()
        .skip_while(|argument| argument != "--minutes")
        .skip(1);
    arguments
        .next()
        .map_or(1.0, |minutes| minutes.parse().expect("--minutes takes a number"))
}

/// Resident memory as the soak goes on.
struct Memory {
    begun: Instant,
    end: Instant,
    /// The most in the first half, while it warms up, and in the second, in MiB.
    warm: f64,
    most: f64,
}

impl Memory {
    fn look(&mut self) -> f64 {
        let now = resident_mib();
        let half = if self.begun.elapsed() * 2 <= self.end - self.begun {
            &mut self.warm
        } else {
            &mut self.most
        };
        *half = half.max(now);
        now
    }

    /// How many times as much as after warming up; none where the system does not say, or the time was short.
    fn ratio(&self) -> Option<f64> {
        (self.warm > 0.0).then_some(self.most / self.warm)
    }
}

/// Stops the workers however the scope ends, which waits for them.
struct Stops<'a>(&'a AtomicBool);

impl Drop for Stops<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Soak {
    /// Between two rounds, while nobody works: what was made must be what was recorded. Gives what was in flight.
    fn check(&self, snapshot: &Snapshot, taken: Books) -> u64 {
        let (made, seen) = (self.made.read(), taken.add(total(snapshot)));
        assert_eq!(
            made, seen,
            "begun, and ended ok, error, panicked, cancelled: made and seen"
        );
        let in_flight: u64 = snapshot.series.iter().map(|series| series.in_flight).sum();
        assert_eq!(in_flight, self.held.lock().unwrap().len() as u64);
        in_flight
    }

    /// One round after the other until the end; gives what the resets took.
    fn rounds(&self, memory: &mut Memory, folder: &std::path::Path) -> Books {
        let mut taken = Books::default();
        while Instant::now() < memory.end {
            taken = taken.add(self.report((Instant::now() + ROUND).min(memory.end), folder));
            let paused = self.working.write().unwrap();
            let snapshot = self.metrics.snapshot();
            let in_flight = self.check(&snapshot, taken);
            let engine = &snapshot.engine;
            println!(
                "{:7.0} {:14} {:9.1} {:9.1} {in_flight:10}  {} / {} / {}",
                memory.begun.elapsed().as_secs_f64(),
                self.made.read().ended.iter().sum::<u64>(),
                memory.look(),
                mib(engine.series_bytes + engine.ring_bytes + engine.shared_bytes),
                engine.folded_by_owner,
                engine.folded_by_others,
                engine.added_directly
            );
            // The guards that no thread took would be memory of this program's, not of aimlm.
            let held = std::mem::take(&mut *self.held.lock().unwrap());
            self.made.add(Outcome::Ok, held.len() as u64);
            held.into_iter().for_each(Guard::ok);
            drop(paused);
        }
        taken
    }
}

fn main() {
    let config = Config::builder()
        .flush_interval(Duration::from_millis(1))
        .build()
        .unwrap();
    let soak = Soak {
        metrics: Metrics::init_global(config).unwrap(),
        made: Made::default(),
        held: Mutex::default(),
        working: RwLock::new(()),
        stop: AtomicBool::new(false),
    };
    let folder = std::env::temp_dir().join(format!("aimlm-soak-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let begun = Instant::now();
    let mut memory = Memory {
        begun,
        end: begun + Duration::from_secs_f64(minutes() * 60.0),
        warm: 0.0,
        most: 0.0,
    };
    println!("      s          calls   RSS MiB  held MiB  in flight  folded by owner / others / directly");
    let taken = thread::scope(|scope| {
        let _stops = Stops(&soak.stop);
        for seed in 1..=WORKERS {
            let soak = &soak;
            scope.spawn(move || soak.work(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15)));
        }
        soak.rounds(&mut memory, &folder)
    });
    let _ = std::fs::remove_dir_all(&folder);
    let snapshot = soak.metrics.snapshot();
    let in_flight = soak.check(&snapshot, taken);
    let calls: u64 = soak.made.read().ended.iter().sum();
    println!("books exact: {calls} calls, {in_flight} in flight");
    let Some(ratio) = memory.ratio() else {
        println!("resident memory was not judged: the time was too short");
        return;
    };
    println!("resident memory {ratio:.2} times that after warming up; up to {FLAT} is flat");
    if ratio > FLAT {
        std::process::exit(1);
    }
}
