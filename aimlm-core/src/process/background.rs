use std::io;
use std::thread::{Builder, JoinHandle};

use super::executable::keep_library;
use super::signals::with_all_blocked;

/// Starts a thread of aimlm's own, on which no signal to the process is ever delivered.
pub fn spawn(name: &str, run: impl FnOnce() + Send + 'static) -> io::Result<JoinHandle<()>> {
    keep_library();
    let thread = Builder::new().name(name.into());
    let run = move || {
        #[cfg(target_os = "linux")]
        let _own = super::alone::Own::begin();
        run();
    };
    with_all_blocked(|| thread.spawn(run))
}
