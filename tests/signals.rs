//! Signals go to the threads that the program meant them for.
#![cfg(unix)]
#![allow(unsafe_code)]

#[path = "support/process.rs"]
mod process;

use std::panic::catch_unwind;
use std::thread;
use std::time::{Duration, Instant};

use aimlm::{Config, Metrics, track_operation};
use process::in_own_process;

#[track_operation]
fn work() {}

fn set_of(signals: &[libc::c_int]) -> libc::sigset_t {
    let mut set = std::mem::MaybeUninit::uninit();
    // SAFETY: empties the set that it is given.
    unsafe { libc::sigemptyset(set.as_mut_ptr()) };
    // SAFETY: emptied just now.
    let mut set = unsafe { set.assume_init() };
    for &signal in signals {
        // SAFETY: the set is one.
        unsafe { libc::sigaddset(&raw mut set, signal) };
    }
    set
}

fn blocked() -> libc::sigset_t {
    let mut set = set_of(&[]);
    // SAFETY: without a new set it only reads.
    unsafe { libc::pthread_sigmask(libc::SIG_BLOCK, std::ptr::null(), &raw mut set) };
    set
}

fn is_in(set: &libc::sigset_t, signal: libc::c_int) -> bool {
    // SAFETY: the set is one.
    unsafe { libc::sigismember(set, signal) == 1 }
}

const SIGNALS: [libc::c_int; 5] = [
    libc::SIGTERM,
    libc::SIGINT,
    libc::SIGHUP,
    libc::SIGUSR1,
    libc::SIGALRM,
];

/// A collector that is at it all the time.
fn configure() {
    let config = Config::builder().flush_interval(Duration::from_millis(1));
    Metrics::init_global(config.build().unwrap()).unwrap();
}

/// Makes a call, then blocks signals on its only thread, as programs do that wait for them with `sigwait` or
/// `signalfd`, and waits.
fn wait_for_signals() {
    configure();
    work();
    let deadline = Instant::now() + Duration::from_secs(60);
    while Metrics::global().snapshot().engine.collector_sweeps == 0 {
        assert!(Instant::now() < deadline, "the collector does not run");
        thread::sleep(Duration::from_millis(1));
    }
    let set = set_of(&SIGNALS);
    // SAFETY: the set outlives the call.
    unsafe { libc::pthread_sigmask(libc::SIG_BLOCK, &raw const set, std::ptr::null_mut()) };
    // SAFETY: reads a number.
    let own = unsafe { libc::getpid() };
    for signal in SIGNALS.repeat(20) {
        // SAFETY: takes numbers.
        assert_eq!(unsafe { libc::kill(own, signal) }, 0);
        let mut got = 0;
        // SAFETY: both outlive the call.
        assert_eq!(unsafe { libc::sigwait(&raw const set, &raw mut got) }, 0);
        assert_eq!(got, signal);
    }
}

#[test]
fn a_program_that_waits_for_its_signals_gets_them() {
    let _ = in_own_process("a_program_that_waits_for_its_signals_gets_them", || {
        // In a fork, which does not have the threads of the harness.
        // SAFETY: the child leaves by `_exit`; the C library keeps its allocator usable there.
        let pid = unsafe { libc::fork() };
        if pid == 0 {
            let code = i32::from(catch_unwind(wait_for_signals).is_err());
            // SAFETY: takes a number, and does not return.
            unsafe { libc::_exit(code) };
        }
        let mut status = 0;
        // SAFETY: `status` outlives the call.
        assert_eq!(unsafe { libc::waitpid(pid, &raw mut status, 0) }, pid);
        assert_eq!(status, 0, "ended by signal {}", libc::WTERMSIG(status));
    });
}

#[test]
fn a_first_call_leaves_what_its_thread_blocks() {
    let _ = in_own_process("a_first_call_leaves_what_its_thread_blocks", || {
        let set = set_of(&[libc::SIGUSR2]);
        // SAFETY: the set outlives the call.
        unsafe { libc::pthread_sigmask(libc::SIG_BLOCK, &raw const set, std::ptr::null_mut()) };
        let before = blocked();
        configure();
        work();
        let after = blocked();
        for signal in 1..32 {
            assert_eq!(is_in(&before, signal), is_in(&after, signal), "{signal}");
        }
    });
}

/// The masks of all threads of this process whose name is this.
#[cfg(target_os = "linux")]
fn masks_of(name: &str) -> Vec<u64> {
    let text = |path: std::path::PathBuf| std::fs::read_to_string(path).unwrap_or_default();
    let tasks = std::fs::read_dir("/proc/self/task").unwrap();
    let tasks = tasks.map(|task| task.unwrap().path());
    let named = tasks.filter(|task| text(task.join("comm")).trim() == name);
    let status = named.map(|task| text(task.join("status")));
    status
        .filter_map(|status| {
            let line = status.lines().find_map(|line| line.strip_prefix("SigBlk:"))?;
            u64::from_str_radix(line.trim(), 16).ok()
        })
        .collect()
}

#[cfg(target_os = "linux")]
#[test]
fn the_collector_takes_no_signal() {
    let _ = in_own_process("the_collector_takes_no_signal", || {
        configure();
        work();
        let deadline = Instant::now() + Duration::from_secs(60);
        while masks_of("aimlm-collector").is_empty() {
            assert!(Instant::now() < deadline, "there is no collector");
            thread::sleep(Duration::from_millis(1));
        }
        let [mask] = masks_of("aimlm-collector")[..] else {
            panic!("one collector")
        };
        for signal in 1..32 {
            let can_be_blocked = ![libc::SIGKILL, libc::SIGSTOP].contains(&signal);
            assert_eq!(mask >> (signal - 1) & 1 == 1, can_be_blocked, "{signal}");
        }
    });
}
