//! Making a text and writing it, while another thread waits.

use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::Duration;

use aimlm_core::console::aside::{caught, on_its_own};

/// How long whoever waits does so.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub(super) making: Duration,
    /// `None`: as long as it takes, as any print of the program's.
    pub(super) writing: Option<Duration>,
}

/// Makes a text and writes it.
///
/// # Errors
///
/// What went wrong; also if it takes longer than the limits.
pub(super) fn make_and_write(
    limits: Limits,
    make: impl FnOnce() -> Vec<u8> + Send + 'static,
    write: impl FnOnce(&[u8]) -> Result<(), String> + Send + 'static,
) -> Result<(), String> {
    let (made, is_made) = sync_channel(1);
    let (wrote, is_written) = sync_channel(1);
    // Whoever waits may have given up.
    on_its_own(move || match caught(make) {
        Ok(text) => {
            let _ = made.send(Ok(()));
            let written = caught(|| write(&text));
            let _ = wrote.send(written.unwrap_or_else(|words| Err(not_written(&words))));
        }
        Err(words) => drop(made.send(Err(not_made(&words)))),
    });
    let late = || format!("the report could not be made within {:?}", limits.making);
    wait(&is_made, Some(limits.making), late)?;
    wait(&is_written, limits.writing, || {
        "the report could not be written in time".to_owned()
    })
}

pub(super) fn not_made(words: &str) -> String {
    format!("the report could not be made: {words}")
}

fn not_written(words: &str) -> String {
    format!("the report could not be written: {words}")
}

/// Waits for what comes of it, at most so long.
fn wait(
    told: &Receiver<Result<(), String>>,
    limit: Option<Duration>,
    late: impl FnOnce() -> String,
) -> Result<(), String> {
    let told = match limit {
        Some(limit) => told.recv_timeout(limit),
        None => told.recv().map_err(|_| RecvTimeoutError::Disconnected),
    };
    told.unwrap_or_else(|_| Err(late()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_waits_is_told_what_panicked() {
        let for_ever = Limits {
            making: Duration::MAX,
            writing: None,
        };
        fn panics<T>() -> T {
            std::panic::resume_unwind(Box::new("as asked"))
        }
        let made = make_and_write(for_ever, panics, |_| Ok(()));
        assert!(made.unwrap_err().contains("made: as asked"));
        let written = make_and_write(for_ever, Vec::new, |_| panics());
        assert!(written.unwrap_err().contains("written: as asked"));
        let echoes = |text: &[u8]| Err(String::from_utf8_lossy(text).into_owned());
        let refused = make_and_write(for_ever, || b"refused".to_vec(), echoes);
        assert_eq!(refused, Err("refused".to_owned()));
        assert_eq!(make_and_write(for_ever, Vec::new, |_| Ok(())), Ok(()));
    }
}
