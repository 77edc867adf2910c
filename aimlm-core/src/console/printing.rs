use std::io::{self, Write};
use std::time::{Duration, Instant};

use super::aside;
#[cfg(unix)]
use crate::process::descriptor;

/// How long what the program has printed, but not yet written, is waited for.
const FLUSH: Duration = Duration::from_millis(100);
/// How long what takes nothing more, and does not wait, is tried again.
#[cfg(unix)]
const PATIENCE: Duration = Duration::from_secs(5);
#[cfg(unix)]
const FULL: Duration = Duration::from_millis(2);

/// One of the two that a program writes to.
#[derive(Debug, Clone, Copy)]
pub enum Stream {
    /// Standard output.
    Output,
    /// Standard error.
    Error,
}

/// Writes a text and a line's end.
///
/// # Errors
///
/// If it can not be written, or what the stream leads to is not what it was when the program began.
pub fn print(stream: Stream, text: &[u8]) -> io::Result<()> {
    let line = [text, b"\n"].concat();
    #[cfg(unix)]
    {
        let number = match stream {
            Stream::Output => descriptor::STANDARD_OUTPUT,
            Stream::Error => descriptor::STANDARD_ERROR,
        };
        ensure_as_at_start(number)?;
        write_to(number, &line)
    }
    #[cfg(not(unix))]
    match stream {
        Stream::Output => io::stdout().write_all(&line),
        Stream::Error => io::stderr().write_all(&line),
    }
}

/// # Errors
///
/// If the descriptor does not point at what it did when the program began: then what it points at is the program's.
#[cfg(unix)]
pub fn ensure_as_at_start(number: i32) -> io::Result<()> {
    match descriptor::is_as_at_start(number) {
        true => Ok(()),
        false => Err(io::Error::other(
            "it is closed, or another than when the program began",
        )),
    }
}

/// Writes to what a descriptor points at, where that stands.
#[cfg(unix)]
pub fn write_to(number: i32, mut bytes: &[u8]) -> io::Result<()> {
    if number == descriptor::STANDARD_OUTPUT {
        // What the program printed before stands before, unless a thread holds it back.
        aside::within(FLUSH, || drop(io::stdout().flush()));
    }
    let mut taken = Instant::now();
    while !bytes.is_empty() {
        match descriptor::write(number, bytes) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(written) => (bytes, taken) = (&bytes[written..], Instant::now()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            // Someone who shares it has made it so.
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                if taken.elapsed() >= PATIENCE {
                    return Err(io::Error::other(format!(
                        "it is full, and took nothing for {PATIENCE:?}"
                    )));
                }
                std::thread::sleep(FULL);
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Says something on standard error, if that can be.
pub fn say(problem: &str) {
    say_as_it_is(format!("aimlm: {problem}"));
}

/// The same of lines that say themselves whose they are.
pub(crate) fn say_as_it_is(lines: String) {
    aside::within(Duration::from_secs(1), move || {
        drop(print(Stream::Error, lines.as_bytes()));
    });
}
