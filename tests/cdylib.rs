//! A dynamic library that uses aimlm has statics and thread-locals of its own, and is as exact as a program.
#![cfg(unix)]
#![allow(unsafe_code)]

#[path = "support/process.rs"]
mod process;
mod support;

use std::ffi::{CString, c_char, c_void};
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Barrier;
use std::thread;

use aimlm::{Metrics, Stage, track_operation};
use process::in_own_process;
use support::{all, one};

#[track_operation]
fn hosted() {}

/// Builds the library where this test was built, and gives its path.
fn plugin() -> PathBuf {
    let mut command = Command::new(env!("CARGO"));
    command.args(["build", "--example", "plugin", "--manifest-path"]);
    command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"));
    if !cfg!(debug_assertions) {
        command.arg("--release");
    }
    assert!(command.status().unwrap().success());
    // …/<profile>/deps/<this test>
    let executable = std::env::current_exe().unwrap();
    let profile = executable.ancestors().nth(2).unwrap();
    let name = format!(
        "{}plugin{}",
        std::env::consts::DLL_PREFIX,
        std::env::consts::DLL_SUFFIX
    );
    profile.join("examples").join(name)
}

fn symbol(library: *mut c_void, name: &str) -> *mut c_void {
    let name = CString::new(name).unwrap();
    // SAFETY: the library is open and the name ends with a zero.
    let found = unsafe { libc::dlsym(library, name.as_ptr()) };
    assert!(!found.is_null());
    found
}

/// What the library counts of three calls in a forked child.
fn count_in_child(call: extern "C" fn(u64), count: extern "C" fn() -> u64) -> Option<i32> {
    // SAFETY: the child leaves by `_exit`; the C library keeps its allocator usable there.
    let pid = unsafe { libc::fork() };
    assert!(pid >= 0, "fork: {}", std::io::Error::last_os_error());
    if pid == 0 {
        // SAFETY: takes a number.
        unsafe { libc::alarm(120) };
        call(3);
        // SAFETY: takes a number, and does not return.
        unsafe { libc::_exit(count() as i32) };
    }
    let mut status = 0;
    // SAFETY: `status` outlives the call.
    unsafe { libc::waitpid(pid, &raw mut status, 0) };
    libc::WIFEXITED(status).then(|| libc::WEXITSTATUS(status))
}

fn c_string(path: &Path) -> CString {
    CString::new(path.as_os_str().as_bytes()).unwrap()
}

fn open() -> *mut c_void {
    let path = c_string(&plugin());
    // SAFETY: the path ends with a zero; the library's initialisers are Rust's own.
    let library = unsafe { libc::dlopen(path.as_ptr(), libc::RTLD_NOW | libc::RTLD_LOCAL) };
    assert!(!library.is_null());
    library
}

#[test]
fn a_library_keeps_its_own_books() {
    let library = open();
    // SAFETY: this is the function's type; the library stays open.
    let call: extern "C" fn(u64) = unsafe { std::mem::transmute(symbol(library, "plugin_call")) };
    // SAFETY: as above.
    let count: extern "C" fn() -> u64 = unsafe { std::mem::transmute(symbol(library, "plugin_count")) };
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(move || {
                call(1000);
                hosted();
            });
        }
    });
    call(5);
    assert_eq!(count(), 8005);
    assert_eq!(one(Stage::Operation, "hosted").outcomes.ok, 8);
    assert!(all(Stage::Operation, "plugged_in").is_empty());
    // A thread that has not called it, so that the library has no thread-locals there yet.
    thread::spawn(move || assert_eq!(count_in_child(call, count), Some(3)))
        .join()
        .unwrap();
    assert_eq!(count(), 8005);
}

/// Their temporary files have names of their own, though the process and the counts of both are the same.
#[test]
fn two_copies_export_to_the_same_folder_at_once() {
    const TIMES: u64 = 200;
    let test = "two_copies_export_to_the_same_folder_at_once";
    // The other test forks, and must not meet an export half done.
    in_own_process(test, || {
        let library = open();
        // SAFETY: these are the functions' types; the library stays open.
        let call: extern "C" fn(u64) = unsafe { std::mem::transmute(symbol(library, "plugin_call")) };
        // SAFETY: as above.
        let export: unsafe extern "C" fn(*const c_char, u64) -> u64 =
            unsafe { std::mem::transmute(symbol(library, "plugin_export")) };
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        hosted();
        call(1);
        let together = Barrier::new(4);
        thread::scope(|scope| {
            for name in ["shared.json", "host.json"] {
                let (path, together) = (at(name), &together);
                scope.spawn(move || {
                    together.wait();
                    (0..TIMES).for_each(|_| Metrics::global().export(&path).unwrap());
                });
            }
            for name in ["shared.json", "plugin.json"] {
                let (path, together) = (c_string(&at(name)), &together);
                scope.spawn(move || {
                    together.wait();
                    // SAFETY: the path ends with a zero.
                    assert_eq!(unsafe { export(path.as_ptr(), TIMES) }, 0);
                });
            }
        });
        let operations = |name: &str| {
            let text = fs::read_to_string(at(name)).unwrap();
            let report: serde_json::Value = serde_json::from_str(&text).expect("it is whole");
            let operations = report["operations"].as_object().unwrap();
            operations.keys().cloned().collect::<Vec<_>>()
        };
        assert_eq!(operations("host.json"), ["hosted"]);
        assert_eq!(operations("plugin.json"), ["plugged_in"]);
        // Either's, whole.
        assert_eq!(operations("shared.json").len(), 1);
        assert_eq!(
            fs::read_dir(folder.path()).unwrap().count(),
            3,
            "no temporary file is left"
        );
    });
}
