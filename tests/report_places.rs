//! A report goes where it was asked for, and never into a file that the program opened.
#![cfg(unix)]
#![allow(unsafe_code)]

#[path = "support/process.rs"]
mod process;
#[path = "support/signals.rs"]
mod signals;

use std::fs::{self, File};
use std::io::{Read, Write};
use std::os::fd::AsRawFd;
use std::os::unix::fs::MetadataExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use aimlm::{Metrics, RepeatedReport};
use process::NAME;

#[aimlm::track_operation]
fn work() {}

/// Runs the test of this name as a program of its own.
fn program(test: &str, report: &str, folder: &Path, prepare: impl FnOnce(&mut Command)) -> Output {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args([test, "--exact", "--nocapture", "--test-threads=1"])
        .env(NAME, test)
        .env("AIMLM_REPORT", report)
        .current_dir(folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    signals::as_from_a_terminal(&mut command);
    prepare(&mut command);
    let output = command.spawn().unwrap().wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
    output
}

fn is_program() -> bool {
    std::env::var_os(NAME).is_some()
}

fn close(descriptor: i32) {
    // SAFETY: takes a number, and nothing of this program's writes to it after.
    unsafe { libc::close(descriptor) };
}

fn error(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The lines that are aimlm's.
fn said(output: &Output) -> Vec<String> {
    let text = error(output);
    let lines = text.lines().filter(|line| line.starts_with("aimlm: "));
    lines.map(String::from).collect()
}

#[test]
fn a_file_with_the_number_of_a_closed_stream_is_the_programs() {
    let test = "a_file_with_the_number_of_a_closed_stream_is_the_programs";
    if is_program() {
        close(1);
        let mut file = File::create("data").unwrap();
        assert_eq!(file.as_raw_fd(), 1);
        // As C's `open` leaves it.
        if std::env::var_os("TEST_INHERITED").is_some() {
            // SAFETY: takes numbers.
            unsafe { libc::fcntl(1, libc::F_SETFD, 0) };
        }
        work();
        writeln!(file, "data").unwrap();
        std::mem::forget(file);
        std::process::exit(0);
    }
    for (report, is_inherited) in [
        ("text:/dev/stdout", false),
        ("text:/dev/fd/1", false),
        ("text", true),
        ("text", false),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let output = program(test, report, folder.path(), |command| {
            if is_inherited {
                command.env("TEST_INHERITED", "1");
            }
        });
        let data = fs::read_to_string(folder.path().join("data")).unwrap();
        assert_eq!(data, "data\n", "{report}");
        assert_eq!(said(&output).len(), 1, "{report}: {}", error(&output));
    }
}

#[test]
fn a_number_that_was_not_open_at_the_start_is_not_written_to() {
    let test = "a_number_that_was_not_open_at_the_start_is_not_written_to";
    const NUMBER: i32 = 37;
    let report = format!("text:/dev/fd/{NUMBER}");
    if is_program() {
        if std::env::var_os("TEST_IS_OPEN").is_none() {
            let file = File::create("data").unwrap();
            // SAFETY: takes numbers; the other number is this program's from now on.
            assert_eq!(unsafe { libc::dup2(file.as_raw_fd(), NUMBER) }, NUMBER);
        }
        work();
        std::process::exit(0);
    }
    let folder = tempfile::tempdir().unwrap();
    let output = program(test, &report, folder.path(), |_| {});
    assert_eq!(fs::read_to_string(folder.path().join("data")).unwrap(), "");
    assert!(
        said(&output).len() == 1 && error(&output).contains("/dev/fd/37"),
        "{}",
        error(&output)
    );
    // One that was is.
    let log = folder.path().join("log");
    let script = format!("exec {NUMBER}>>log && exec \"$@\"");
    let this = std::env::current_exe().unwrap();
    let run = Command::new("bash")
        .args(["-c", &script, "bash"])
        .arg(this)
        .args([test, "--exact", "--nocapture", "--test-threads=1"])
        .env(NAME, test)
        .env("TEST_IS_OPEN", "1")
        .env("AIMLM_REPORT", &report)
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert!(run.status.success(), "{}", error(&run));
    assert!(
        fs::read_to_string(log).unwrap().contains("work"),
        "{}",
        error(&run)
    );
}

#[test]
fn a_stream_that_programs_started_later_do_not_get_is_one_all_the_same() {
    let test = "a_stream_that_programs_started_later_do_not_get_is_one_all_the_same";
    if is_program() {
        // SAFETY: takes numbers.
        unsafe { libc::fcntl(1, libc::F_SETFD, libc::FD_CLOEXEC) };
        work();
        std::process::exit(0);
    }
    let folder = tempfile::tempdir().unwrap();
    let output = program(test, "text", folder.path(), |_| {});
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        text.contains("Operations") || text.contains("OPERATIONS"),
        "{text}"
    );
    assert_eq!(said(&output), [""; 0]);
}

#[test]
fn what_the_program_prints_to_a_closed_stream_is_not_in_the_report() {
    let test = "what_the_program_prints_to_a_closed_stream_is_not_in_the_report";
    if is_program() {
        close(1);
        work();
        let mut seen = 0;
        let mut reports = 0;
        while reports < 40 {
            for _ in 0..100 {
                // SAFETY: reads as many bytes as there are; the number is none of a descriptor, or should not be.
                unsafe { libc::write(1, b"printed".as_ptr().cast(), 7) };
            }
            let Ok(mut report) = File::open("report.json") else {
                continue;
            };
            let number = report.metadata().unwrap().ino();
            if std::mem::replace(&mut seen, number) == number {
                continue;
            }
            reports += 1;
            let mut text = String::new();
            report.read_to_string(&mut text).unwrap();
            if text.contains("printed") || serde_json::from_str::<serde_json::Value>(&text).is_err() {
                std::process::exit(5);
            }
        }
        std::process::exit(0);
    }
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("report.json");
    program(test, report.to_str().unwrap(), folder.path(), |command| {
        command.env("AIMLM_REPORT_EVERY", "10ms");
    });
}

#[test]
fn a_full_stream_that_does_not_wait_holds_no_end_up_for_ever() {
    let test = "a_full_stream_that_does_not_wait_holds_no_end_up_for_ever";
    if is_program() {
        // SAFETY: takes numbers.
        unsafe { libc::fcntl(1, libc::F_SETFL, libc::O_NONBLOCK) };
        for size in [4096, 1] {
            // SAFETY: the block has as many bytes.
            while unsafe { libc::write(1, [0_u8; 4096].as_ptr().cast(), size) } > 0 {}
        }
        work();
        std::process::exit(0);
    }
    let folder = tempfile::tempdir().unwrap();
    let (_reader, writer) = std::io::pipe().unwrap();
    let output = program(test, "text", folder.path(), |command| {
        command.stdout(writer);
    });
    assert!(
        said(&output).len() == 1 && error(&output).contains("standard output"),
        "{}",
        error(&output)
    );
}

#[test]
fn a_child_that_recorded_nothing_writes_nothing() {
    let test = "a_child_that_recorded_nothing_writes_nothing";
    if is_program() {
        work();
        for calls in [0, 0, 2] {
            // SAFETY: the child makes calls and exits, for which it needs no other thread.
            let child = unsafe { libc::fork() };
            assert!(child >= 0);
            if child == 0 {
                (0..calls).for_each(|_| work());
                // Without what the test harness has to do there.
                std::process::exit(0);
            }
            // SAFETY: nothing is written through the null pointer.
            unsafe { libc::waitpid(child, std::ptr::null_mut(), 0) };
        }
        std::process::exit(0);
    }
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("r-{pid}.json");
    program(test, report.to_str().unwrap(), folder.path(), |_| {});
    let reports = fs::read_dir(folder.path()).unwrap().map(|entry| {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        let report: serde_json::Value = serde_json::from_str(&text).unwrap();
        report["operations"]["work"]["calls"]["counts"]["ok"].as_u64()
    });
    let mut calls: Vec<_> = reports.collect();
    calls.sort();
    assert_eq!(calls, [Some(1), Some(2)]);
}

#[test]
fn a_report_of_what_is_switched_off_says_so() {
    let test = "a_report_of_what_is_switched_off_says_so";
    if is_program() {
        if std::env::var_os("TEST_BY_HAND").is_some() {
            Metrics::global().record_operation("by hand", Duration::from_millis(1));
        } else {
            work();
        }
        std::process::exit(0);
    }
    for by_hand in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        program(test, "text:report", folder.path(), |command| {
            command.env("AIMLM_ENABLED", "false");
            if by_hand {
                command.env("TEST_BY_HAND", "1");
            }
        });
        let text = fs::read_to_string(folder.path().join("report"));
        assert!(
            text.is_ok_and(|text| text.contains("Recording is switched off")),
            "{by_hand}"
        );
    }
}

/// Nor does it let go of a thread of its own, which may stand where that of its parent's reports stood.
fn assert_finishes_nothing(reports: RepeatedReport) {
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let (end, ended) = channel::<()>();
            (end, thread::spawn(move || _ = ended.recv()))
        })
        .collect();
    let error = reports.finish().unwrap_err().to_string();
    assert!(error.contains("own.json") && error.contains("fork"), "{error}");
    for (end, thread) in threads {
        drop(end);
        thread.join().unwrap();
    }
}

#[test]
fn a_child_can_not_finish_its_parents_reports() {
    let test = "a_child_can_not_finish_its_parents_reports";
    if is_program() {
        let own = Metrics::default_instance();
        let reports = own.report_every("own.json", Duration::from_secs(3600)).unwrap();
        // SAFETY: the child needs no other thread.
        let child = unsafe { libc::fork() };
        assert!(child >= 0);
        if child == 0 {
            // What panics here must not look like an end of its own.
            let refused = catch_unwind(AssertUnwindSafe(|| assert_finishes_nothing(reports)));
            std::process::exit(refused.is_err().into());
        }
        let mut status = 0;
        // SAFETY: `status` outlives the call.
        unsafe { libc::waitpid(child, &raw mut status, 0) };
        assert!(!Path::new("own.json").exists());
        reports.finish().unwrap();
        assert!(Path::new("own.json").exists());
        std::process::exit(libc::WEXITSTATUS(status));
    }
    let folder = tempfile::tempdir().unwrap();
    program(test, "off", folder.path(), |_| {});
}

#[test]
fn an_error_names_the_file_that_was_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("none/report.json");
    let error = Metrics::default_instance().export(&path).unwrap_err().to_string();
    assert!(
        error.contains("none/report.json") && !error.contains(".aimlm-"),
        "{error}"
    );
}

#[test]
fn signals_are_left_alone_where_that_is_asked_for() {
    let test = "signals_are_left_alone_where_that_is_asked_for";
    if is_program() {
        work();
        let taken = [libc::SIGINT, libc::SIGTERM, libc::SIGHUP].map(|signal| {
            // SAFETY: all zeros is a `sigaction`.
            let mut found: libc::sigaction = unsafe { std::mem::zeroed() };
            // SAFETY: `found` outlives the call, which changes nothing.
            unsafe { libc::sigaction(signal, std::ptr::null(), &raw mut found) };
            found.sa_sigaction != libc::SIG_DFL
        });
        fs::write("taken", format!("{taken:?}")).unwrap();
        std::process::exit(0);
    }
    for (value, expected, problems) in [
        ("off", false, 0),
        ("0", false, 0),
        ("On", true, 0),
        ("", true, 0),
        ("perhaps", true, 1),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let output = program(test, "text:report", folder.path(), |command| {
            command.env("AIMLM_REPORT_SIGNALS", value);
        });
        let taken = fs::read_to_string(folder.path().join("taken")).unwrap();
        assert_eq!(taken, format!("{:?}", [expected; 3]), "{value}");
        assert!(
            fs::read_to_string(folder.path().join("report"))
                .unwrap()
                .contains("work")
        );
        let said = said(&output);
        assert_eq!(said.len(), problems, "{said:?}");
        assert!(said.iter().all(|said| said.contains("AIMLM_REPORT_SIGNALS")));
    }
}
