//! Ways to end.

use std::io::Write;
use std::panic;
use std::process;
use std::thread;

use super::works;

pub const ALL: &[(&str, fn())] = &[
    ("returns", returns::main),
    ("says_nothing", says_nothing::main),
    ("asks_for_no_report", asks_for_no_report::main),
    ("never_ends", never_ends::main),
    ("exports_to_the_end", exports_to_the_end::main),
    ("panic_hook", panic_hook::main),
    ("panics", panics::main),
    ("exits_on_a_thread", exits_on_a_thread::main),
    ("exits_at_once", exits_at_once::main),
    ("aborts", aborts::main),
    ("leaves_by_underscore_exit", leaves::main),
    ("becomes_another", becomes_another::main),
    #[cfg(target_os = "linux")]
    ("main_thread_ends", main_thread_ends::main),
];

mod returns {
    #[super::super::reported]
    pub fn main() {
        println!("{}", super::works(1000));
    }
}

mod says_nothing {
    #[super::super::reported]
    pub fn main() {
        super::works(1000);
    }
}

/// Only the environment does.
mod asks_for_no_report {
    pub fn main() {
        println!("{}", super::works(1000));
    }
}

mod never_ends {
    #[super::super::reported]
    pub fn main() {
        super::works(1000);
        loop {
            super::thread::park();
        }
    }
}

/// By hand, on a thread that nobody waits for.
mod exports_to_the_end {
    use std::sync::mpsc::channel;

    #[super::super::reported]
    pub fn main() {
        let (send, receive) = channel();
        super::thread::spawn(move || {
            loop {
                aimlm::Metrics::global().export("exported.json").unwrap();
                let _ = send.send(());
            }
        });
        receive.iter().take(3).for_each(drop);
    }
}

/// A hook of its own, panics that are caught and panics of threads.
mod panic_hook {
    use super::{panic, process, thread, works};

    #[super::super::reported]
    pub fn main() {
        panic::set_hook(Box::new(|info| {
            println!("hook: {:?}", info.payload().downcast_ref::<&str>());
        }));
        let caught = panic::catch_unwind(|| {
            works(3);
            panic!("caught");
        });
        let joined = thread::spawn(|| {
            works(5);
            panic!("of a thread");
        });
        println!("{} {}", caught.is_err(), joined.join().is_err());
        process::exit(3);
    }
}

mod panics {
    #[super::super::reported]
    pub fn main() {
        super::works(4);
        print!("half a line");
        panic!("as asked");
    }
}

mod exits_on_a_thread {
    use super::{process, thread, works};

    #[super::super::reported]
    pub fn main() {
        works(4);
        thread::Builder::new()
            .stack_size(32 << 10)
            .spawn(|| process::exit(9))
            .unwrap();
        loop {
            thread::park();
        }
    }
}

/// `main` returns while another thread calls `exit`.
mod exits_at_once {
    use super::{process, thread, works};

    #[super::super::reported]
    pub fn main() {
        works(2000);
        thread::spawn(|| process::exit(0));
    }
}

mod aborts {
    #[super::super::reported]
    pub fn main() {
        println!("{}", super::works(4));
        super::process::abort();
    }
}

mod leaves {
    use super::{Write, works};

    #[super::super::reported]
    pub fn main() {
        print!("{}", works(4));
        std::io::stdout().flush().unwrap();
        // SAFETY: takes a number, and does not return.
        unsafe { libc::_exit(11) };
    }
}

/// Dispositions and masks of signals are what another program inherits.
mod becomes_another {
    use std::os::unix::process::CommandExt;

    #[super::super::reported]
    pub fn main() {
        // Starting threads changes one of the dispositions that the C library keeps for itself.
        super::thread::spawn(|| super::works(4)).join().unwrap();
        let mut shell = super::process::Command::new("sh");
        panic!(
            "{}",
            shell
                .args([
                    "-c",
                    "grep -E '^Sig(Blk|Ign)' /proc/self/status; kill -TERM $$; echo alive"
                ])
                .exec()
        );
    }
}

/// And no other calls `exit`: the program ends with its last thread.
#[cfg(target_os = "linux")]
mod main_thread_ends {
    use super::{thread, works};

    #[super::super::reported]
    pub fn main() {
        thread::spawn(|| {
            // A main thread that has ended has none any more.
            while std::fs::read_link("/proc/self/exe").is_ok() {
                thread::yield_now();
            }
            println!("{}", works(4));
        });
        println!("{}", works(4));
        // SAFETY: takes a number, and ends this thread alone.
        unsafe { libc::syscall(libc::SYS_exit, 0) };
    }
}
