//! What the system knows of this program.
#![allow(unsafe_code)]

use std::ffi::OsString;

/// The name of the file, without its ending, of the library that this code is in; none in the program itself, and where
/// the system does not tell.
#[cfg(target_os = "linux")]
pub(crate) fn library() -> Option<OsString> {
    use std::ffi::{CStr, OsStr, c_void};
    use std::os::unix::ffi::OsStrExt;
    use std::path::Path;

    let found = |address: *const c_void| {
        // SAFETY: all zeros is one: null pointers.
        let mut found: libc::Dl_info = unsafe { std::mem::zeroed() };
        // SAFETY: looks the address up, whatever it is, and writes to `found`, which outlives the call.
        let is_found = unsafe { libc::dladdr(address, &raw mut found) } != 0;
        (is_found && !found.dli_fname.is_null()).then_some(found)
    };
    let own = found(library as fn() -> Option<OsString> as *const c_void)?;
    // SAFETY: takes a number, and gives 0 for what the system does not tell.
    let program = found(unsafe { libc::getauxval(libc::AT_PHDR) } as *const c_void)?;
    if own.dli_fbase == program.dli_fbase {
        return None;
    }
    // SAFETY: ends with a zero, and stays while the library is open, as it is while this runs.
    let path = unsafe { CStr::from_ptr(own.dli_fname) };
    Path::new(OsStr::from_bytes(path.to_bytes()))
        .file_stem()
        .map(OsString::from)
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn library() -> Option<OsString> {
    None
}

/// Whether it has rights that whoever started it has not, and may not be told by the environment what to write where.
pub(crate) fn has_more_rights() -> bool {
    #[cfg(target_os = "linux")]
    // SAFETY: takes a number, and gives 0 for what the system does not tell.
    return unsafe { libc::getauxval(libc::AT_SECURE) } != 0;
    #[cfg(any(
        target_vendor = "apple",
        target_os = "freebsd",
        target_os = "netbsd",
        target_os = "openbsd"
    ))]
    // SAFETY: takes nothing.
    return unsafe { libc::issetugid() } != 0;
    #[cfg(not(any(
        target_os = "linux",
        target_vendor = "apple",
        target_os = "freebsd",
        target_os = "netbsd",
        target_os = "openbsd"
    )))]
    false
}
