//! Busy neighbours: what a call costs on a machine that others share.
//!
//! A busy thread is pinned to every processor but those that are spared, and the threads that are measured to these, so
//! that whatever two processors have in common (a core's execution units and first cache, the last cache, the memory) is
//! in use all the time. How much that is differs from machine to machine: [`slowdown`] says it for this one.

use std::cell::Cell;
use std::hint::black_box;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock, mpsc};
use std::thread::JoinHandle;
use std::time::Instant;

use affinity::{allowed_now, pin_to, processor_time};

/// Busy threads, until they are dropped.
pub(crate) struct Neighbours {
    is_over: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl Neighbours {
    /// A busy thread on each processor but the first so many; why not, where none is left or it may not be pinned.
    pub(crate) fn sparing(processors: usize) -> Result<Self, String> {
        let all = allowed()?;
        if all.len() <= processors {
            return Err(format!(
                "no processor is left for a neighbour: {} of {} are measured on",
                processors,
                all.len()
            ));
        }
        let mut neighbours = Self {
            is_over: Arc::default(),
            threads: Vec::new(),
        };
        for &processor in &all[processors..] {
            let (is_over, (told, pinned)) = (Arc::clone(&neighbours.is_over), mpsc::sync_channel(1));
            neighbours.threads.push(std::thread::spawn(move || {
                let is_pinned = pin_to(&[processor]);
                let may_work = is_pinned.is_ok();
                // The receiver waits for it.
                let _ = told.send(is_pinned);
                if may_work {
                    work_until(&is_over);
                }
            }));
            pinned.recv().map_err(|error| error.to_string())??;
        }
        Ok(neighbours)
    }
}

impl Drop for Neighbours {
    fn drop(&mut self) {
        // Relaxed: nothing else is handed over, and the thread is joined.
        self.is_over.store(true, Ordering::Relaxed);
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

/// Four chains of arithmetic that wait for each other as little as a core allows, and a store for each.
fn work_until(is_over: &AtomicBool) {
    let mut lines = vec![0_u64; 16 << 10 >> 3];
    let mut chains = [1_u64, 2, 3, 4];
    // Relaxed: see where it is stored.
    while !is_over.load(Ordering::Relaxed) {
        for _ in 0..1_000 {
            spin(&mut chains);
            for chain in chains {
                let at = chain as usize % lines.len();
                lines[at] = lines[at].wrapping_add(chain);
            }
        }
        black_box(&lines);
    }
}

#[inline(always)]
fn spin(chains: &mut [u64; 4]) {
    for chain in &mut *chains {
        *chain ^= *chain << 13;
        *chain ^= *chain >> 7;
        *chain ^= *chain << 17;
    }
}

/// The processors that the process may use: asked once, before a thread that asks is pinned.
fn allowed() -> Result<&'static [usize], String> {
    static ALLOWED: OnceLock<Result<Vec<usize>, String>> = OnceLock::new();
    ALLOWED.get_or_init(allowed_now).as_deref().map_err(Clone::clone)
}

/// Keeps this thread, and those it starts from now on, on the first so many processors that the process may use.
pub(crate) fn pin_to_first(processors: usize) -> Result<(), String> {
    let all = allowed()?;
    pin_to(&all[..processors.min(all.len())])?;
    IS_PINNED.set(true);
    Ok(())
}

thread_local! {
    static IS_PINNED: Cell<bool> = const { Cell::new(false) };
}

/// Nanoseconds that something takes. Of a pinned thread they are those of its processor: it can not go where others are
/// not, and what it waits for its turn beside other programs belongs to no call.
#[inline(always)]
pub(crate) fn nanoseconds_of(what: impl FnOnce()) -> f64 {
    let is_pinned = IS_PINNED.get();
    let before = is_pinned.then(processor_time);
    let begun = Instant::now();
    what();
    let took = match before {
        Some(before) => processor_time().saturating_sub(before),
        None => begun.elapsed(),
    };
    took.as_nanos() as f64
}

/// How many times as long arithmetic takes on the first processor while all others are busy: 1 where they share nothing
/// that it needs, up to 2 where they are the other half of its core.
pub(crate) fn slowdown() -> Result<f64, String> {
    let thread = std::thread::spawn(|| {
        pin_to_first(1)?;
        let mut turns = Vec::new();
        for _ in 0..11 {
            let alone = arithmetic();
            let beside = {
                let _neighbours = Neighbours::sparing(1)?;
                arithmetic()
            };
            turns.push(beside / alone);
        }
        turns.sort_by(f64::total_cmp);
        Ok(turns[turns.len() / 2])
    });
    thread
        .join()
        .unwrap_or_else(|_| Err("a measuring thread panicked".to_owned()))
}

/// Nanoseconds, best of five.
fn arithmetic() -> f64 {
    let once = |_| {
        let mut chains = [1_u64, 2, 3, 4];
        nanoseconds_of(|| {
            for _ in 0..1_000_000 {
                spin(&mut chains);
            }
            black_box(chains);
        })
    };
    (0..5).map(once).fold(f64::INFINITY, f64::min)
}

#[cfg(target_os = "linux")]
mod affinity {
    use std::time::Duration;

    use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
    use nix::time::{ClockId, clock_gettime};
    use nix::unistd::Pid;

    pub(super) fn allowed_now() -> Result<Vec<usize>, String> {
        let set = sched_getaffinity(Pid::from_raw(0)).map_err(|error| error.to_string())?;
        Ok((0..CpuSet::count())
            .filter(|&processor| set.is_set(processor).unwrap_or(false))
            .collect())
    }

    /// What this thread used of a processor.
    pub(super) fn processor_time() -> Duration {
        clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).map_or(Duration::ZERO, Duration::from)
    }

    pub(super) fn pin_to(processors: &[usize]) -> Result<(), String> {
        let mut set = CpuSet::new();
        let refused =
            |error: nix::Error| format!("the system does not pin to processors {processors:?}: {error}");
        for &processor in processors {
            set.set(processor).map_err(refused)?;
        }
        sched_setaffinity(Pid::from_raw(0), &set).map_err(refused)
    }
}

#[cfg(not(target_os = "linux"))]
mod affinity {
    use std::time::Duration;

    const NOT_HERE: &str = "threads are pinned on Linux alone";

    pub(super) fn allowed_now() -> Result<Vec<usize>, String> {
        Err(NOT_HERE.to_owned())
    }

    pub(super) fn processor_time() -> Duration {
        Duration::ZERO
    }

    pub(super) fn pin_to(_: &[usize]) -> Result<(), String> {
        Err(NOT_HERE.to_owned())
    }
}
