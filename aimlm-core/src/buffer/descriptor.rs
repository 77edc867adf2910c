//! Writing to a descriptor as it is: no lock is taken, and what it points at is neither opened anew nor closed.
#![allow(unsafe_code)]

use std::io;

pub(crate) const STANDARD_OUTPUT: i32 = 1;
pub(crate) const STANDARD_ERROR: i32 = 2;

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

/// Whether the descriptor is one that the program was started with, or has put in the place of one: a file that the
/// program opened after it closed a standard stream may have got its number, but closes at `exec`, as standard
/// streams do not.
pub(crate) fn is_standard(descriptor: i32) -> bool {
    // SAFETY: reads the flags of a descriptor; a number that is none is an error.
    let flags = unsafe { libc::fcntl(descriptor, libc::F_GETFD) };
    flags >= 0 && flags & libc::FD_CLOEXEC == 0
}
