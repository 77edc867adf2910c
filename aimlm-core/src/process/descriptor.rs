//! Writing to a descriptor as it is: no lock is taken, and what it points at is neither opened anew nor closed; and
//! whether it still points at what the program was started with.
#![allow(unsafe_code)]

use std::io;
use std::mem::MaybeUninit;

use crate::sync::fixed::OnceLock;

pub(crate) const STANDARD_OUTPUT: i32 = 1;
/// Its number in every process.
pub const STANDARD_ERROR: i32 = 2;

/// Writes as many of the bytes as it takes now.
///
/// # Errors
///
/// What the system says.
pub(crate) fn write(descriptor: i32, bytes: &[u8]) -> io::Result<usize> {
    // SAFETY: reads from `bytes`, which outlive the call, no more of them than there are. A number that is no
    // descriptor is an error.
    let written = unsafe { libc::write(descriptor, bytes.as_ptr().cast(), bytes.len()) };
    usize::try_from(written).map_err(|_| io::Error::last_os_error())
}

/// A file, a pipe, a terminal: its device and its number there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct FileIdentity(u64, u64);

/// As many descriptors as are remembered, from 0 on.
const REMEMBERED: usize = 64;
static AT_START: OnceLock<[Option<FileIdentity>; REMEMBERED]> = OnceLock::new();

/// Remembers what is open, the first time.
pub fn remember() {
    at_start();
}

fn at_start() -> &'static [Option<FileIdentity>; REMEMBERED] {
    AT_START.get_or_init(|| std::array::from_fn(|descriptor| file_identity(descriptor as i32)))
}

fn file_identity(descriptor: i32) -> Option<FileIdentity> {
    let mut found = MaybeUninit::uninit();
    // SAFETY: writes to `found`, which outlives the call. A number that is no descriptor is an error.
    if unsafe { libc::fstat(descriptor, found.as_mut_ptr()) } != 0 {
        return None;
    }
    // SAFETY: filled by the call, which was no error.
    let found: libc::stat = unsafe { found.assume_init() };
    // Of other types on other systems.
    #[allow(clippy::unnecessary_cast)]
    Some(FileIdentity(found.st_dev as u64, found.st_ino as u64))
}

/// Whether the descriptor points at what it did when the program was started: where the program has closed it, a file
/// that it opened may have got the number.
pub(crate) fn is_as_at_start(descriptor: i32) -> bool {
    let before = usize::try_from(descriptor)
        .ok()
        .and_then(|number| *at_start().get(number)?);
    before.is_some() && before == file_identity(descriptor)
}

/// Runs before `main` (in a library, when it is opened): later the program may have opened files of its own. Where the
/// environment says nothing to aimlm, neither is there anything to report, nor to say, and it does nothing.
#[cfg(not(any(loom, shuttle, miri)))]
extern "C" fn begin() {
    if is_addressed() {
        remember();
    }
}

/// Whether a variable's name begins as those of aimlm do.
#[cfg(not(any(loom, shuttle, miri)))]
fn is_addressed() -> bool {
    const NAME: &std::ffi::CStr = c"AIMLM_";

    let mut next = environment();
    if next.is_null() {
        return false;
    }
    loop {
        // SAFETY: the list ends with a null pointer, and none before this was that. Nothing changes it before `main`; what
        // opens a library meanwhile must not either, as for any other reader of the environment.
        let variable = unsafe { *next };
        if variable.is_null() {
            return false;
        }
        // SAFETY: each variable ends with a zero, and reading stops with the first byte that differs.
        if unsafe { libc::strncmp(variable, NAME.as_ptr(), NAME.count_bytes()) } == 0 {
            return true;
        }
        // SAFETY: this was not the last of the list.
        next = unsafe { next.add(1) };
    }
}

#[cfg(all(not(any(loom, shuttle, miri)), target_vendor = "apple"))]
fn environment() -> *const *const std::ffi::c_char {
    // SAFETY: takes nothing.
    let place = unsafe { libc::_NSGetEnviron() };
    // SAFETY: the place is the process's, for as long as it runs.
    unsafe { *place }.cast_const().cast()
}

#[cfg(all(not(any(loom, shuttle, miri)), not(target_vendor = "apple")))]
fn environment() -> *const *const std::ffi::c_char {
    unsafe extern "C" {
        static environ: *const *const std::ffi::c_char;
    }
    // SAFETY: the C library's, of this type, and set before any program's function runs.
    unsafe { environ }
}

#[cfg(not(any(loom, shuttle, miri)))]
#[used]
// SAFETY: the section holds addresses of functions with this signature; this one does not unwind.
#[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".init_array"))]
#[cfg_attr(target_vendor = "apple", unsafe(link_section = "__DATA,__mod_init_func"))]
static BEGIN: extern "C" fn() = begin;
