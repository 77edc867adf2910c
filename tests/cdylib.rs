//! A dynamic library that uses aimlm has statics and thread-locals of its own, and is as exact as a program.
#![cfg(unix)]

mod support;

use std::ffi::{CString, c_void};
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::process::Command;
use std::thread;

use aimlm::{Stage, track_operation};
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

#[test]
fn a_library_keeps_its_own_books() {
    let path = CString::new(plugin().as_os_str().as_bytes()).unwrap();
    // SAFETY: the path ends with a zero; the library's initialisers are Rust's own.
    let library = unsafe { libc::dlopen(path.as_ptr(), libc::RTLD_NOW | libc::RTLD_LOCAL) };
    assert!(!library.is_null());
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
