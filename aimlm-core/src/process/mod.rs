//! What the system does with the process: forks, signals, its end, threads of aimlm's own, descriptors.

#[cfg(target_os = "linux")]
mod alone;
mod background;
#[cfg(unix)]
pub mod descriptor;
mod exit;
mod fork;
#[cfg(unix)]
pub mod interrupt;
mod executable;
mod signals;

#[cfg(target_os = "linux")]
pub(crate) use alone::end_if_alone;
pub use background::spawn;
pub use executable::{has_more_rights, library};
pub use exit::on_exit;
pub(crate) use fork::{AroundFork, watch_forks};
