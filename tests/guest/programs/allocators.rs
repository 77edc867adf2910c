//! Programs with an allocator of their own.

use std::os::unix::process::CommandExt;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use super::works;
use crate::allocator::{ALLOCATOR, taken_here};

pub const ALL: &[(&str, fn())] = &[
    ("locking_allocator", locking_allocator::main),
    ("counting_allocator", counting_allocator::main),
    ("refusing_allocator", refusing_allocator::main),
];

/// Threads that hold its lock now and then, while children are forked.
mod locking_allocator {
    use super::{ALLOCATOR, AtomicBool, Command, CommandExt, Ordering, thread, works};

    fn child() -> String {
        let mut command = Command::new("true");
        // SAFETY: does nothing, but has the child forked instead of spawned by the system.
        unsafe { command.pre_exec(|| Ok(())) };
        command.status().unwrap().to_string()
    }

    #[super::super::reported]
    pub fn main() {
        static END: AtomicBool = AtomicBool::new(false);
        ALLOCATOR.lock_from_now();
        let busy = [(); 3].map(|()| {
            thread::spawn(|| {
                while !END.load(Ordering::Relaxed) {
                    drop(std::hint::black_box(Box::new([0_u8; 100])));
                }
            })
        });
        println!("{}", works(100));
        for _ in 0..100 {
            println!("{}", child());
        }
        END.store(true, Ordering::Relaxed);
        busy.into_iter().for_each(|thread| thread.join().unwrap());
    }
}

/// As programs do that must not allocate where time is short: only the first call of a thread does.
mod counting_allocator {
    use super::{taken_here, thread, works};

    fn count() -> u64 {
        works(1);
        let before = taken_here();
        // Fewer than a thread's buffer holds: who fills it makes room.
        std::hint::black_box(works(99));
        taken_here() - before
    }

    #[super::super::reported]
    pub fn main() {
        println!("here: {}", count());
        println!("on a thread: {}", thread::spawn(count).join().unwrap());
    }
}

/// A cache that takes as much as it gets, and leaves little.
mod refusing_allocator {
    use super::{ALLOCATOR, works};

    #[super::super::reported]
    pub fn main() {
        ALLOCATOR.limit_to(5 << 20);
        println!("{}", works(10));
        let mut cache = Vec::<u8>::new();
        let mut size = 64 << 20;
        while let Err(refused) = cache.try_reserve_exact(size) {
            println!("{size}: {refused}");
            size /= 2;
        }
        println!("{size} bytes, {}", works(990));
    }
}
