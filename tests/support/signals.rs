//! What is done about signals in the programs that tests start.
#![allow(unreachable_pub)]
#![allow(unsafe_code)]

use std::os::unix::process::CommandExt;
use std::process::Command;

const ALL: [i32; 6] = [
    libc::SIGHUP,
    libc::SIGINT,
    libc::SIGQUIT,
    libc::SIGTERM,
    libc::SIGUSR1,
    libc::SIGUSR2,
];

/// Nothing, as in a program that a terminal starts: whoever runs the tests may ignore some, as `nohup` does and shells do
/// in the background, and what they start would do so too.
pub fn as_from_a_terminal(command: &mut Command) {
    let reset = || {
        for signal in ALL {
            // SAFETY: takes numbers; allowed after a fork.
            unsafe { libc::signal(signal, libc::SIG_DFL) };
        }
        Ok(())
    };
    // SAFETY: it only makes that call.
    unsafe { command.pre_exec(reset) };
}
