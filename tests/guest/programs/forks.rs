//! Programs that fork.

use std::fs;
use std::os::unix::process::CommandExt;
use std::process::{self, Command};
use std::thread;
use std::time::Duration;

use super::works;
use crate::system::{fork, wait_for};

pub const ALL: &[(&str, fn())] = &[
    ("fork_server", fork_server::main),
    ("child_returns", child_returns::main),
    ("child_panics", child_panics::main),
    ("child_is_ended", child_is_ended::main),
    ("child_stays", child_stays::main),
    ("daemon", daemon::main),
    ("commands", commands::main),
];

fn parent() -> u32 {
    std::os::unix::process::parent_id()
}

/// A child for each request, which ends by `exit`.
mod fork_server {
    use super::{fork, process, wait_for, works};

    #[super::super::reported]
    pub fn main() {
        println!("{}", works(1000));
        for request in 0..4 {
            let child = fork();
            if child == 0 {
                println!("request {request}: {}", works(1));
                process::exit(request);
            }
            println!("ended: {}", wait_for(child));
        }
    }
}

mod child_returns {
    #[super::super::reported]
    pub fn main() {
        super::works(1000);
        let child = super::fork();
        if child == 0 {
            println!("child: {}", super::works(1));
        } else {
            println!("parent: {}", super::wait_for(child));
        }
    }
}

mod child_panics {
    #[super::super::reported]
    pub fn main() {
        super::works(1000);
        let child = super::fork();
        if child == 0 {
            std::panic::set_hook(Box::new(|_| {}));
            super::works(1);
            panic!("in the child");
        }
        println!("parent: {}", super::wait_for(child));
    }
}

/// By a signal, before it has made a call and after.
mod child_is_ended {
    use super::{Duration, fork, thread, wait_for, works};

    #[super::super::reported]
    pub fn main() {
        works(1000);
        for calls in [0, 1] {
            let child = fork();
            if child == 0 {
                works(calls);
                loop {
                    thread::sleep(Duration::from_secs(1));
                }
            }
            thread::sleep(Duration::from_millis(10));
            // SAFETY: takes numbers; the child has not been waited for.
            crate::system::check(unsafe { libc::kill(child, libc::SIGTERM) });
            println!("ended: {}", wait_for(child));
        }
    }
}

/// Longer than its parent.
mod child_stays {
    use super::{Duration, fork, parent, thread, works};

    #[super::super::reported]
    pub fn main() {
        works(1000);
        let own = std::process::id();
        if fork() == 0 {
            while parent() == own {
                thread::sleep(Duration::from_millis(1));
            }
            println!("{}", works(1));
        }
    }
}

/// Forks twice, leaves its terminal, closes every descriptor, and works on alone.
mod daemon {
    use super::{Duration, fork, fs, parent, process, thread, wait_for, works};

    #[super::super::reported]
    pub fn main() {
        works(10);
        let folder = std::env::current_dir().unwrap();
        // Whoever reads the output waits for the daemon's end.
        // SAFETY: it is open.
        let kept = crate::system::check(unsafe { libc::dup(1) });
        let child = fork();
        if child > 0 {
            println!("launched: {}", wait_for(child));
            return;
        }
        // SAFETY: takes nothing.
        unsafe { libc::setsid() };
        let own = process::id();
        if fork() > 0 {
            // SAFETY: takes a number, and does not return.
            unsafe { libc::_exit(0) };
        }
        while parent() == own {
            thread::sleep(Duration::from_millis(1));
        }
        std::env::set_current_dir("/").unwrap();
        for descriptor in (0..1024).filter(|descriptor| *descriptor != kept) {
            // SAFETY: nothing of this process is open that is used after.
            unsafe { libc::close(descriptor) };
        }
        // Files of the program's get the numbers of its standard streams.
        let _files = [0, 1, 2].map(|number| fs::File::create(folder.join(format!("data {number}"))).unwrap());
        fs::write(folder.join("daemon"), works(500).to_string()).unwrap();
        process::exit(0);
    }
}

/// Children by `Command`, with and without something to do before `exec`.
mod commands {
    use super::{Command, CommandExt, works};

    #[super::super::reported]
    pub fn main() {
        works(100);
        for _ in 0..20 {
            let plain = Command::new("true").status().unwrap();
            let mut prepared = Command::new("sh");
            prepared.args(["-c", "kill -INT $$; exit 5"]);
            // SAFETY: does nothing.
            unsafe { prepared.pre_exec(|| Ok(())) };
            println!("{plain} {}", prepared.status().unwrap());
            works(1);
        }
    }
}
