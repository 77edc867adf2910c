use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;
use std::time::{Duration, Instant};

use super::cost::of_a_call;
use super::reserves;
use crate::cell::STORE;
use crate::clock::{self, Rate};
use crate::console;
use crate::process;
use crate::ring::{self, REGISTRY, on_fork};
use crate::sampler::{self, MemorySampler};
use crate::series::{GLOBAL, intervals};
use crate::sync::Ordering;
use crate::sync::fixed::{AtomicBool, AtomicU64, OnceLock};

static RUNNING: AtomicBool = AtomicBool::new(false);
static SWEEPS: AtomicU64 = AtomicU64::new(0);
static RESTARTS: AtomicU64 = AtomicU64::new(0);
static BUSY_NS: AtomicU64 = AtomicU64::new(0);
/// Bits of what recording a call costs, in nanoseconds; 0 until it was measured.
static CALL_COST: AtomicU64 = AtomicU64::new(0);
/// What a test does to the collector.
static HOOK: OnceLock<fn()> = OnceLock::new();
/// How often its thread could not be started.
static START_FAILURES: AtomicU64 = AtomicU64::new(0);
/// From when on, in ticks, the next start may be tried.
static NEXT_START: AtomicU64 = AtomicU64::new(0);

/// How long after a start that failed the next is tried at the earliest.
const START_INTERVAL: Duration = Duration::from_secs(1);
/// How long it sleeps at most while nothing is recorded.
const IDLE_INTERVAL: Duration = Duration::from_secs(1);
const ANCHOR_INTERVAL: Duration = Duration::from_secs(1);
/// How soon it anchors the clock for the first time: until then durations are as good as a calibration of half
/// a millisecond.
const FIRST_ANCHOR: Duration = Duration::from_millis(10);

/// How the collector stands at one moment.
pub(crate) struct CollectorReading {
    pub(crate) sweeps: u64,
    pub(crate) restarts: u64,
    pub(crate) busy: Duration,
    pub(crate) memory_failures: u64,
    pub(crate) start_failures: u64,
    /// In nanoseconds.
    pub(crate) call_cost: Option<f64>,
}

pub(crate) fn read() -> CollectorReading {
    // Relaxed: statistics.
    CollectorReading {
        sweeps: SWEEPS.load(Ordering::Relaxed),
        restarts: RESTARTS.load(Ordering::Relaxed),
        busy: Duration::from_nanos(BUSY_NS.load(Ordering::Relaxed)),
        memory_failures: sampler::failures(),
        start_failures: START_FAILURES.load(Ordering::Relaxed),
        call_cost: Some(CALL_COST.load(Ordering::Relaxed))
            .filter(|&bits| bits != 0)
            .map(f64::from_bits),
    }
}

/// Runs `hook` on the collector's thread before each of its rounds. For tests, which hold it up with it, or let it
/// panic; the first hook is the one.
pub fn before_each_round(hook: fn()) {
    let _ = HOOK.set(hook);
}

/// Starts the collector unless it runs, or a start failed a moment ago.
#[inline]
pub(crate) fn ensure_running() {
    // Relaxed: whoever is too early to see it asks again below.
    if !RUNNING.load(Ordering::Relaxed) {
        start();
    }
}

/// Starts the collector if that was tried in vain.
pub(crate) fn try_again() {
    // Relaxed: a statistic.
    if START_FAILURES.load(Ordering::Relaxed) > 0 {
        ensure_running();
    }
}

/// Gives back the numbers of dropped instances' series where they come faster than the collector does. It waits for
/// rings that are being folded, so it is not for annotated calls.
pub fn keep_up() {
    if STORE.should_recycle() {
        STORE.recycle(ring::sweep);
    }
}

#[cold]
fn start() {
    on_fork(begin_in_child);
    // Relaxed: at worst one start more is tried.
    if clock::ticks() < NEXT_START.load(Ordering::Relaxed) {
        return;
    }
    // AcqRel: of several, one starts it; pairs with the Release of a start that failed.
    if RUNNING.swap(true, Ordering::AcqRel) {
        return;
    }
    if process::spawn("aimlm-collector", supervise).is_err() {
        let next = clock::ticks().saturating_add(Rate::current().ticks(START_INTERVAL));
        NEXT_START.store(next, Ordering::Relaxed);
        START_FAILURES.fetch_add(1, Ordering::Relaxed);
        RUNNING.store(false, Ordering::Release);
    }
}

/// A forked child has no collector, and nothing that one did. Only stores: see `on_fork`.
fn begin_in_child() {
    // Relaxed: on the child's only thread.
    for number in [&SWEEPS, &RESTARTS, &BUSY_NS, &START_FAILURES, &NEXT_START] {
        number.store(0, Ordering::Relaxed);
    }
    RUNNING.store(false, Ordering::Relaxed);
    sampler::forget_failures();
}

/// Runs the collector, and starts it again if it fails.
fn supervise() {
    while catch_unwind(AssertUnwindSafe(|| Collector::new().run())).is_err() {
        // Relaxed, as in the rounds: statistics.
        RESTARTS.fetch_add(1, Ordering::Relaxed);
        thread::sleep(IDLE_INTERVAL);
    }
}

struct Collector {
    memory: MemorySampler,
    /// When it anchored the clock; none before the first time.
    anchored: Option<Instant>,
    interval: Duration,
}

impl Collector {
    fn new() -> Self {
        Self {
            memory: MemorySampler::new(),
            anchored: None,
            interval: intervals::flush(),
        }
    }

    fn run(mut self) {
        // Before threads fold for the first time.
        reserves::refill();
        say_what_is_not_taken();
        thread::sleep(self.interval.min(FIRST_ANCHOR));
        loop {
            if let Some(hook) = HOOK.get() {
                hook();
            }
            let (folded, tracked) = self.round();
            #[cfg(target_os = "linux")]
            process::end_if_alone();
            self.interval = next_interval(self.interval, folded > 0, tracked);
            thread::sleep(self.interval);
        }
    }

    /// Does once what there is to do. Gives how many records it met, and whether any series tracks memory.
    fn round(&mut self) -> (u64, bool) {
        // Not while the program starts. Relaxed: no other thread writes any of these.
        if SWEEPS.load(Ordering::Relaxed) == 1 {
            CALL_COST.store(of_a_call().unwrap_or(0.0).to_bits(), Ordering::Relaxed);
        }
        let begun = Instant::now();
        let folded = REGISTRY.sweep_quiet();
        let tracked = self.memory.sample(begun);
        self.keep_the_clock_true(begun);
        STORE.recycle(ring::sweep);
        reserves::refill();
        REGISTRY.make_one_ready();
        SWEEPS.fetch_add(1, Ordering::Relaxed);
        BUSY_NS.fetch_add(begun.elapsed().as_nanos() as u64, Ordering::Relaxed);
        (folded, tracked)
    }

    fn keep_the_clock_true(&mut self, now: Instant) {
        let is_due = self
            .anchored
            .is_none_or(|anchored| now.saturating_duration_since(anchored) >= ANCHOR_INTERVAL);
        if is_due && clock::anchor() {
            self.anchored = Some(now);
        }
    }
}

/// Says once, on standard error, what of the global instance's configuration was not taken. Here, and not where the
/// configuration is read: writing may take a while.
fn say_what_is_not_taken() {
    static SAID: AtomicBool = AtomicBool::new(false);
    let lines = GLOBAL
        .not_taken()
        .map(|line| format!("aimlm configuration: {line}"));
    let lines = lines.collect::<Vec<_>>().join("\n");
    // Relaxed: of several collectors, one says it.
    if !lines.is_empty() && !SAID.swap(true, Ordering::Relaxed) {
        console::say_as_it_is(lines);
    }
}

/// Twice the last while nothing happens, up to a second: an idle program costs no measurable time.
fn next_interval(last: Duration, active: bool, tracked: bool) -> Duration {
    if tracked {
        intervals::memory_sample().min(intervals::flush())
    } else if active {
        intervals::flush()
    } else {
        (last * 2).min(IDLE_INTERVAL.max(intervals::flush()))
    }
}
