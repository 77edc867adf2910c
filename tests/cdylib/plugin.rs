//! A library with an aimlm of its own, for `tests/cdylib.rs` to open.
#![allow(unsafe_code)]

use std::ffi::{CStr, c_char};

use aimlm::{Metrics, Stage, track_operation};

#[track_operation]
fn plugged_in() {}

/// Makes so many annotated calls on the calling thread.
#[unsafe(no_mangle)]
pub extern "C" fn plugin_call(calls: u64) {
    (0..calls).for_each(|_| plugged_in());
}

/// As that, without an annotated call.
#[unsafe(no_mangle)]
pub extern "C" fn plugin_nothing(_calls: u64) {}

/// How many calls this library has seen.
#[unsafe(no_mangle)]
pub extern "C" fn plugin_count() -> u64 {
    let snapshot = Metrics::global().snapshot();
    snapshot
        .subject(Stage::Operation, "plugged_in")
        .map(|series| series.outcomes.ok)
        .sum()
}

/// Exports to this path so many times, and gives how many of them failed.
///
/// # Safety
///
/// The path ends with a zero.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn plugin_export(path: *const c_char, times: u64) -> u64 {
    // SAFETY: as the caller promised.
    let path = unsafe { CStr::from_ptr(path) }.to_str().unwrap();
    let failed = (0..times).filter_map(|_| Metrics::global().export(path).err());
    failed.inspect(|error| eprintln!("{error}")).count() as u64
}
