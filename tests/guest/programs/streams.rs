//! What programs do with their standard streams.

use std::fs::File;
use std::io::{self, IsTerminal, Write};
use std::sync::mpsc::channel;
use std::thread;

use super::works;

pub const ALL: &[(&str, fn())] = &[
    ("progress", progress::main),
    ("half_a_line", half_a_line::main),
    ("output_is_held", output_is_held::main),
    ("error_is_held", error_is_held::main),
    ("own_output_is_held", own_output_is_held::main),
    ("broken_pipe_ends_it", broken_pipe_ends_it::main),
    ("closes_its_streams", closes_its_streams::main),
    ("redirects_itself", redirects_itself::main),
    ("output_does_not_wait", output_does_not_wait::main),
    ("reads_its_input", reads_its_input::main),
];

/// A line that is drawn again and again.
mod progress {
    use super::{IsTerminal, Write, io, works};

    #[super::super::reported]
    pub fn main() {
        assert!(!io::stdout().is_terminal());
        let mut screen = io::stdout().lock();
        for done in 0..=20 {
            let bar = "#".repeat(done);
            write!(screen, "\r\x1b[2K{done:2}/20 [{bar:<20}] {}", works(10)).unwrap();
            screen.flush().unwrap();
        }
        write!(screen, "\x1b[1A\r").unwrap();
    }
}

mod half_a_line {
    #[super::super::reported]
    pub fn main() {
        print!("no end of a line: {}", super::works(10));
    }
}

/// By a thread, for ever.
mod output_is_held {
    use super::{Write, channel, io, thread, works};

    #[super::super::reported]
    pub fn main() {
        let (send, receive) = channel();
        thread::spawn(move || {
            let mut out = io::stdout().lock();
            writeln!(out, "held: {}", works(10)).unwrap();
            send.send(()).unwrap();
            loop {
                thread::park();
            }
        });
        receive.recv().unwrap();
        works(10);
    }
}

mod error_is_held {
    use super::{Write, channel, io, thread, works};

    #[super::super::reported]
    pub fn main() {
        let (send, receive) = channel();
        thread::spawn(move || {
            let mut out = io::stderr().lock();
            writeln!(out, "held: {}", works(10)).unwrap();
            send.send(()).unwrap();
            loop {
                thread::park();
            }
        });
        receive.recv().unwrap();
        works(10);
    }
}

/// By the thread that calls `exit`.
mod own_output_is_held {
    use super::{Write, io, works};

    #[super::super::reported]
    pub fn main() {
        let mut out = io::stdout().lock();
        writeln!(out, "{}", works(10)).unwrap();
        std::process::exit(2);
    }
}

/// As filters of text do: the first write after the reader has gone ends the program. This one writes nothing.
mod broken_pipe_ends_it {
    use super::works;

    #[super::super::reported]
    pub fn main() {
        crate::system::handle(libc::SIGPIPE, libc::SIG_DFL);
        works(10);
    }
}

/// And opens files of its own, which get their numbers.
mod closes_its_streams {
    use super::{File, Write, works};

    #[super::super::reported]
    pub fn main() {
        works(10);
        for number in 0..3 {
            // SAFETY: nothing is written to it after.
            unsafe { libc::close(number) };
        }
        let mut files = [0, 1, 2].map(|number| File::create(format!("data {number}")).unwrap());
        writeln!(files[1], "{}", works(10)).unwrap();
        std::process::exit(6);
    }
}

mod redirects_itself {
    use std::os::fd::AsRawFd;

    use super::{File, works};

    #[super::super::reported]
    pub fn main() {
        println!("before");
        let log = File::create("log").unwrap();
        // SAFETY: both are open.
        crate::system::check(unsafe { libc::dup2(log.as_raw_fd(), 1) });
        println!("after {}", works(10));
    }
}

mod output_does_not_wait {
    #[super::super::reported]
    pub fn main() {
        // SAFETY: takes numbers.
        unsafe { libc::fcntl(1, libc::F_SETFL, libc::O_NONBLOCK) };
        println!("{}", super::works(10));
    }
}

mod reads_its_input {
    #[super::super::reported]
    pub fn main() {
        let mut line = String::new();
        while super::io::stdin().read_line(&mut line).unwrap() > 0 {
            println!("{} {}", line.trim_end(), super::works(10));
            line.clear();
        }
    }
}
