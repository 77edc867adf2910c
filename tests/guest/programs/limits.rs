//! Programs that are given little.

use std::thread;

use super::works;

pub const ALL: &[(&str, fn())] = &[
    ("small_stacks", small_stacks::main),
    ("small_files", small_files::main),
    ("few_descriptors", few_descriptors::main),
    ("no_more_threads", no_more_threads::main),
    ("ends_in_another_root", ends_in_another_root::main),
    ("only_reads_its_root", only_reads_its_root::main),
    ("fills_its_disk", fills_its_disk::main),
];

fn limit(what: libc::__rlimit_resource_t, to: u64) {
    let limit = libc::rlimit {
        rlim_cur: to,
        rlim_max: to,
    };
    // SAFETY: the limit outlives the call.
    crate::system::check(unsafe { libc::setrlimit(what, &raw const limit) });
}

mod small_stacks {
    use super::{thread, works};

    #[super::super::reported]
    pub fn main() {
        let small = thread::Builder::new().stack_size(16 << 10);
        println!("{}", small.spawn(|| works(2000)).unwrap().join().unwrap());
    }
}

/// A longer file would end the program by a signal.
mod small_files {
    #[super::super::reported]
    pub fn main() {
        super::limit(libc::RLIMIT_FSIZE, 100);
        println!("{}", super::works(10));
        std::process::exit(8);
    }
}

mod few_descriptors {
    #[super::super::reported]
    pub fn main() {
        super::limit(libc::RLIMIT_NOFILE, 3);
        println!("{}", super::works(10));
    }
}

mod no_more_threads {
    #[super::super::reported]
    pub fn main() {
        super::limit(libc::RLIMIT_NPROC, 1);
        println!("{}", super::works(10));
    }
}

/// Or tries to: not everybody may. What it wrote before is outside.
mod ends_in_another_root {
    #[super::super::reported]
    pub fn main() {
        super::works(10);
        std::fs::create_dir("root").unwrap();
        println!("{:?}", std::os::unix::fs::chroot("root").is_ok());
        println!("{:?}", std::env::set_current_dir("/").is_ok());
    }
}

/// Beside its root it tries its folder.
mod only_reads_its_root {
    use std::fs;

    #[super::super::reported]
    pub fn main() {
        for file in ["/written_by_a_guest", "file"] {
            let written = fs::write(file, super::works(5).to_string());
            println!("{:?}", written.map_err(|error| error.kind()));
        }
        std::process::exit(3);
    }
}

/// Until nothing more can be written, and makes room again.
mod fills_its_disk {
    use std::fs::{self, File};
    use std::io::Write;

    #[super::super::reported]
    pub fn main() {
        let mut file = File::create("file").unwrap();
        let full = (0..).find_map(|_| file.write_all(&[0; 8192]).err());
        println!("{:?} {}", full.unwrap().kind(), super::works(10));
        drop(file);
        fs::remove_file("file").unwrap();
        std::process::exit(4);
    }
}
