//! The only door to atomics, cells and locks: `std`'s, or loom's under `--cfg loom`, or shuttle's under
//! `--cfg shuttle`.
//!
//! Statics need `const` constructors, which loom has not; what only statics use comes from [`fixed`] and is
//! the same under all.

pub(crate) use std::sync::atomic::Ordering;
#[cfg(not(any(loom, shuttle)))]
pub(crate) use std::sync::atomic::{AtomicU8, AtomicU32, AtomicU64, fence};
#[cfg(not(any(loom, shuttle, tsan)))]
pub(crate) use std::sync::{Mutex, MutexGuard};

#[cfg(not(any(loom, shuttle)))]
pub(crate) use crossbeam_utils::Backoff;
#[cfg(loom)]
pub(crate) use loom::sync::{
    Mutex, MutexGuard,
    atomic::{AtomicU8, AtomicU32, AtomicU64, fence},
};
#[cfg(any(loom, shuttle))]
pub(crate) use once_box::OnceBox;
#[cfg(not(any(loom, shuttle)))]
pub(crate) use once_cell::race::OnceBox;
#[cfg(shuttle)]
pub(crate) use shuttle::sync::{
    Mutex, MutexGuard,
    atomic::{AtomicU8, AtomicU32, AtomicU64, fence},
};
/// ThreadSanitizer does not see into the standard library's lock.
#[cfg(tsan)]
pub(crate) use spin::mutex::{SpinMutex as Mutex, SpinMutexGuard as MutexGuard};

/// Whether a model checker runs this: everything is then as small as it can be.
pub(crate) const IS_MODEL: bool = cfg!(any(loom, shuttle));

/// A model has nothing to gain from spinning: the others run.
#[cfg(any(loom, shuttle))]
pub(crate) struct Backoff;

#[cfg(any(loom, shuttle))]
impl Backoff {
    pub(crate) const fn new() -> Self {
        Self
    }

    pub(crate) fn snooze(&self) {
        #[cfg(loom)]
        loom::thread::yield_now();
        #[cfg(shuttle)]
        shuttle::thread::yield_now();
    }
}

/// Atomics of statics.
pub(crate) mod fixed {
    pub(crate) use crossbeam_utils::Backoff;
    pub(crate) use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64};
    pub(crate) use std::sync::{Mutex, OnceLock};

    pub(crate) use once_cell::race::{OnceBox, OnceRef};
}

/// An array of atomics that is made where it stays, on the heap: threads have stacks of 16 KiB.
pub(crate) fn boxed_array<T, const N: usize>(make: impl Fn() -> T) -> Box<[T; N]> {
    let made: Box<[T]> = (0..N).map(|_| make()).collect();
    made.try_into()
        .unwrap_or_else(|_| unreachable!("there are as many"))
}

/// How long a reader sleeps between two tries once it has tried for a while. Owners hold a lock for microseconds.
#[cfg(not(any(loom, shuttle)))]
const PAUSE: std::time::Duration = std::time::Duration::from_micros(50);

/// Locks, whether or not a thread panicked with the lock: what the locks here guard tells its next holder
/// itself if it was left half-changed.
///
/// Nobody who waits has to be woken: that would be a system call of the thread that unlocks, which may be one that calls.
#[cfg(not(any(loom, shuttle)))]
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    let backoff = Backoff::new();
    loop {
        if let Some(guard) = try_lock(mutex) {
            return guard;
        }
        if backoff.is_completed() {
            std::thread::sleep(PAUSE);
        } else {
            backoff.snooze();
        }
    }
}

/// The models' locks are seen by the model.
#[cfg(any(loom, shuttle))]
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

/// As [`lock`], but gives up at once if another thread holds it.
#[cfg(not(tsan))]
pub(crate) fn try_lock<T>(mutex: &Mutex<T>) -> Option<MutexGuard<'_, T>> {
    use std::sync::TryLockError;

    match mutex.try_lock() {
        Ok(guard) => Some(guard),
        Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
        Err(TryLockError::WouldBlock) => None,
    }
}

#[cfg(tsan)]
pub(crate) fn try_lock<T>(mutex: &Mutex<T>) -> Option<MutexGuard<'_, T>> {
    mutex.try_lock()
}

#[cfg(loom)]
mod once_box {
    /// What `once_cell`'s does, seen by loom: the first value set stays.
    pub(crate) struct OnceBox<T: 'static>(loom::sync::Mutex<Option<&'static T>>);

    impl<T: 'static> OnceBox<T> {
        pub(crate) fn new() -> Self {
            Self(loom::sync::Mutex::new(None))
        }

        pub(crate) fn get(&self) -> Option<&T> {
            *self.0.lock().unwrap()
        }

        pub(crate) fn set(&self, value: Box<T>) -> Result<(), Box<T>> {
            let mut slot = self.0.lock().unwrap();
            if slot.is_some() {
                return Err(value);
            }
            *slot = Some(Box::leak(value));
            Ok(())
        }

        pub(crate) fn get_or_init(&self, value: impl FnOnce() -> Box<T>) -> &T {
            if let Some(value) = self.get() {
                return value;
            }
            let _ = self.set(value());
            self.get().unwrap()
        }
    }
}

#[cfg(shuttle)]
mod once_box {
    use super::{AtomicU8, Ordering};

    /// `once_cell`'s, with a step before each look at it.
    pub(crate) struct OnceBox<T> {
        value: once_cell::race::OnceBox<T>,
        step: AtomicU8,
    }

    impl<T> OnceBox<T> {
        pub(crate) const fn new() -> Self {
            Self {
                value: once_cell::race::OnceBox::new(),
                step: AtomicU8::new(0),
            }
        }

        pub(crate) fn get(&self) -> Option<&T> {
            self.step.load(Ordering::Relaxed);
            self.value.get()
        }

        pub(crate) fn set(&self, value: Box<T>) -> Result<(), Box<T>> {
            self.step.load(Ordering::Relaxed);
            self.value.set(value)
        }

        pub(crate) fn get_or_init(&self, value: impl FnOnce() -> Box<T>) -> &T {
            if let Some(value) = self.get() {
                return value;
            }
            let value = value();
            self.step.load(Ordering::Relaxed);
            self.value.get_or_init(|| value)
        }
    }
}

/// Runs a model in every interleaving with at most three preemptions.
#[cfg(all(test, loom))]
pub(crate) fn model(run: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound.get_or_insert(3);
    builder.check(run);
}

#[cfg(all(test, target_os = "linux", not(any(loom, shuttle, tsan))))]
mod tests {
    use std::fs;
    use std::sync::mpsc;

    use super::*;

    /// Where a thread sleeps that is to be woken, the one that unlocks has to make a system call.
    #[test]
    fn who_waits_for_a_lock_is_woken_by_nobody() {
        let mutex = Mutex::new(0);
        let held = lock(&mutex);
        let (told, hears) = mpsc::channel();
        std::thread::scope(|scope| {
            let waits = scope.spawn(|| {
                told.send(fs::read_link("/proc/thread-self").unwrap()).unwrap();
                *lock(&mutex)
            });
            let thread = std::path::Path::new("/proc").join(hears.recv().unwrap());
            let (mut asleep, mut waits_for_others) = (0, 0);
            while asleep < 20 {
                // The number of the system call, or that it runs.
                let Ok(call) = fs::read_to_string(thread.join("syscall")) else {
                    break;
                };
                let number = call.split_whitespace().next().and_then(|word| word.parse().ok());
                asleep += u32::from(number.is_some());
                waits_for_others += u32::from(number == Some(libc::SYS_futex));
            }
            drop(held);
            waits.join().unwrap();
            assert_eq!(waits_for_others, 0, "of {asleep} times that it slept");
            assert!(asleep > 0, "this system does not say what a thread sleeps in");
        });
    }
}
