//! Plug-ins, descriptors, folders, threads.

use std::ffi::{CString, c_void};
use std::fs::File;
use std::os::fd::AsRawFd;
use std::thread;
use std::time::Duration;

use super::works;

pub const ALL: &[(&str, fn())] = &[
    ("plug_in", plug_in::main),
    ("counts_descriptors", counts_descriptors::main),
    ("closes_descriptors", closes_descriptors::main),
    ("changes_folder", changes_folder::main),
    ("many_threads", many_threads::main),
];

/// Opens a library with an aimlm of its own, calls it, closes it, and goes on a while.
mod plug_in {
    use super::{CString, Duration, c_void, thread, works};

    fn symbol(library: *mut c_void, name: &str) -> *mut c_void {
        let name = CString::new(name).unwrap();
        // SAFETY: the library is open and the name ends with a zero.
        unsafe { libc::dlsym(library, name.as_ptr()) }
    }

    #[super::super::reported]
    pub fn main() {
        println!("{}", works(10));
        let path = CString::new(std::env::var(crate::run::PLUG_IN).unwrap()).unwrap();
        let name = match module_path!().contains("annotated") {
            true => "plugin_call",
            false => "plugin_nothing",
        };
        for _ in 0..3 {
            // SAFETY: the path ends with a zero; the library's initialisers are Rust's own.
            let library = unsafe { libc::dlopen(path.as_ptr(), libc::RTLD_NOW | libc::RTLD_LOCAL) };
            assert!(!library.is_null());
            // SAFETY: this is the function's type; the library is open.
            let call: extern "C" fn(u64) = unsafe { std::mem::transmute(symbol(library, name)) };
            // Not on this thread, which would keep the library open.
            thread::spawn(move || call(700)).join().unwrap();
            // SAFETY: nothing of the library is used after.
            println!("closed: {}", unsafe { libc::dlclose(library) });
            // Longer than the collector's first pauses.
            thread::sleep(Duration::from_millis(150));
        }
    }
}

/// None of them is the guest's.
mod counts_descriptors {
    #[super::super::reported]
    pub fn main() {
        println!("{}", crate::system::free_descriptor());
        super::works(1000);
        let file = super::File::create("file").unwrap();
        println!(
            "{} {}",
            super::AsRawFd::as_raw_fd(&file),
            crate::system::free_descriptor()
        );
    }
}

/// And is told to end after.
mod closes_descriptors {
    use super::{File, works};

    #[super::super::reported]
    pub fn main() {
        works(1000);
        for descriptor in 3..1024 {
            // SAFETY: the program has nothing open.
            unsafe { libc::close(descriptor) };
        }
        let _files: Vec<_> = (0..8)
            .map(|number| File::create(format!("data {number}")).unwrap())
            .collect();
        crate::system::kill(libc::SIGTERM);
        loop {
            std::thread::park();
        }
    }
}

mod changes_folder {
    #[super::super::reported]
    pub fn main() {
        super::works(10);
        std::fs::create_dir("inside").unwrap();
        std::env::set_current_dir("inside").unwrap();
        super::File::create("file").unwrap();
    }
}

/// Which come and go, and some that stay to the end.
mod many_threads {
    use super::{thread, works};

    #[super::super::reported]
    pub fn main() {
        for _ in 0..200 {
            thread::spawn(|| works(20));
        }
        for _ in 0..2 {
            thread::spawn(|| {
                loop {
                    works(20);
                }
            });
        }
        println!("{}", works(20));
    }
}
