//! What the system knows of this program.
#![allow(unsafe_code)]

use std::ffi::OsString;

/// The name of the file, without its ending, of the library that this code is in; none in the program itself, and where
/// the system does not tell.
#[cfg(target_os = "linux")]
pub fn library() -> Option<OsString> {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    use std::path::Path;

    let path = own_library()?.to_bytes();
    Path::new(OsStr::from_bytes(path)).file_stem().map(OsString::from)
}

/// Keeps the library that this code is in, if it is in one, in memory to the end of the process. The program may close
/// it before a thread of aimlm's has run its first instruction there, and the system does not know of that thread.
#[cfg(target_os = "linux")]
pub(crate) fn keep_library() {
    use crate::sync::Ordering;
    use crate::sync::fixed::AtomicBool;

    static IS_KEPT: AtomicBool = AtomicBool::new(false);
    // Relaxed: whoever does it, does it before its own thread starts; doing it twice is as good as once.
    if IS_KEPT.load(Ordering::Relaxed) {
        return;
    }
    if let Some(path) = own_library() {
        // SAFETY: the path ends with a zero; of a library that is open nothing is run.
        unsafe {
            libc::dlopen(
                path.as_ptr(),
                libc::RTLD_LAZY | libc::RTLD_NOLOAD | libc::RTLD_NODELETE,
            )
        };
    }
    IS_KEPT.store(true, Ordering::Relaxed);
}

#[cfg(not(target_os = "linux"))]
pub(crate) const fn keep_library() {}

/// The path of the library that this code is in.
#[cfg(target_os = "linux")]
fn own_library() -> Option<&'static std::ffi::CStr> {
    use std::ffi::{CStr, c_void};

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
    // SAFETY: ends with a zero, and stays while the library is open, as it is while its code runs.
    Some(unsafe { CStr::from_ptr(own.dli_fname) })
}

#[cfg(not(target_os = "linux"))]
pub fn library() -> Option<OsString> {
    None
}

/// Whether it has rights that whoever started it has not, and may not be told by the environment what to write where.
pub fn has_more_rights() -> bool {
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
