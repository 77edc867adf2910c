//! The end of a process: whoever asks for a report before it gets every call, and nothing hangs or crashes.
#![allow(unsafe_code)]

#[path = "support/process.rs"]
mod process;
mod support;

use std::sync::Barrier;
use std::thread;

use aimlm::{Stage, track_operation};
use process::in_own_process;
use support::one;

#[track_operation]
fn work() {}

fn count() -> u64 {
    one(Stage::Operation, "work").outcomes.ok
}

/// Whether a process said this on a line of its own. What the test harness prints may stand before it.
fn said(output: &std::process::Output, words: &str) -> bool {
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .any(|line| line.ends_with(words))
}

#[test]
fn a_report_before_process_exit_has_what_is_still_in_rings() {
    let output = in_own_process("a_report_before_process_exit_has_what_is_still_in_rings", || {
        let threads: Vec<_> = (0..4)
            .map(|_| thread::spawn(|| (0..700).for_each(|_| work())))
            .collect();
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        (0..77).for_each(|_| work());
        println!("\ncalls: {}", count());
        std::process::exit(0);
    });
    assert!(said(&output.unwrap(), "calls: 2877"));
}

#[test]
fn threads_that_still_call_at_the_end_of_the_process_do_no_harm() {
    let output = in_own_process(
        "threads_that_still_call_at_the_end_of_the_process_do_no_harm",
        || {
            static STARTED: Barrier = Barrier::new(9);
            for _ in 0..8 {
                thread::spawn(|| {
                    work();
                    STARTED.wait();
                    loop {
                        work();
                    }
                });
            }
            STARTED.wait();
            let before = count();
            assert!(before >= 8);
            assert!(count() >= before);
            println!("\nleft");
            std::process::exit(0);
        },
    );
    assert!(said(&output.unwrap(), "left"));
}

#[cfg(unix)]
#[test]
fn a_report_while_the_process_ends_is_exact() {
    extern "C" fn at_exit() {
        work();
        println!("\ncalls at exit: {}", count());
    }
    let output = in_own_process("a_report_while_the_process_ends_is_exact", || {
        // SAFETY: the function lives as long as the process and does not unwind: a panic would abort.
        assert_eq!(unsafe { libc::atexit(at_exit) }, 0);
        thread::spawn(|| (0..600).for_each(|_| work())).join().unwrap();
        work();
        std::process::exit(0);
    });
    assert!(said(&output.unwrap(), "calls at exit: 602"));
}
