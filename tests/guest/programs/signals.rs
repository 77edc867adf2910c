//! Programs that handle signals, and some that do not.

use std::io::{Read, Write};
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicI32, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use super::works;
use crate::system::{block, check, handle, kill};

pub const ALL: &[(&str, fn())] = &[
    ("default_interrupt", default_interrupt::main),
    ("default_terminate", default_terminate::main),
    ("default_hang_up", default_hang_up::main),
    ("interrupted_poll", interrupted_poll::main),
    ("ignored_hang_up", ignored_hang_up::main),
    ("own_handler", own_handler::main),
    ("later_handler", later_handler::main),
    ("chained_handler", chained_handler::main),
    ("self_pipe", self_pipe::main),
    ("waits_for_signals", waits_for_signals::main),
    ("signal_descriptor", signal_descriptor::main),
    ("timer", timer::main),
    ("first_process", first_process::main),
];

static CAME: AtomicI32 = AtomicI32::new(0);

extern "C" fn note(signal: i32) {
    CAME.store(signal, Ordering::SeqCst);
}

fn noting() -> libc::sighandler_t {
    note as extern "C" fn(i32) as libc::sighandler_t
}

fn wait_for_note() {
    while CAME.load(Ordering::SeqCst) == 0 {
        thread::sleep(Duration::from_millis(1));
    }
    println!("noted {}", CAME.load(Ordering::SeqCst));
}

/// Is ended by the signal.
fn wait_to_be_ended(signal: i32) {
    println!("{}", works(1000));
    kill(signal);
    loop {
        thread::park();
    }
}

mod default_interrupt {
    #[super::super::reported]
    pub fn main() {
        super::wait_to_be_ended(libc::SIGINT);
    }
}

mod default_terminate {
    #[super::super::reported]
    pub fn main() {
        super::wait_to_be_ended(libc::SIGTERM);
    }
}

mod default_hang_up {
    #[super::super::reported]
    pub fn main() {
        super::wait_to_be_ended(libc::SIGHUP);
    }
}

/// What it would say and do if the call that waits came back.
mod interrupted_poll {
    use super::{Duration, kill, thread, works};

    #[super::super::reported]
    pub fn main() {
        works(1000);
        thread::spawn(|| {
            thread::sleep(Duration::from_millis(20));
            kill(libc::SIGTERM);
        });
        // SAFETY: no descriptors to look at.
        unsafe { libc::poll(std::ptr::null_mut(), 0, -1) };
        println!("interrupted");
        std::process::exit(4);
    }
}

/// As under `nohup`.
mod ignored_hang_up {
    #[super::super::reported]
    pub fn main() {
        super::handle(libc::SIGHUP, libc::SIG_IGN);
        super::works(1000);
        super::kill(libc::SIGHUP);
        println!("{}", super::works(1));
    }
}

mod own_handler {
    #[super::super::reported]
    pub fn main() {
        super::handle(libc::SIGTERM, super::noting());
        super::works(1000);
        super::kill(libc::SIGTERM);
        super::wait_for_note();
        std::process::exit(7);
    }
}

/// Installed when calls were recorded already, and taken away again.
mod later_handler {
    #[super::super::reported]
    pub fn main() {
        super::works(1000);
        super::handle(libc::SIGINT, super::noting());
        super::kill(libc::SIGINT);
        super::wait_for_note();
        super::handle(libc::SIGINT, libc::SIG_DFL);
        super::wait_to_be_ended(libc::SIGINT);
    }
}

/// Calls the handler that was there before, if it was one.
mod chained_handler {
    use super::{AtomicUsize, Ordering, handle, kill, note, wait_for_note, works};

    static BEFORE: AtomicUsize = AtomicUsize::new(libc::SIG_DFL);

    extern "C" fn chain(signal: i32) {
        note(signal);
        let before = BEFORE.load(Ordering::SeqCst);
        if before != libc::SIG_DFL && before != libc::SIG_IGN {
            // SAFETY: a handler of this signature, installed without further information.
            let before: extern "C" fn(i32) = unsafe { std::mem::transmute(before) };
            before(signal);
        }
    }

    #[super::super::reported]
    pub fn main() {
        works(1000);
        let before = handle(libc::SIGTERM, chain as extern "C" fn(i32) as libc::sighandler_t);
        BEFORE.store(before, Ordering::SeqCst);
        kill(libc::SIGTERM);
        wait_for_note();
        println!("{}", works(1));
    }
}

/// A thread reads what the handler writes.
mod self_pipe {
    use super::{AsRawFd, AtomicI32, Ordering, Read, UnixStream, Write, handle, kill, thread, works};

    static PIPE: AtomicI32 = AtomicI32::new(-1);

    extern "C" fn tell(signal: i32) {
        let byte = signal as u8;
        // SAFETY: the byte outlives the call, the pipe the program.
        unsafe { libc::write(PIPE.load(Ordering::SeqCst), (&raw const byte).cast(), 1) };
    }

    #[super::super::reported]
    pub fn main() {
        let (mut reader, writer) = UnixStream::pair().unwrap();
        PIPE.store(writer.as_raw_fd(), Ordering::SeqCst);
        handle(libc::SIGINT, tell as extern "C" fn(i32) as libc::sighandler_t);
        let thread = thread::spawn(move || {
            let mut byte = [0];
            reader.read_exact(&mut byte).unwrap();
            works(10);
            println!("told {}", byte[0]);
            std::io::stdout().flush().unwrap();
        });
        works(1000);
        kill(libc::SIGINT);
        thread.join().unwrap();
        std::process::exit(130);
    }
}

/// Blocks the signal in all its threads, and waits for it in one.
mod waits_for_signals {
    use super::{block, check, kill, thread, works};

    #[super::super::reported]
    pub fn main() {
        works(1000);
        let set = block(libc::SIGTERM);
        thread::spawn(|| works(1000)).join().unwrap();
        kill(libc::SIGTERM);
        let mut signal = 0;
        // SAFETY: both outlive the call.
        check(-unsafe { libc::sigwait(&raw const set, &raw mut signal) });
        println!("waited for {signal}");
    }
}

/// The same with a descriptor, from which several signals are read.
mod signal_descriptor {
    use super::block;
    #[cfg(target_os = "linux")]
    use super::{check, kill, works};

    #[super::super::reported]
    pub fn main() {
        super::works(10);
        let set = block(libc::SIGTERM);
        #[cfg(target_os = "linux")]
        for _ in 0..20 {
            // SAFETY: the set outlives the call.
            let descriptor = check(unsafe { libc::signalfd(-1, &raw const set, 0) });
            works(100);
            kill(libc::SIGTERM);
            // SAFETY: all zeros is one.
            let mut read: libc::signalfd_siginfo = unsafe { std::mem::zeroed() };
            // SAFETY: the structure has as many bytes, and outlives the call.
            unsafe { libc::read(descriptor, (&raw mut read).cast(), size_of_val(&read)) };
            println!("read {}", read.ssi_signo);
            // SAFETY: opened above.
            unsafe { libc::close(descriptor) };
        }
        let _ = set;
    }
}

/// A timer's signal interrupts the program while it works.
mod timer {
    use super::{Ordering, handle, noting, works};

    const ZERO: libc::timeval = libc::timeval {
        tv_sec: 0,
        tv_usec: 0,
    };

    #[super::super::reported]
    pub fn main() {
        handle(libc::SIGALRM, noting());
        let once = libc::itimerval {
            it_interval: ZERO,
            it_value: libc::timeval {
                tv_usec: 2000,
                ..ZERO
            },
        };
        // SAFETY: the time outlives the call.
        crate::system::check(unsafe {
            libc::setitimer(libc::ITIMER_REAL, &raw const once, std::ptr::null_mut())
        });
        while super::CAME.load(Ordering::SeqCst) == 0 {
            works(1000);
        }
        super::wait_for_note();
    }
}

/// Which no signal ends that it does not handle.
mod first_process {
    use super::{Duration, kill, thread, works};

    #[super::super::reported]
    pub fn main() {
        println!("{}", std::process::id());
        works(1000);
        for _ in 0..2 {
            kill(libc::SIGTERM);
            thread::sleep(Duration::from_millis(20));
        }
        println!("{}", works(1));
        std::process::exit(3);
    }
}
